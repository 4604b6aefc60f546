// Provider manual: no page; an admin says that the money has come, also when it comes late.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ownStack } from '../support/own_stack.mjs';
import { admin, checkout, createShow, hold, registerUser, taken } from '../support/world.mjs';

let stack, boss;
before(async () => {
  stack = await ownStack({ PAYMENT_PROVIDER: 'manual' });
  boss = await admin(stack.api);
});
after(() => stack?.down());

async function newOrder(seats = ['A1']) {
  const user = await registerUser({ api: stack.api });
  const show = await createShow({}, stack.api);
  return { user, show, order: await checkout(user, await hold(user, show, seats)) };
}
const mark = (order, body = { note: 'in cash' }, options = {}) => boss.post(`/orders/${order.id ?? order}/mark-paid`, body, { expect: 200, ...options });

test('an admin marks an order as paid, once, and the audit log says who, why and with which receipt', async () => {
  const { user, show, order } = await newOrder();
  assert.deepEqual(order.payment, { provider: 'manual', status: 'pending' });
  await user.api.post(`/orders/${order.id}/mark-paid`, { note: 'mine' }, { expect: 403 });
  for (const [path, body] of [['note', {}], ['note', { note: '' }], ['reference', { note: 'x', reference: '' }], ['amount', { note: 'x', amount: 1 }]]) {
    assert.deepEqual((await mark(order, body, { expect: 422 })).body.errors.map((error) => error.path), [path]);
  }
  const all = await Promise.all(Array.from({ length: 5 }, () => mark(order, { note: 'Paid in cash', reference: 'R-2041' }, { expect: [200, 409] })));
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.equal((await mark(order, undefined, { expect: 409 })).code, 'PAYMENT_NOT_PENDING');
  assert.equal((await mark(randomUUID(), undefined, { expect: 404 })).code, 'ORDER_NOT_FOUND');
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.status, 'paid');
  assert.deepEqual(await taken(show, stack.api), { A1: 'sold' });
  const me = (await boss.get('/auth/me')).body.id;
  assert.deepEqual(stack.sql(`SELECT actor, detail->>'note', detail->>'reference', detail->>'outcome' FROM audit_log WHERE action = 'order.mark_paid'`), [[me, 'Paid in cash', 'R-2041', 'paid']]);
  assert.deepEqual(stack.sql(`SELECT actor FROM audit_log WHERE action = 'order.paid' AND subject = 'order ${order.id}'`), [[me]]);
  stack.checkInvariants();
});

test('late money: the same seats while they are free, else it has to be given back', async () => {
  const late = await newOrder();
  await late.user.api.post(`/orders/${late.order.id}/cancel`, undefined, { expect: 200 });
  assert.equal((await mark(late.order)).body.status, 'paid');
  const beaten = await newOrder();
  await beaten.user.api.post(`/orders/${beaten.order.id}/cancel`, undefined, { expect: 200 });
  await hold(await registerUser({ api: stack.api }), beaten.show, ['A1']);
  const { body } = await mark(beaten.order);
  assert.deepEqual([body.status, body.payment.status], ['cancelled', 'refunded']);
  assert.match(body.note, /refunded/);
  await boss.post(`/orders/${late.order.id}/refund`, undefined, { expect: 200 });
  stack.checkInvariants();
});

test('nobody can send events for it', async () => {
  for (const provider of ['manual', 'test', 'stripe']) {
    await stack.api.send('POST', `/webhooks/payments/${provider}`, { raw: '{}', headers: { 'Content-Type': 'application/json' }, expect: 404 });
  }
});
