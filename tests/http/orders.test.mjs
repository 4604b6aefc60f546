// Orders: seen and cancelled by their owner, ended by time.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { buy, checkout, createShow, hold, pay, registerUser, taken, until } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const api = client();
const order = async (user, show, seats) => checkout(user, await hold(user, show, seats));
const cancel = (user, id, options) => user.api.post(`/orders/${id}/cancel`, undefined, options);
// As if nobody had paid in time.
const lapse = ({ id }) =>
  sql(`UPDATE orders SET expires_at = clock_timestamp() - interval '1 s' WHERE id = '${id}';
       UPDATE seat_claims SET expires_at = clock_timestamp() - interval '1 s', changed = pg_current_xact_id() WHERE order_id = '${id}'`);

test('orders are listed newest first, in pages that new orders do not shift', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const ids = [];
  for (let i = 1; i <= 5; i += 1) ids.unshift((await order(user, show, [`A${i}`])).id);
  const page = async (query) => (await user.api.get('/orders', { query, expect: 200 })).body;
  const all = await page({});
  assert.deepEqual(all.orders.map(({ id }) => id), ids);
  assert.equal(all.nextCursor, null);
  const first = await page({ limit: 2 });
  const newest = await order(user, show, ['B1']);
  const second = await page({ limit: 2, cursor: first.nextCursor });
  const third = await page({ limit: 2, cursor: second.nextCursor });
  assert.deepEqual([...first.orders, ...second.orders, ...third.orders].map(({ id }) => id), ids);
  assert.equal(third.nextCursor, null);
  assert.equal((await page({ limit: 1 })).orders[0].id, newest.id);
  assert.equal((await page({ limit: 6 })).nextCursor, null);
});

test('limit and cursor are checked', async () => {
  const user = await registerUser();
  for (const query of [{ limit: 0 }, { limit: 101 }, { limit: -1 }, { limit: 'ten' }, { limit: 1.5 }, { limit: '9'.repeat(30) }]) {
    const { body } = await user.api.get('/orders', { query, expect: 422 });
    assert.deepEqual(body.errors.map(({ path }) => path), ['limit'], JSON.stringify(query));
  }
  const forged = Buffer.from(`2026-01-01' OR '1'='1,${randomUUID()}`).toString('base64url');
  for (const cursor of ['x', '!!!', forged, 'x'.repeat(201), 'AAAA', Buffer.from('infinity,1').toString('base64url')]) {
    const { body } = await user.api.get('/orders', { query: { cursor }, expect: 422 });
    assert.deepEqual(body.errors.map(({ path }) => path), ['cursor'], cursor);
  }
  assert.deepEqual((await user.api.get('/orders', { expect: 200 })).body, { orders: [], nextCursor: null });
});

test('other people’s orders are not there', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const { id } = await order(user, show, ['A1']);
  for (const missing of [id, randomUUID()]) {
    assert.equal((await other.api.get(`/orders/${missing}`, { expect: 404 })).code, 'ORDER_NOT_FOUND');
    assert.equal((await cancel(other, missing, { expect: 404 })).code, 'ORDER_NOT_FOUND');
  }
  assert.deepEqual((await other.api.get('/orders')).body.orders, []);
  await api.get('/orders', { expect: 401 });
  await api.get(`/orders/${id}`, { expect: 401 });
  await api.post(`/orders/${id}/cancel`, undefined, { expect: 401 });
  for (const bad of ['1', `${id}0`, 'null', `${id}'`]) {
    await user.api.get(`/orders/${bad}`, { expect: 404 });
    await cancel(user, bad, { expect: 404 });
  }
  await user.api.delete(`/orders/${id}`, { expect: 405 });
  await user.api.get(`/orders/${id}/cancel`, { expect: 405 });
  assert.equal((await user.api.get(`/orders/${id}`)).body.status, 'pending');
});

test('a cancelled order frees its seats at once', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const { id, payment } = await order(user, show, ['A1', 'A2']);
  const { body } = await cancel(user, id, { expect: 200 });
  assert.deepEqual([body.id, body.status, body.payment.url], [id, 'cancelled', undefined]);
  assert.deepEqual(body.tickets.map(({ status }) => status), ['void', 'void']);
  assert.ok(payment.url);
  assert.deepEqual(await taken(show), {});
  assert.equal((await cancel(user, id, { expect: 409 })).code, 'ORDER_NOT_PENDING');
  await buy(other, show, ['A1', 'A2']);
  assert.equal((await cancel(user, id, { expect: 409 })).code, 'ORDER_NOT_PENDING');
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
  checkInvariants();
});

test('a paid order cannot be cancelled', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const { id } = await buy(user, show, ['A1']);
  assert.equal((await cancel(user, id, { expect: 409 })).code, 'ORDER_NOT_PENDING');
  assert.deepEqual(await taken(show), { A1: 'sold' });
});

test('an order that nobody paid in time is expired, and its seats can be had at once', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const { id } = await order(user, show, ['A1', 'A2']);
  lapse({ id });
  const { body } = await user.api.get(`/orders/${id}`, { expect: 200 });
  assert.deepEqual([body.status, body.payment.url], ['expired', undefined]);
  assert.deepEqual(body.tickets.map(({ status }) => status), ['void', 'void']);
  assert.deepEqual(await taken(show), {});
  await buy(other, show, ['A2']);
  assert.equal((await cancel(user, id, { expect: 409 })).code, 'ORDER_NOT_PENDING');
  assert.equal((await user.api.get(`/orders/${id}`)).body.status, 'expired');
  checkInvariants();
});

test('the background task expires many orders by itself', async () => {
  const show = await createShow();
  const users = await Promise.all(Array.from({ length: 6 }, () => registerUser()));
  const orders = await Promise.all(users.map((user, i) => order(user, show, [`C${i + 1}`, `D${i + 1}`])));
  orders.slice(1).forEach(lapse);
  const states = () => sql(`SELECT status FROM orders WHERE show_id = '${show.id}'`).flat();
  await until(() => states().filter((state) => state === 'expired').length === 5, { what: 'five expired orders' });
  assert.equal(states().filter((state) => state === 'pending').length, 1);
  assert.deepEqual(sql(`SELECT DISTINCT status FROM tickets WHERE show_id = '${show.id}' ORDER BY 1`).flat(), ['reserved', 'void']);
  assert.deepEqual(await taken(show), { C1: 'held', D1: 'held' });
  checkInvariants();
});

test('cancelling against paying: one of them wins, and the money agrees', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  for (let i = 1; i <= 6; i += 1) {
    const made = await order(user, show, [`A${i}`]);
    const [cancelled] = await Promise.all([cancel(user, made.id), pay(made)]);
    const { body } = await user.api.get(`/orders/${made.id}`);
    assert.ok(cancelled.status === 200 || cancelled.status === 409);
    // Cancelled first, the payment finds its seats free and takes them again.
    assert.equal(body.status, 'paid');
    assert.equal(body.note === null, cancelled.status === 409);
  }
  checkInvariants();
});
