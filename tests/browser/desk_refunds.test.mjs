// The desk's money: refunds by their state, tried again or marked as given back by hand; money outside and events that fit nothing.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { admin, buy, checkout, createShow, hold, registerUser, until } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';
import { launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, HOSTILE, open } from '../support/desk.mjs';

let browser;
let user;
let show;

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser(), await createShow()];
});
test.after(() => browser?.close());

const read = async (order) => (await (await admin()).get(`/orders/${order.id}`, { expect: 200 })).body;

async function refunded(seats) {
  const order = await buy(user, show, seats);
  await (await admin()).post(`/orders/${order.id}/refund`, {}, { expect: 200 });
  await until(async () => (await read(order)).refunds[0].status === 'done', { what: 'the money on its way' });
  return read(order);
}

// What the provider of the tests never does by itself.
const setRefund = (order, status, error) =>
  sql(`UPDATE refunds SET status = '${status}', last_error = '${error.replaceAll("'", "''")}' WHERE order_id = '${order.id}'`);

test('a refund that the provider refused says why, and is tried again once however often that is pressed', async () => {
  const order = await refunded(['A1']);
  setRefund(order, 'failed', `The card is closed. ${HOSTILE[0]}`);
  const { context, page, trouble } = await adminVisitor(browser);
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && /refund$/.test(request.url()) && sent.push(request.url()));
  const line = page.locator(`[data-refund="${order.refunds[0].id}"]`);
  await open(page, '/desk/refunds?status=failed', `[data-refund="${order.refunds[0].id}"]`);
  await line.getByText(HOSTILE[0]).waitFor();
  await line.getByRole('button', { name: 'Try again' }).dblclick();
  await line.waitFor({ state: 'detached' });
  assert.equal(sent.length, 1);
  await until(async () => (await read(order)).refunds[0].status === 'done', { what: 'the second try' });
  await page.getByRole('navigation', { name: 'Lists of money' }).getByRole('link', { name: 'Given back' }).click();
  await line.waitFor();
  await line.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: `Order ${order.id.slice(0, 13).toUpperCase()}` }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('money taken by hand is given back by hand: the note is kept, and an empty one is refused', async () => {
  const order = await checkout(user, await hold(user, show, ['A2']));
  sql(`UPDATE payments SET provider = 'manual' WHERE order_id = '${order.id}'`);
  const boss = await admin();
  await boss.post(`/orders/${order.id}/mark-paid`, { note: 'in cash' }, { expect: 200 });
  await boss.post(`/orders/${order.id}/refund`, {}, { expect: 200 });
  const [refund] = (await read(order)).refunds;
  const { context, page, trouble } = await adminVisitor(browser);
  const line = page.locator(`[data-refund="${refund.id}"]`);
  await open(page, '/desk/refunds?status=pending', `[data-refund="${refund.id}"]`);
  await line.getByRole('button', { name: 'Was given back' }).click();
  const dialog = page.getByRole('dialog', { name: 'The money was given back' });
  await dialog.getByRole('button', { name: 'Mark as given back' }).click();
  assert.equal(await dialog.getByLabel('How', { exact: true }).evaluate((field) => field.validity.valueMissing), true);
  await dialog.getByLabel('How', { exact: true }).fill('Given back in cash');
  await dialog.getByLabel(/^Reference/).fill('R-2042');
  await dialog.getByRole('button', { name: 'Mark as given back' }).dblclick();
  await line.waitFor({ state: 'detached' });
  assert.equal((await read(order)).refunds[0].status, 'done');
  const records = sql(`SELECT detail ->> 'note', detail ->> 'reference' FROM audit_log
    WHERE action = 'refund.mark_done' AND subject = 'order ${order.id}'`);
  assert.deepEqual(records, [['Given back in cash', 'R-2042']]);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what went back outside, and what fits nothing, is listed with what it says', async () => {
  const order = await buy(user, show, ['A3']);
  const reference = `re_${randomUUID()}`;
  const event = `evt_${randomUUID()}`;
  const [[provider, payment]] = sql(`SELECT provider, id FROM payments WHERE order_id = '${order.id}'`);
  sql(`INSERT INTO outside_money (payment_id, provider, kind, reference, charge, status, amount, currency)
       VALUES ('${payment}', '${provider}', 'dispute', '${reference}', 'ch_${reference}', 'open', 5000, 'VND')`);
  sql(`INSERT INTO payment_events (provider, event_id, type, outcome, payload)
       VALUES ('${provider}', '${event}', 'payment.succeeded', 'unknown_payment', '{"said": "<b>nothing</b>"}')`);
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk/refunds?list=outside');
  const outside = page.locator('#money > li', { hasText: reference });
  await outside.getByText('in dispute').waitFor();
  await outside.getByText('VND 5,000').waitFor();
  await page.getByRole('link', { name: 'Unmatched events' }).click();
  const unmatched = page.locator('#money > li', { hasText: event });
  await unmatched.getByText('The payment is not known here.').waitFor();
  await unmatched.locator('summary').click();
  assert.deepEqual(JSON.parse(await unmatched.locator('pre').innerText()), { said: '<b>nothing</b>' });
  await open(page, `/desk/orders/${order.id}`, '.story li');
  await page.getByRole('region', { name: 'Money' }).getByText('A dispute of the cardholder').waitFor();
  sql(`DELETE FROM outside_money WHERE reference = '${reference}'; DELETE FROM payment_events WHERE event_id = '${event}'`);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the lists are there for every admin, on a phone too, and for nobody else', async () => {
  const order = await refunded(['A4']);
  await assertScreens(browser, [
    ['/desk/refunds', 'h1'],
    ['/desk/refunds?status=done', `[data-refund="${order.refunds[0].id}"]`],
    ['/desk/refunds?list=outside', 'h1'],
    ['/desk/refunds?list=events', 'h1'],
  ]);
  await assertRefused(browser, user, ['/desk/refunds']);
});
