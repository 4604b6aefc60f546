// Admins find and read the orders of everybody; nobody else does.
import assert from 'node:assert/strict';
import test from 'node:test';
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
