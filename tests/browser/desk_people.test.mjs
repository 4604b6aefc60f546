// The desk's people: found, given roles, logged out; what the service refuses is said.
import test from 'node:test';
import assert from 'node:assert/strict';
import { admin, login, registerUser, unique, ownUser, until } from '../support/world.mjs';
import { launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, HOSTILE, open } from '../support/desk.mjs';

let browser;
let person;

test.before(async () => {
  browser = await launch();
  person = await registerUser({ fullName: unique('Person') });
});
test.after(() => browser?.close());

const path = (who = person) => `/desk/people?q=${encodeURIComponent(who.email)}`;
const lineOf = (page, { id }) => page.locator(`[data-person="${id}"]`);
const rolesOf = async ({ email }) => (await (await admin()).get('/auth/users', { query: { q: email }, expect: 200 })).body.users[0].roles;

test('a person is found by a part of the address, and the address of the page keeps the search', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk/people');
  await page.getByLabel('Part of the address or name').fill(person.fullName.slice(0, 15));
  await lineOf(page, person).waitFor();
  await until(async () => (await page.locator('#people > li').count()) === 1, { what: 'one line' });
  await page.reload();
  await lineOf(page, person).getByText(person.email).waitFor();
  await page.getByLabel('Part of the address or name').fill(unique('nobody'));
  await page.getByText('Nobody fits.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('roles are given and taken away by keyboard alone, and a double click is one change', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  const sent = [];
  page.on('request', (request) => request.method() === 'PUT' && sent.push(request.postData()));
  await open(page, path(), '[data-person]');
  await lineOf(page, person).getByRole('button', { name: 'Change roles' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: `Roles of ${person.fullName}` });
  await dialog.getByLabel('Gate staff').focus();
  await page.keyboard.press('Space');
  await dialog.getByRole('button', { name: 'Save the roles' }).dblclick();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(`The roles of ${person.fullName} are saved.`).waitFor();
  await lineOf(page, person).getByText('Gate staff').waitFor();
  assert.deepEqual(sent.map((text) => JSON.parse(text)), [{ roles: ['user', 'staff'] }]);
  assert.deepEqual((await rolesOf(person)).sort(), ['staff', 'user']);

  await lineOf(page, person).getByRole('button', { name: 'Change roles' }).click();
  await dialog.getByLabel('Gate staff').uncheck();
  await dialog.getByRole('button', { name: 'Save the roles' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await rolesOf(person), ['user']);
  await lineOf(page, person).getByRole('button', { name: 'Change roles' }).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(trouble, []);
  await context.close();
});

test('no role at all, and the last admin, are refused with the reason', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => [409, 422].includes(status) });
  await open(page, path(), '[data-person]');
  await lineOf(page, person).getByRole('button', { name: 'Change roles' }).click();
  await page.getByRole('dialog').getByLabel('Buyer').uncheck();
  await page.getByRole('button', { name: 'Save the roles' }).click();
  await page.locator('#field-roles-note.bad').waitFor();
  assert.deepEqual(await rolesOf(person), ['user']);
  await page.keyboard.press('Escape');

  // The stack may have several admins, and must keep its own: the answer of the service is given in its place.
  const title = 'Somebody must stay admin';
  await page.route('**/roles', (route) => route.fulfill({
    status: 409,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title, status: 409, detail: title, code: 'LAST_ADMIN', requestId: 'x' }),
  }));
  const boss = ownUser('admin');
  await open(page, path(boss), '[data-person]');
  await page.locator('#people').getByText('you', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Change roles' }).first().click();
  await page.getByRole('dialog').getByLabel('Admin').uncheck();
  await page.getByRole('button', { name: 'Save the roles' }).click();
  await page.getByText('Somebody must stay admin: give the role to another person first.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('one login of a person is ended, then all', async () => {
  const other = await registerUser();
  const second = await login(other.email, other.password);
  const third = await login(other.email, other.password);
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, path(other), '[data-person]');
  await page.getByText('Logins', { exact: true }).click();
  const sessions = page.locator('[data-session]');
  await sessions.nth(2).waitFor();
  await sessions.first().getByRole('button', { name: 'End' }).click(); // the latest login comes first
  await until(async () => (await sessions.count()) === 2, { what: 'the end of one' });
  const refresh = ({ refreshToken }, expect) => other.api.post('/auth/refresh', { refreshToken }, { token: null, expect });
  await refresh(third, 401);
  await refresh(second, 200);
  await page.getByRole('button', { name: 'End all logins' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End all logins' }).click();
  await page.getByText('Logged in nowhere.').waitFor();
  await refresh(other, 401);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a list that does not come says so, and comes when it is asked for again', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 500 });
  const problem = { type: 'about:blank', title: 'Broken', status: 500, detail: 'Broken', code: 'INTERNAL', requestId: 'x' };
  const answer = { status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) };
  await page.route('**/api/auth/users**', (route) => route.fulfill(answer));
  await open(page, path());
  await page.getByText('The service made a mistake.').waitFor();
  await page.unroute('**/api/auth/users**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await lineOf(page, person).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('names stay text, and the screen is there for everybody who is an admin', async () => {
  const named = await Promise.all(HOSTILE.map((text) => registerUser({ fullName: text.slice(0, 100) })));
  const { context, page, trouble } = await adminVisitor(browser);
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  for (const one of named) {
    await open(page, path(one), '[data-person]');
    await lineOf(page, one).getByText(one.fullName, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Change roles' }).first().click();
    await page.getByRole('dialog').getByText(`Roles of ${one.fullName}`, { exact: true }).waitFor();
  }
  await context.close();
  assert.deepEqual(trouble, []);
  await assertScreens(browser, [['/desk/people', '[data-person]'], ...named.slice(-1).map((one) => [path(one), '[data-person]'])]);
  await assertRefused(browser, person, ['/desk/people']);
});
