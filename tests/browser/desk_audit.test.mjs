// The desk's audit log: who, when, what, and the change in words; narrowed to an order or to a person.
import test from 'node:test';
import assert from 'node:assert/strict';
import { admin, buy, createEvent, createShow, registerUser } from '../support/world.mjs';
import { launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, HOSTILE, open } from '../support/desk.mjs';

let browser;
let user;
let order;

test.before(async () => {
  browser = await launch();
  user = await registerUser();
  order = await buy(user, await createShow(), ['A1', 'A2']);
});
test.after(() => browser?.close());

test('an order leads to what was changed of it, each with who did it and both states', async () => {
  await (await admin()).post(`/orders/${order.id}/refund`, { tickets: [order.tickets[0].id] }, { expect: 200 });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/orders/${order.id}`, '.story li');
  await page.getByRole('link', { name: 'Who changed what of this order' }).click();
  const entry = page.locator('.audit-line', { hasText: 'order.partially_refunded' });
  assert.deepEqual([await entry.locator('del').innerText(), await entry.locator('ins').innerText()], ['paid', 'partially_refunded']);
  await page.locator('.audit-line', { hasText: 'order.paid' }).getByText('by the system').waitFor();
  await entry.getByRole('link', { name: 'by you' }).click();
  await page.getByText('Only what one person did').waitFor();
  await page.locator('.audit-line').first().waitFor();
  assert.equal(await page.getByText('by the system').count(), 0);
  await page.getByRole('link', { name: 'Show all', exact: true }).click();
  await page.locator('.audit-line').first().waitFor();
  await open(page, '/desk/audit?object=nothing');
  await page.getByText('Nothing was changed.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what was written stays text, and the log is for admins', async () => {
  const event = await createEvent();
  await (await admin()).send('PATCH', `/events/${event.id}`, { body: { title: HOSTILE[0] }, expect: 200 });
  const path = `/desk/audit?object=${encodeURIComponent(`event ${event.id}`)}`;
  const { context, page, trouble } = await adminVisitor(browser);
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  await open(page, path, '.audit-line');
  await page.locator('.audit-line').first().getByText(HOSTILE[0]).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
  await assertScreens(browser, [['/desk/audit', '.audit-line']]);
  await assertRefused(browser, user, ['/desk/audit']);
});
