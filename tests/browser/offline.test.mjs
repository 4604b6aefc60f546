// Without a network: tickets that were opened once are there after a reload, for their owner alone. And addresses that lead nowhere.
import test from 'node:test';
import assert from 'node:assert/strict';
import { BASE_URL } from '../support/client.mjs';
import { buy, createShow, registerUser, until } from '../support/world.mjs';
import { assertAccessible, assertFits, launch, logIn, SITE, visitor } from '../support/browser.mjs';

let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

const withoutNetwork = (lines) => lines.filter((line) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(line));
const stores = (page) => page.evaluate(async () => {
  const found = {};
  for (const name of await caches.keys()) found[name] = (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  return found;
});

// Until the service worker answers for the page, and has all it needs.
const installed = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return;
  await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
});

async function ticketsOf(user, count) {
  const opened = await visitor(browser);
  await logIn(opened.page, user, '/tickets');
  await opened.page.locator('.ticket .qr img').nth(count - 1).waitFor();
  await installed(opened.page);
  return opened;
}

test('tickets that were opened once are there without a network, after a reload, and nothing else of the API', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const order = await buy(user, show, ['A1', 'A2']);
  const { context, page, trouble } = await ticketsOf(user, 2);
  await until(async () => (await stores(page)).tickets !== undefined, { what: 'the tickets in their store' });
  await context.setOffline(true);
  for (const path of ['/tickets', `/orders/${order.id}`]) {
    await page.goto(`${SITE}${path}`);
    await page.getByText('No network just now.').waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('.ticket .qr img').count(), 2, path);
    await assertAccessible(page, `${path} without a network`);
    await assertFits(page, path);
  }
  await page.locator('.ticket .qr').first().click();
  const code = page.getByRole('dialog').getByRole('img');
  await code.waitFor();
  assert.ok((await code.boundingBox()).height > 500, 'the code fills the window');
  await page.getByText('Turn the brightness of the screen up').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
  await page.getByText('The service cannot be reached').waitFor({ timeout: 60_000 });
  const kept = await stores(page);
  const [shell] = Object.keys(kept).filter((name) => name.startsWith('shell-'));
  assert.deepEqual(Object.keys(kept).sort(), [shell, 'tickets'].sort());
  assert.deepEqual(kept.tickets, ['/kept-tickets.json']);
  assert.deepEqual(kept[shell].filter((path) => path.startsWith('/api/')), []);
  await context.setOffline(false);
  await page.locator('#events li').first().waitFor({ timeout: 60_000 });
  await page.goto(`${SITE}/tickets`);
  await page.getByRole('button', { name: 'Pass on' }).first().waitFor();
  assert.deepEqual(withoutNetwork(trouble), []);
  await context.close();
});

test('kept tickets go with the logout, and with another account', async () => {
  const [first, second, show] = [await registerUser(), await registerUser(), await createShow()];
  await buy(first, show, ['A1']);
  await buy(second, show, ['A2']);
  const { context, page } = await ticketsOf(first, 1);
  const kept = () => page.evaluate(async () => (await (await caches.open('tickets')).match('/kept-tickets.json'))?.text());
  await until(async () => /A1/.test(await kept()), { what: 'the first ticket' });
  await page.evaluate(() => localStorage.removeItem('session')); // the browser was given to somebody without a logout
  await logIn(page, second, '/tickets');
  await until(async () => /A2/.test(await kept()), { what: 'the ticket of the second' });
  assert.ok(!/A1/.test(await kept()), 'nothing of the first is left');
  await page.goto(`${SITE}/account`);
  await page.getByRole('button', { name: 'Log out' }).click();
  await until(async () => (await kept()) === undefined, { what: 'an empty store' });
  await context.close();
});

test('an address that leads nowhere shows a page with status 404; programs and the API get the problem', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 404 });
  for (const path of ['/nothing', '/orders/1/2', '/events/1/nothing.html']) {
    const answer = await page.goto(`${SITE}${path}`);
    assert.equal(answer.status(), 404, path);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Events' }).waitFor();
    await assertAccessible(page, path);
    assert.match(answer.headers()['content-security-policy'], /script-src 'self'/);
  }
  for (const [path, accept] of [['/nothing', '*/*'], ['/api/nothing', 'text/html'], ['/api/events/x', 'text/html']]) {
    const answer = await fetch(`${BASE_URL}${path}`, { headers: { Accept: accept } });
    assert.equal(answer.status, 404, path);
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, path);
  }
  assert.deepEqual(trouble, []);
  await context.close();
});
