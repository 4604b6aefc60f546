// A look at the pages with a real browser: they load, nothing fails, nothing comes from elsewhere, and they can be read on a phone.
import test from 'node:test';
import assert from 'node:assert/strict';
import { launch } from '../support/browser.mjs';
import { BASE_URL } from '../support/client.mjs';
import { buy, checkout, createShow, hold, registerUser, until } from '../support/world.mjs';

let browser;
let context;

test.before(async () => {
  browser = await launch();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
});

test.after(() => browser?.close());

// Opens a page and collects everything that went wrong on it.
async function open(path) {
  const page = await context.newPage();
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(`script: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && trouble.push(`console: ${message.text()}`));
  page.on('requestfailed', (request) => trouble.push(`failed: ${request.url()}`));
  page.on(
    'request',
    (request) =>
      /^(data|blob):/.test(request.url()) ||
      new URL(request.url()).host === new URL(page.url() === 'about:blank' ? request.url() : page.url()).host ||
      trouble.push(`elsewhere: ${request.url()}`),
  );
  page.on(
    'response',
    (response) =>
      response.status() >= 400 && !response.url().endsWith('/favicon.ico') && trouble.push(`${response.status()}: ${response.url()}`),
  );
  const response = await page.goto(/^http/.test(path) ? path : `${BASE_URL}${path}`, { waitUntil: 'networkidle' });
  return { page, trouble, response };
}

for (const path of ['/', '/docs/']) {
  test(`${path} loads without trouble, on a desktop and on a phone`, async () => {
    const { page, trouble, response } = await open(path);
    assert.equal(response.status(), 200);
    assert.ok((await page.title()).length > 3);
    assert.ok(await page.locator('h1').first().isVisible());
    assert.equal(await page.evaluate(() => document.documentElement.lang.length >= 2), true, 'the page names its language');
    await page.setViewportSize({ width: 360, height: 740 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 1, `${over} pixels too wide for a phone`);
    assert.deepEqual(trouble, []);
    await page.close();
  });
}

test('the front page says that the service runs and leads to the API document', async () => {
  const { page, trouble } = await open('/');
  await page.locator('a[href*="docs"]').first().click();
  await page.waitForURL(/\/docs\//);
  const text = await page.locator('body').innerText();
  assert.match(text, /openapi|API/i);
  const link = page.locator('a[href$="openapi.yaml"]').first();
  assert.equal((await page.request.get(new URL(await link.getAttribute('href'), page.url()).href)).status(), 200);
  assert.deepEqual(trouble, []);
  await page.close();
});

test('the payment page: Pay and Decline do what they say', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const order = async (seat) => checkout(user, await hold(user, show, [seat]));
  const status = async ({ id }) => (await user.api.get(`/orders/${id}`, { expect: 200 })).body;
  const here = (url) => url.replace(/^https?:\/\/[^/]+/, BASE_URL);

  const paid = await order('A1');
  const first = await open(here(paid.payment.url));
  await first.page.getByRole('button', { name: /pay/i }).click();
  await until(async () => (await status(paid)).status === 'paid', { what: 'paid' });
  assert.deepEqual(first.trouble, []);

  const declined = await order('A2');
  const second = await open(here(declined.payment.url));
  await second.page.getByRole('button', { name: /decline/i }).click();
  await until(async () => (await status(declined)).payment.status === 'declined', { what: 'declined' });
  assert.equal((await status(declined)).status, 'pending', 'a declined order can be tried again');
  await buy(user, show, ['A3']);
});
