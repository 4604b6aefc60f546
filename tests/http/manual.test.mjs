// Provider manual: no page; an admin says that the money has come, also when it comes late.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ownStack } from '../support/own_stack.mjs';
import { admin, checkout, createShow, hold, registerUser, taken, until } from '../support/world.mjs';

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
const mark = (order, body = { note: 'in cash' }, options = {}) =>
  boss.post(`/orders/${order.id ?? order}/mark-paid`, body, { expect: 200, ...options });

test('an admin marks an order as paid, once, and the audit log says who, why and with which receipt', async () => {
  const { user, show, order } = await newOrder();
  assert.deepEqual(order.payment, { provider: 'manual', status: 'pending' });
  await user.api.post(`/orders/${order.id}/mark-paid`, { note: 'mine' }, { expect: 403 });
  for (const [path, body] of [
    ['note', {}],
    ['note', { note: '' }],
    ['reference', { note: 'x', reference: '' }],
    ['amount', { note: 'x', amount: 1 }],
  ]) {
    assert.deepEqual(
      (await mark(order, body, { expect: 422 })).body.errors.map((error) => error.path),
      [path],
    );
  }
  const all = await Promise.all(
    Array.from({ length: 5 }, () => mark(order, { note: 'Paid in cash', reference: 'R-2041' }, { expect: [200, 409] })),
  );
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.equal((await mark(order, undefined, { expect: 409 })).code, 'PAYMENT_NOT_PENDING');
  assert.equal((await mark(randomUUID(), undefined, { expect: 404 })).code, 'ORDER_NOT_FOUND');
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.status, 'paid');
  assert.deepEqual(await taken(show, stack.api), { A1: 'sold' });
  const me = (await boss.get('/auth/me')).body.id;
  assert.deepEqual(
    stack.sql(`SELECT actor, detail->>'note', detail->>'reference', detail->>'outcome' FROM audit_log WHERE action = 'order.mark_paid'`),
    [[me, 'Paid in cash', 'R-2041', 'paid']],
  );
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

test('a refund waits until an admin says that the money was given back; only then anybody is told', async () => {
  const { user, order } = await newOrder(['A1', 'A2']);
  await mark(order);
  const told = () =>
    stack.sql(
      `SELECT data->'refund'->>'amount', data->'refund'->'tickets'->>0 FROM outbox WHERE type = 'order.refunded' AND key = '${order.id}'`,
    );
  const refunds = async () => (await user.api.get(`/orders/${order.id}`, { expect: 200 })).body.refunds;
  const list = async (status, query = {}) => (await boss.get('/refunds', { query: { status, ...query }, expect: 200 })).body;
  assert.deepEqual(await refunds(), []);
  await boss.post(`/orders/${order.id}/refund`, { tickets: [order.tickets[0].id] }, { expect: 200 });
  await until(() => stack.sql(`SELECT 1 FROM refunds WHERE order_id = '${order.id}' AND tries > 0`).length > 0, {
    what: 'the refund claimed',
  });
  const [one] = await refunds();
  assert.deepEqual([one.status, one.amount, one.tickets, one.doneAt], ['pending', order.tickets[0].price, [order.tickets[0].id], null]);
  assert.deepEqual(told(), []);
  const open = (await list('pending', { limit: 100 })).refunds;
  assert.deepEqual(open.filter(({ orderId }) => orderId === order.id).map(({ id, provider }) => [id, provider]), [[one.id, 'manual']]);
  const page = await list('pending', { limit: 1 });
  assert.ok(open.length === 1 || page.nextCursor);

  const done = (id, body = { note: 'in cash' }, options = {}) => boss.post(`/refunds/${id}/mark-done`, body, { expect: 200, ...options });
  await user.api.post(`/refunds/${one.id}/mark-done`, { note: 'mine' }, { expect: 403 });
  await user.api.get('/refunds', { query: { status: 'pending' }, expect: 403 });
  assert.equal((await done(randomUUID(), undefined, { expect: 404 })).code, 'REFUND_NOT_FOUND');
  for (const query of [{}, { status: 'lost' }])
    assert.deepEqual(
      (await boss.get('/refunds', { query, expect: 422 })).body.errors.map(({ path }) => path),
      ['status'],
    );
  const all = await Promise.all(
    Array.from({ length: 4 }, () => done(one.id, { note: 'in cash', reference: 'R-7' }, { expect: [200, 409] })),
  );
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.ok(all.filter(({ status }) => status === 409).every(({ code }) => code === 'REFUND_NOT_PENDING'));
  assert.equal((await refunds())[0].status, 'done');
  assert.deepEqual(told(), [[String(one.amount), order.tickets[0].id]]);
  assert.ok((await list('done')).refunds.some(({ id, doneAt }) => id === one.id && doneAt));
  assert.deepEqual(
    stack.sql(`SELECT detail->>'reference' FROM audit_log WHERE action = 'refund.mark_done' AND subject = 'order ${order.id}'`),
    [['R-7']],
  );
  stack.checkInvariants();
});

test('nobody can send events for it', async () => {
  for (const provider of ['manual', 'test', 'stripe']) {
    await stack.api.send('POST', `/webhooks/payments/${provider}`, {
      raw: '{}',
      headers: { 'Content-Type': 'application/json' },
      expect: 404,
    });
  }
});
