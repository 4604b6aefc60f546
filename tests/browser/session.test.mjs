// The session of the pages: log in, register, forgotten password, account; a reload, a second tab and an end that nobody asked for.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { registerUser, unique, until } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';
import { launch, logIn, SITE, visitor, watch } from '../support/browser.mjs';

let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

const accountLink = (page) => page.getByRole('navigation').getByRole('link', { name: 'Account' });
const loginLink = (page) => page.getByRole('navigation').getByRole('link', { name: 'Log in' });

test('register, and be where one wanted to go', async () => {
  const { context, page, trouble } = await visitor(browser);
  await page.goto(`${SITE}/account`);
  await page.waitForURL('**/login?next=%2Faccount');
  await page.getByRole('link', { name: 'Open an account' }).click();
  const email = `${unique('page')}@example.com`;
  await page.getByLabel('Full name').fill('Nguyễn Văn An');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('pass-of-a-test');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.waitForURL('**/account');
  await page.getByText(email).waitFor();
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Nguyễn Văn An');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a wrong password and a taken address are said, and the fields keep what they have', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => [401, 409, 422].includes(status) });
  await page.goto(`${SITE}/login`);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password').fill('not it');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('The address or the password is wrong.').waitFor();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), user.email);
  await page.goto(`${SITE}/register`);
  await page.getByLabel('Full name').fill('X');
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password').fill('1');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByText('Please look at the marked fields.').waitFor();
  assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Password').fill('long enough');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByText('This address has an account already').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the login leads nowhere but into these pages', async () => {
  const user = await registerUser();
  const hidden = ['/\t/example.com', '/\n/example.com', '/\r\\example.com']; // which a browser reads without the control characters
  for (const next of ['https://example.com/', '//example.com', '/\\example.com', 'javascript:alert(1)', ...hidden]) {
    const { context, page, trouble } = await visitor(browser);
    await logIn(page, user, next);
    assert.equal(page.url(), `${SITE}/`, next);
    assert.deepEqual(trouble, []);
    await context.close();
  }
});

test('no script can read the session, and a reload keeps it', async () => {
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, await registerUser(), '/account');
  const [cookie] = await context.cookies(`${SITE}/api/auth/refresh`);
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.path], ['ticketing_refresh', true, 'Strict', '/api/auth']);
  const seen = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!seen.includes(cookie.value) && !/eyJ/.test(seen), seen);
  for (let round = 0; round < 5; round += 1) {
    // Leaves the page while it renews its session; the debugger may find that it has just gone by itself.
    await page.reload({ waitUntil: 'commit' }).catch((error) => assert.match(error.message, /Not attached to an active page/));
  }
  await page.getByRole('heading', { name: 'Account' }).waitFor();
  assert.deepEqual(trouble.filter((line) => !/Failed to fetch|aborted/i.test(line)), []);
  await context.close();
});

test('tabs share one session, do not fight over its renewal, and end together', async () => {
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, await registerUser(), '/account');
  const tabs = await Promise.all(Array.from({ length: 4 }, async () => {
    const tab = await context.newPage();
    watch(tab, trouble);
    await tab.goto(`${SITE}/account`);
    await tab.getByRole('heading', { name: 'Account' }).waitFor();
    return tab;
  }));
  await Promise.all(tabs.map((tab) => tab.reload()));
  for (const tab of tabs) await tab.getByRole('heading', { name: 'Account' }).waitFor();
  await tabs[0].getByRole('button', { name: 'Log out' }).click();
  for (const tab of [page, ...tabs]) await loginLink(tab).waitFor();
  await page.reload();
  await loginLink(page).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a session that was ended elsewhere says so, and leads back after the login', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 401 });
  await logIn(page, user, '/account');
  await page.getByRole('heading', { name: 'Account' }).waitFor();
  sql(`UPDATE auth.sessions SET revoked_at = clock_timestamp() WHERE user_id = '${user.id}'`);
  await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
  await accountLink(page).click();
  await page.waitForURL('**/login?next=%2Faccount');
  await page.getByText('Your session has ended').waitFor();
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password').fill(user.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/account');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the account: name, password, other sessions', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, user, '/account');
  await page.getByLabel('Full name').fill('Ada "Q" <b>Lovelace</b>');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'End it' }).first().click();
  await page.getByRole('button', { name: 'End it' }).waitFor({ state: 'detached' });
  await page.getByLabel('Current password').fill(user.password);
  await page.getByLabel('New password').fill('another-password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Changed.').waitFor();
  await client().post('/auth/login', { email: user.email, password: 'another-password' }, { expect: 200 });
  await page.reload();
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Ada "Q" <b>Lovelace</b>');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a forgotten password: the mail is asked for, its link sets a new one', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 422 });
  await page.goto(`${SITE}/forgot`);
  await page.getByLabel('E-mail address').fill(`${unique('nobody')}@example.com`);
  await page.getByRole('button', { name: 'Send the mail' }).click();
  await page.getByText('the mail is on its way').waitFor();
  await page.goto(`${SITE}/reset-password.html#token=not-a-token-of-ours`);
  await page.getByLabel('New password').fill('another-password');
  assert.equal(await page.evaluate(() => location.hash), '');
  await page.getByRole('button', { name: 'Set it' }).click();
  await page.getByText('This link is used or too old').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('without a network the page says so, keeps the form, and goes on when it is back', async () => {
  const user = await registerUser();
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, user, '/account');
  await context.setOffline(true);
  await page.getByRole('navigation').getByRole('link', { name: 'Orders' }).click();
  await page.getByText('The service cannot be reached').waitFor({ timeout: 60_000 });
  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Your orders' }).waitFor();
  assert.deepEqual(trouble.filter((line) => !/ERR_INTERNET_DISCONNECTED/.test(line)), []);
  await context.close();
});

test('a busy service is asked again', async () => {
  const { context, page, trouble } = await visitor(browser, { allow: (url, status) => [429, 503].includes(status) });
  let refused = 0;
  await page.route('**/api/events?*', (route) => {
    refused += 1;
    return refused < 3
      ? route.fulfill({
          status: refused === 1 ? 503 : 429,
          headers: { 'Retry-After': '1' },
          contentType: 'application/problem+json',
          body: '{"title":"Busy","status":503,"code":"UNAVAILABLE"}',
        })
      : route.continue();
  });
  await page.goto(SITE);
  await until(async () => (await page.locator('#events li').count()) > 0, { what: 'the events' });
  assert.equal(refused, 3);
  assert.deepEqual(trouble, []);
  await context.close();
});
