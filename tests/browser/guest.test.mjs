// Buying without an account: the visitor who holds seats is asked who they are for, and goes on as a guest with the same seats.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createShow, taken, unique } from '../support/world.mjs';
import { assertAccessible, assertFits, launch, SITE, visitor } from '../support/browser.mjs';

let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

async function chooseAs(options, show, seats) {
  const opened = await visitor(browser, options);
  const { page } = opened;
  await page.goto(`${SITE}/shows/${show.id}`);
  await page.getByText(/\(live\)/).waitFor();
  await page.locator('details[data-zone=VIP] summary').click();
  for (const seat of seats) await page.locator(`.seat-button[aria-label^="${seat},"]`).click();
  await page.getByRole('button', { name: 'Hold these seats' }).click();
  await page.getByRole('dialog').waitFor();
  return opened;
}

const fill = async (page, { name, email, again = email }) => {
  await page.getByLabel('Full name').fill(name);
  await page.getByLabel('E-mail address', { exact: true }).fill(email);
  await page.getByLabel('E-mail address once more').fill(again);
};

test('as a guest: from the map to the ticket, by touch on a phone, with a reload on the way', async () => {
  const show = await createShow();
  const email = `${unique('guest')}@example.com`;
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const { context, page, trouble } = await chooseAs(phone, show, ['A7', 'A8']);
  await assertAccessible(page, 'the question who the seats are for');
  await assertFits(page, 'the question who the seats are for');
  await fill(page, { name: 'Trần Thị Khách', email, again: 'other@example.com' });
  await page.getByRole('button', { name: 'Go on as a guest' }).tap();
  await page.getByText('These two addresses differ.').waitFor();
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Trần Thị Khách');
  await fill(page, { name: 'Trần Thị Khách', email });
  await page.getByRole('button', { name: 'Go on as a guest' }).tap();
  await page.locator('#panel[data-state=held]').waitFor();
  await page.reload();
  await page.locator('#panel[data-state=held]').waitFor();
  assert.equal(await page.locator('#panel [data-seat]').count(), 2);
  await page.getByRole('button', { name: 'Go to the payment' }).tap();
  await page.waitForURL('**/api/payments/test/*');
  await page.getByRole('button', { name: 'Pay' }).tap();
  await page.getByRole('link', { name: 'Back to the order' }).tap();
  await page.locator('#order[data-status=paid]').waitFor();
  await page.locator('.ticket .qr img').nth(1).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Tickets' }).tap();
  await page.locator('.ticket .qr img').nth(1).waitFor();
  assert.deepEqual(await taken(show), { A7: 'sold', A8: 'sold' });
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a wrong address is said at its field, Escape leads back to the choice, and an account can be opened instead', async () => {
  const show = await createShow();
  const { context, page, trouble } = await chooseAs({}, show, ['A1']);
  await fill(page, { name: 'Guest', email: 'nobody' });
  await page.getByRole('button', { name: 'Go on as a guest' }).click();
  await page.locator('#field-email:invalid').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#panel [data-seat]').count(), 1);
  await page.getByRole('button', { name: 'Hold these seats' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Open an account' }).click();
  await page.getByLabel('Full name').fill('With Account');
  await page.getByLabel('E-mail address').fill(`${unique('page')}@example.com`);
  await page.getByLabel('Password').fill('pass-of-a-test');
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.waitForURL(`**/shows/${show.id}`);
  await page.getByText(/\(live\)/).waitFor();
  assert.equal(await page.locator('#panel [data-seat]').count(), 1, 'the choice was kept');
  assert.deepEqual(trouble.filter((line) => !line.startsWith('422')), []);
  await context.close();
});
