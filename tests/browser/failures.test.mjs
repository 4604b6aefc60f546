// What goes wrong around the buyer's pages: mistakes of the service, a busy one, one that is away, an end of the session, no network. Each
// page says so, keeps what the person had, and goes on by itself.
import test from 'node:test';
import assert from 'node:assert/strict';
import { buy, checkout, createShow, hold, registerUser } from '../support/world.mjs';
import { assertAccessible, launch, logIn, SITE, visitor } from '../support/browser.mjs';
import { responders } from '../support/processes.mjs';

let browser;
let user;
let show;
let orders;

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser(), await createShow()];
  orders = { paid: await buy(user, show, ['A1']), pending: await checkout(user, await hold(user, show, ['A3'])) };
});
test.after(() => browser?.close());

// [address, what is asked of the API for it, what is seen when it is there, what is said when it is not]
const TROUBLE = 'That did not work';
const pages = () => [
  ['/', '**/api/events?*', '#events li', 'It is tried again by itself'],
  [`/events/${show.eventId}`, `**/api/events/${show.eventId}`, '#shows li', TROUBLE],
  [`/shows/${show.id}`, `**/api/shows/${show.id}/seatmap`, '.map', TROUBLE],
  ['/orders', '**/api/orders?*', '#orders li', TROUBLE],
  [`/orders/${orders.paid.id}`, `**/api/orders/${orders.paid.id}`, '.ticket', TROUBLE],
  [`/orders/${orders.pending.id}`, `**/api/orders/${orders.pending.id}`, '#order[data-status=pending]', TROUBLE],
  ['/tickets', '**/api/tickets?*', '.ticket', TROUBLE],
  ['/account', '**/api/auth/me', '#field-fullName', TROUBLE],
];

const SCREENS = ['show', 'event', 'orders', 'order', 'tickets', 'account'];
const ANSWERS = {
  401: { code: 'UNAUTHORIZED', title: 'Log in' },
  500: { code: 'INTERNAL', title: 'The service made a mistake' },
  429: { code: 'TOO_MANY_REQUESTS', title: 'Too many requests' },
  503: { code: 'UNAVAILABLE', title: 'The service cannot answer just now' },
};
const SAID = {
  500: 'The service made a mistake.',
  429: 'Too many tries.',
  503: 'The service is busy just now.',
  0: 'The service cannot be reached.',
};
const answerWith = (status) => (route) => route.fulfill({
  status,
  headers: status === 500 ? {} : { 'Retry-After': '1' },
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', status, ...ANSWERS[status] }),
});

for (const status of [500, 429, 503]) {
  test(`every page says that it met a ${status}, and is there once the service answers`, async () => {
    const { context, page, trouble } = await visitor(browser, { allow: (url, met) => met === status, serviceWorkers: 'block' });
    await logIn(page, user);
    for (const [path, question, there, said] of pages()) {
      const refuse = answerWith(status);
      await page.route(question, refuse);
      await page.goto(`${SITE}${path}`);
      await page.getByText(said).waitFor({ timeout: 60_000 });
      await page.getByText(SAID[status]).waitFor();
      assert.equal(new URL(page.url()).pathname, path);
      if (status === 503) await assertAccessible(page, `${path} without an answer`);
      await page.unroute(question, refuse);
      await page.locator(there).first().waitFor({ timeout: 60_000 });
    }
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test('every page says that there is no network, and is there once it is back', async () => {
  const { context, page, trouble } = await visitor(browser, { serviceWorkers: 'block' });
  await logIn(page, user);
  for (const [path, , there] of pages().filter(([path]) => path !== '/')) {
    await page.goto(`${SITE}/`);
    await page.locator('#events li').first().waitFor();
    await page.evaluate((names) => Promise.all(names.map((name) => import(`/buyer/screens/${name}.js`))), SCREENS);
    await context.setOffline(true);
    await page.evaluate((address) => {
      const link = Object.assign(document.createElement('a'), { href: address });
      document.body.append(link);
      link.click();
    }, path);
    await page.getByText(SAID[0]).or(page.getByText('No network just now.')).first().waitFor({ timeout: 60_000 });
    await context.setOffline(false);
    await page.locator(there).first().waitFor({ timeout: 60_000 });
    await page.getByText(SAID[0]).waitFor({ state: 'hidden' });
  }
  assert.deepEqual(trouble.filter((line) => !/ERR_INTERNET_DISCONNECTED/.test(line)), []);
  await context.close();
});

test('a session that has ended leads to the login, and back to the same place', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 401 });
  await logIn(page, user);
  for (const path of ['/orders', `/orders/${orders.paid.id}`, '/tickets', '/account']) {
    await context.clearCookies();
    await page.goto(`${SITE}${path}`);
    await page.waitForURL(`**/login?next=${encodeURIComponent(path)}`);
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password').fill(user.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(`${SITE}${path}`);
    await page.locator('h1').first().waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a session cannot be renewed just now: nobody is sent to the login', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 503, serviceWorkers: 'block' });
  await logIn(page, user);
  const refuse = answerWith(503);
  await page.route('**/api/auth/refresh', refuse);
  await page.goto(`${SITE}/orders`);
  await page.getByText(TROUBLE).waitFor();
  assert.equal(new URL(page.url()).pathname, '/orders');
  await page.unroute('**/api/auth/refresh', refuse);
  await page.locator('#orders li').first().waitFor({ timeout: 60_000 });
  assert.deepEqual(trouble, []);
  await context.close();
});

// Chooses two free seats of zone A.
async function chooseTwo(page, seats) {
  await page.getByText(/\(live\)/).waitFor();
  await page.locator('details[data-zone=A] summary').click();
  for (const seat of seats) await page.locator(`.seat-button[aria-label^="${seat},"]`).click();
}

test('on the way to pay: a mistake is said and the choice stays; a busy service is asked again; a session ends', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status >= 400, serviceWorkers: 'block' });
  const buyer = await registerUser();
  const hold = () => page.getByRole('button', { name: 'Hold these seats' }).click();
  const answer = async (path, status, times) => {
    await page.unroute(path);
    await page.route(path, answerWith(status), { times });
  };
  await logIn(page, buyer, `/shows/${show.id}`);
  await chooseTwo(page, ['D1', 'D2']);
  await answer('**/api/holds', 500, 4);
  await hold();
  await page.locator('#panel').getByText(SAID[500]).waitFor();
  assert.equal(await page.locator('#panel [data-seat]').count(), 2);
  await page.unroute('**/api/holds');
  await page.route('**/api/holds', answerWith(401));
  await context.clearCookies();
  await hold();
  await page.getByText('Your session has ended.').waitFor();
  await page.waitForURL('**/login?next=*');
  await page.unroute('**/api/holds');
  await page.getByLabel('E-mail address').fill(buyer.email);
  await page.getByLabel('Password').fill(buyer.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText(/\(live\)/).waitFor();
  assert.equal(await page.locator('#panel [data-seat]').count(), 2, 'the choice is kept through the login');
  await answer('**/api/holds', 429, 2);
  await hold();
  await page.locator('#panel[data-state=held]').waitFor({ timeout: 60_000 });
  await answer('**/api/checkout', 503, 2);
  await page.getByRole('button', { name: 'Go to the payment' }).click();
  await page.waitForURL('**/api/payments/test/*', { timeout: 60_000 });
  assert.deepEqual(trouble, []);
  await context.close();
});

// Really: the responder's processes stand still, as on a machine that is out of memory, and go on.
test('holding seats while the responder stands still: the choice is kept, and held once it goes on', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => [502, 503, 504].includes(status) });
  await logIn(page, await registerUser(), `/shows/${show.id}`);
  await chooseTwo(page, ['C1', 'C2']);
  const pids = responders('holds');
  assert.ok(pids.length > 0);
  pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  try {
    await page.getByRole('button', { name: 'Hold these seats' }).click();
    await page.getByRole('button', { name: 'Hold these seats' }).and(page.locator('[aria-disabled=true]')).waitFor();
    assert.equal(await page.locator('#panel [data-seat]').count(), 2);
  } finally {
    pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
  }
  await page.locator('#panel[data-state=held]').waitFor({ timeout: 60_000 });
  assert.equal(await page.locator('#panel [data-seat]').count(), 2);
  assert.deepEqual(trouble, []);
  await context.close();
});
