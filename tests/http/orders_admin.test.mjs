// Admins find and read the orders of everybody; nobody else does.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser } from '../support/world.mjs';

test('orders by show, buyer and status, a page at a time', async () => {
  const [one, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const paid = await buy(one, show, ['A1']);
  const open = await checkout(other, await hold(other, show, ['A2']));
  const desk = await admin();
  const ids = async (query) => (await desk.get(`/orders?${query}`, { expect: 200 })).body.orders.map(({ id }) => id);
  assert.deepEqual(await ids(`show=${show.id}`), [open.id, paid.id]);
  assert.deepEqual(await ids(`show=${show.id}&status=paid`), [paid.id]);
  assert.deepEqual(await ids(`user=${other.id}`), [open.id]);
  assert.deepEqual(await ids(`user=${other.id}&show=${show.id}&status=paid`), []);
  assert.ok((await ids('status=pending')).includes(open.id));
  const { body: first } = await desk.get(`/orders?show=${show.id}&limit=1`, { expect: 200 });
  assert.deepEqual(await ids(`show=${show.id}&limit=1&cursor=${first.nextCursor}`), [paid.id]);
  assert.equal((await desk.get(`/orders/${open.id}`, { expect: 200 })).body.id, open.id);
});

test('nobody else may, and what is no status is said to be none', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const order = await buy(other, show, ['A1']);
  for (const query of [`show=${show.id}`, `user=${user.id}`, 'status=paid']) {
    assert.equal((await user.api.get(`/orders?${query}`, { expect: 403 })).body.code, 'FORBIDDEN');
  }
  await user.api.get(`/orders/${order.id}`, { expect: 404 });
  const { body } = await (await admin()).get('/orders?status=lost', { expect: 422, request: false });
  assert.equal(body.errors[0].path ?? body.errors[0].field, 'status');
});

test('an admin writes a note on an order; buyers never see it, and the audit log tells who changed it from what', async () => {
  const user = await registerUser();
  const order = await buy(user, await createShow(), ['A1']);
  const desk = await admin();
  const put = (note, options) => desk.put(`/orders/${order.id}/note`, { note }, options);
  assert.equal((await put('Called: comes late', { expect: 200 })).body.adminNote, 'Called: comes late');
  assert.equal((await put('Comes with a wheelchair 🦽', { expect: 200 })).body.adminNote, 'Comes with a wheelchair 🦽');
  assert.equal((await desk.get(`/orders?user=${user.id}`, { expect: 200 })).body.orders[0].adminNote, 'Comes with a wheelchair 🦽');
  for (const path of [`/orders/${order.id}`, '/orders'])
    assert.doesNotMatch((await user.api.get(path, { expect: 200 })).text, /adminNote|wheelchair/);
  assert.equal((await put('', { expect: 200 })).body.adminNote, undefined);
  const audit = sql(
    `SELECT detail ->> 'before', detail ->> 'after' FROM audit_log WHERE action = 'order.note' AND subject = 'order ${order.id}'
        ORDER BY id`,
  );
  assert.deepEqual(audit, [
    ['', 'Called: comes late'],
    ['Called: comes late', 'Comes with a wheelchair 🦽'],
    ['Comes with a wheelchair 🦽', ''],
  ]);
  for (const note of [null, 'x'.repeat(501), 5, 'a\u0000b'])
    assert.equal((await desk.put(`/orders/${order.id}/note`, { note }, { request: false })).status, 422, String(note));
  assert.equal((await user.api.put(`/orders/${order.id}/note`, { note: 'mine' })).status, 403);
  assert.equal((await desk.put(`/orders/${user.id}/note`, { note: 'nobody' })).code, 'ORDER_NOT_FOUND');
});
