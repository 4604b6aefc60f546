// The frame of the desk: who gets in, and how the menu and the login lead there.
import test from 'node:test';
import assert from 'node:assert/strict';
import { ownUser, registerUser } from '../support/world.mjs';
import { assertAccessible, launch, logIn, SITE, visitor } from '../support/browser.mjs';

let browser;

test.before(async () => {
  browser = await launch();
});
test.after(() => browser?.close());

test('an admin comes to the desk by the login, and a reload stays there', async () => {
  const { context, page, trouble } = await visitor(browser);
  await page.goto(`${SITE}/desk`);
  await page.waitForURL('**/login?next=%2Fdesk');
  await logIn(page, ownUser('admin'), '/desk');
  await page.waitForURL('**/desk');
  for (const address of ['/desk', '/desk/']) {
    await page.goto(`${SITE}${address}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }
  await page.getByRole('link', { name: 'The shop' }).click();
  await page.getByRole('link', { name: 'Desk', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.goto(`${SITE}/desk/nothing-of-that-name`);
  await page.getByRole('heading', { name: 'Not found' }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a buyer is told that the desk is not for this account', async () => {
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, await registerUser());
  assert.equal(await page.getByRole('link', { name: 'Desk', exact: true }).count(), 0);
  await page.goto(`${SITE}/desk`);
  await page.getByRole('heading', { name: 'Not for this account' }).waitFor();
  await assertAccessible(page, 'refused');
  assert.deepEqual(trouble, []);
  await context.close();
});
