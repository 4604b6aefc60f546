// Refunds by an admin: whole orders and single tickets, used ones, twice, at once; and who may not.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { admin, buy, checkout, createShow, hold, registerUser, staff, taken, until } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const boss = await admin();
const refund = (order, body, options = {}) => boss.post(`/orders/${order.id ?? order}/refund`, body, { expect: 200, ...options });

async function bought(seats) {
  const user = await registerUser();
  const show = await createShow();
  return { user, show, order: await buy(user, show, seats) };
}
const statusOf = (order) =>
  sql(`SELECT o.status, p.status FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.id = '${order.id}'`)[0];

test('a whole order: tickets void, seats free at once, money on its way, everybody told', async () => {
  const { user, show, order } = await bought(['A1', 'A2']);
  const { body } = await refund(order, undefined);
  assert.deepEqual(
    [body.status, body.payment.status, body.tickets.map(({ status }) => status)],
    ['refunded', 'refunded', ['void', 'void']],
  );
  assert.deepEqual(await taken(show), {});
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.status, 'refunded');
  await buy(await registerUser(), show, ['A1']);
  await until(() => sql(`SELECT status FROM refunds WHERE order_id = '${order.id}'`)[0][0] === 'succeeded', { what: 'the refund' });
  assert.deepEqual(sql(`SELECT amount, status FROM refunds WHERE order_id = '${order.id}'`), [[String(order.total), 'succeeded']]);
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.refunds[0].status, 'done');
  assert.deepEqual(sql(`SELECT type FROM outbox WHERE key = '${order.id}' ORDER BY id`).flat(), ['order.paid', 'order.refunded']);
  const [[actor, why]] = sql(
    `SELECT actor, detail->>'why' FROM audit_log WHERE action = 'order.refunded' AND subject = 'order ${order.id}'`,
  );
  assert.deepEqual([actor, why], [(await boss.get('/auth/me')).body.id, 'refunded by an admin']);
  assert.equal((await refund(order, undefined, { expect: 409 })).code, 'ORDER_NOT_PAID');
  checkInvariants();
});

test('some tickets, then the others', async () => {
  const { show, order } = await bought(['A1', 'C1', 'E1']);
  const [one, two, three] = order.tickets;
  assert.equal((await refund(order, { tickets: [two.id] })).body.status, 'partially_refunded');
  assert.deepEqual(Object.keys(await taken(show)).length, 2);
  checkInvariants();
  const again = await refund(order, { tickets: [one.id, two.id] }, { expect: 409 });
  assert.deepEqual([again.code, again.body.tickets], ['TICKET_NOT_VALID', [two.id]]);
  assert.equal((await refund(order, { tickets: [three.id] })).body.status, 'partially_refunded');
  assert.equal((await refund(order, { tickets: null })).body.status, 'refunded');
  assert.deepEqual(
    sql(`SELECT amount FROM refunds WHERE order_id = '${order.id}' ORDER BY created_at`).flat(),
    [two, three, one].map(({ price }) => String(price)),
  );
  assert.deepEqual(statusOf(order), ['refunded', 'refunded']);
  checkInvariants();
});

test('a ticket that somebody came in with needs force', async () => {
  const { order } = await bought(['A1', 'A2']);
  const gate = await staff();
  await gate.post(`/tickets/${order.tickets[0].id}/checkin`, { gate: 'G1' }, { expect: 200 });
  const refused = await refund(order, undefined, { expect: 409 });
  assert.deepEqual([refused.code, refused.body.tickets], ['TICKET_CHECKED_IN', [order.tickets[0].id]]);
  assert.deepEqual(statusOf(order), ['paid', 'succeeded']);
  await refund(order, { tickets: [order.tickets[1].id] });
  assert.equal((await refund(order, { force: true })).body.status, 'refunded');
  checkInvariants();
});

test('once per key, and once for many at the same time', async () => {
  const { order } = await bought(['A1', 'C1']);
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = { tickets: [order.tickets[0].id] };
  const first = await refund(order, body, { headers });
  const second = await refund(order, body, { headers });
  assert.equal(second.headers['idempotent-replayed'], 'true');
  assert.deepEqual(second.body, first.body);
  assert.equal((await refund(order, {}, { headers, expect: 422 })).code, 'IDEMPOTENCY_KEY_REUSED');
  const all = await Promise.all(Array.from({ length: 8 }, () => refund(order, undefined, { expect: [200, 409] })));
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.deepEqual(sql(`SELECT sum(amount) FROM refunds WHERE order_id = '${order.id}'`), [[String(order.total)]]);
  checkInvariants();
});

test('who may not, and what cannot be', async () => {
  const { user, show, order } = await bought(['A1']);
  const other = await bought(['A1']);
  await user.api.post(`/orders/${order.id}/refund`, undefined, { expect: 403 });
  await (await staff()).post(`/orders/${order.id}/refund`, undefined, { expect: 403 });
  await user.api.post(`/orders/${order.id}/mark-paid`, { note: 'x' }, { expect: 403 });
  assert.equal((await boss.post(`/orders/${order.id}/mark-paid`, { note: 'x' }, { expect: 409 })).code, 'PAYMENT_ELSEWHERE');
  assert.equal((await refund(randomUUID(), undefined, { expect: 404 })).code, 'ORDER_NOT_FOUND');
  const wrong = await refund(order, { tickets: [order.tickets[0].id, other.order.tickets[0].id] }, { expect: 422 });
  assert.deepEqual(wrong.body.errors.map(({ path }) => path), ['tickets[1]']);
  for (const [path, body] of [
    ['tickets', { tickets: [] }],
    ['tickets', { tickets: 'A1' }],
    ['tickets[0]', { tickets: ['x'] }],
    ['force', { force: 'yes' }],
    ['amount', { amount: 1 }],
  ]) {
    const { body: problem } = await refund(order, body, { expect: 422 });
    assert.deepEqual(
      problem.errors.map((error) => error.path),
      [path],
    );
  }
  const pending = await checkout(user, await hold(user, show, ['B1']));
  assert.equal((await refund(pending, undefined, { expect: 409 })).code, 'ORDER_NOT_PAID');
  assert.deepEqual(statusOf(order), ['paid', 'succeeded']);
  checkInvariants();
});
