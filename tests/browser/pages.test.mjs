// What holds for every page: accessible in both themes and at every width, in both languages, and whatever people write stays text.
import test from 'node:test';
import assert from 'node:assert/strict';
import { buy, checkout, createEvent, createShow, hold, registerUser } from '../support/world.mjs';
import { assertAccessible, assertFits, launch, logIn, SITE, visitor } from '../support/browser.mjs';

// Titles have 200 characters at most.
const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  '"\'&amp;</title><b>bold',
  'مسرحية أنغام ואנגלית',
  '🎭👩‍👩‍👧‍👦🇻🇳',
  'x'.repeat(200),
];

let browser;
let user;
let show;
let orders;

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser({ fullName: '<b>Nguyễn</b> Văn "An" 🎭' }), await createShow()];
  orders = { paid: await buy(user, show, ['A1', 'A2']), pending: await checkout(user, await hold(user, show, ['A3'])) };
  await hold(user, show, ['A5']);
});
test.after(() => browser?.close());

const visitors = () => [
  '/',
  `/events/${show.eventId}`,
  `/shows/${show.id}`,
  '/login',
  '/register',
  '/forgot',
  '/reset-password.html#token=x',
  '/verify',
  '/guest',
  '/docs/',
  '/docs/qr.html',
  '/docs/gates.html',
  '/docs/webhooks.html',
];
const owners = () => ['/orders', `/orders/${orders.paid.id}`, `/orders/${orders.pending.id}`, '/tickets', '/account', `/shows/${show.id}`];

async function ready(page, path) {
  await page.goto(`${SITE}${path}`, { waitUntil: 'load' });
  await page.locator('h1').first().waitFor();
  if (path.startsWith('/shows/')) await page.getByText(/\((live|trực tiếp)\)/).waitFor();
  if (path === `/orders/${orders.paid.id}`) await page.locator('.ticket .qr img').nth(1).waitFor();
}

for (const colorScheme of ['light', 'dark']) {
  test(`no page has a violation of WCAG 2.2 A and AA (${colorScheme})`, async () => {
    const { context, page, trouble } = await visitor(browser, { colorScheme });
    for (const path of visitors()) {
      await ready(page, path);
      await assertAccessible(page, `${path} ${colorScheme}`);
    }
    await logIn(page, user);
    for (const path of owners()) {
      await ready(page, path);
      if (path.startsWith('/shows/')) await page.locator('details summary').first().click();
      await assertAccessible(page, `${path} ${colorScheme}, logged in`);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

for (const locale of ['en-GB', 'vi-VN']) {
  test(`every page fits a phone, a tablet and a desk (${locale})`, async () => {
    const { context, page, trouble } = await visitor(browser, { locale });
    await page.goto(`${SITE}/login`);
    await page.locator('#field-email').fill(user.email);
    await page.locator('#field-password').fill(user.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${SITE}/`);
    for (const path of [...visitors(), ...owners()]) {
      await ready(page, path);
      if (!path.startsWith('/docs/')) assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
      for (const width of [360, 768, 1280]) {
        await page.setViewportSize({ width, height: 740 });
        await assertFits(page, `${path} at ${width} (${locale})`);
      }
    }
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test('the language is chosen on the page, and kept', async () => {
  const { context, page, trouble } = await visitor(browser);
  await page.goto(SITE);
  await page.getByRole('button', { name: 'Tiếng Việt' }).click();
  await page.getByRole('heading', { name: 'Sự kiện sắp diễn ra' }).waitFor();
  await page.goto(`${SITE}/shows/${show.id}`);
  await page.getByText(/trực tiếp/).waitFor();
  assert.match(await page.locator('.chip').first().innerText(), /1\.200\.000/);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('markup, right-to-left text, emoji and long names are text everywhere', async () => {
  const { context, page, trouble } = await visitor(browser);
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  await logIn(page, user);
  for (const title of HOSTILE) {
    const event = await createEvent({ title, venue: title.slice(0, 200), description: title });
    const played = await createShow({ eventId: event.id });
    const order = await buy(user, played, ['A1']);
    for (const path of [
      `/events/${event.id}`,
      `/shows/${played.id}`,
      `/orders/${order.id}`,
      '/orders',
      '/tickets',
      `/?q=${encodeURIComponent(title.slice(0, 20))}`,
    ]) {
      await page.goto(`${SITE}${path}`);
      await page.getByText(title, { exact: true }).first().waitFor();
      await assertFits(page, path);
      await page.setViewportSize({ width: 360, height: 740 });
      await assertFits(page, `${path} on a phone`);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    const data = JSON.parse(
      await page.goto(`${SITE}/events/${event.id}`).then(() => page.locator('script[type="application/ld+json"]').textContent()),
    );
    assert.equal(data[0].name, title);
    assert.deepEqual([data[0].offers.priceCurrency, data[0].offers.highPrice], ['VND', '1200000']);
  }
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a stadium of 40,192 seats is drawn, and the page around it weighs less than 100 KB', async () => {
  const stadium = await createShow({ seatMapId: 'stadium' });
  const { context, page, trouble } = await visitor(browser);
  const debug = await context.newCDPSession(page);
  await debug.send('Network.enable');
  const addresses = new Map();
  let bytes = 0;
  debug.on('Network.responseReceived', ({ requestId, response }) => addresses.set(requestId, response.url));
  debug.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!/\/(seatmap|availability)/.test(addresses.get(requestId) ?? '')) bytes += encodedDataLength;
  });
  await page.goto(`${SITE}/shows/${stadium.id}`);
  await page.getByText('40,192 free').waitFor({ timeout: 120_000 });
  const colours = await page.locator('.map > canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  assert.ok(colours > 4, `${colours} colours are on the map`);
  assert.ok(bytes < 100 * 1024, `${bytes} bytes without seats`);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what is not there says so', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 404 });
  for (const path of ['/events/00000000-0000-4000-8000-000000000000', '/shows/nothing', '/events/%3Cscript%3E']) {
    await page.goto(`${SITE}${path}`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await assertAccessible(page, path);
  }
  await page.goto(`${SITE}/show.html?id=${show.id}`); // the address of before
  await page.waitForURL(`**/shows/${show.id}`);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the policy lets nothing in but this host, and nothing stands in the document itself', async () => {
  const { context, page } = await visitor(browser);
  const answer = await page.goto(SITE);
  const policy = answer.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
  const text = await answer.text();
  assert.ok(!/<style|style=|<script(?![^>]*src=)| on[a-z]+=/.test(text));
  await context.close();
});
