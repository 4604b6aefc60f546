// From a hold to an order: priced once, made once.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { admin, checkout, createShow, hold, registerUser, taken } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const api = client();
const make = (user, held, options) => user.api.post('/checkout', { holdId: held.holdId }, options);
const expire = (held) =>
  sql(`WITH hold AS (UPDATE holds SET created_at = created_at - interval '1 h', expires_at = expires_at - interval '1 h'
         WHERE id = '${held.holdId}' RETURNING id, expires_at)
       UPDATE seat_claims c SET expires_at = hold.expires_at, changed = pg_current_xact_id() FROM hold WHERE c.hold_id = hold.id`);

test('an order has its seats, their prices, a deadline and a place to pay', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['F30', 'A1', 'C2']);
  const { body, headers } = await make(user, held, { expect: 201 });
  assert.equal(headers.location, `/api/orders/${body.id}`);
  assert.deepEqual([body.status, body.showId, body.total, body.currency], ['pending', show.id, 2_500_000, 'VND']);
  const seats = body.tickets.map(({ seatId, zone, price, status }) => [seatId, zone, price, status]);
  assert.deepEqual(seats.sort(), [['A1', 'VIP', 1_200_000, 'pending'], ['C2', 'A', 800_000, 'pending'], ['F30', 'B', 500_000, 'pending']]);
  assert.ok(Date.parse(body.expiresAt) > Date.now() && body.expiresAt.endsWith('Z'));
  assert.equal(body.paidAt, null);
  assert.equal(body.payment.provider, 'test');
  assert.match(body.payment.url, /^https?:\/\/.+\/api\/payments\/test\/[0-9a-f-]{36}$/);
  assert.deepEqual((await user.api.get(`/orders/${body.id}`, { expect: 200 })).body, body);
  assert.deepEqual(await taken(show), { A1: 'held', C2: 'held', F30: 'held' });
  assert.deepEqual((await user.api.get('/tickets')).body.tickets, []); // nothing is his yet
  checkInvariants();
});

test('the show’s own prices count, for the zones that it names, and stay as they were when the order was made', async () => {
  const user = await registerUser();
  const show = await createShow({ priceTiers: { VIP: 99, B: 0 }, currency: 'EUR' });
  const order = await checkout(user, await hold(user, show, ['A1', 'C1', 'E1']));
  const price = (one) => Object.fromEntries(one.tickets.map((ticket) => [ticket.seatId, ticket.price]));
  assert.deepEqual(price(order), { A1: 99, C1: 800_000, E1: 0 });
  assert.deepEqual([order.total, order.currency], [800_099, 'EUR']);
  const { startsAt, seatMapId } = show;
  await (
    await admin()
  ).put(`/shows/${show.id}`, { startsAt, seatMapId, priceTiers: { VIP: 5, A: 5, B: 5 }, currency: 'USD' }, { expect: 200 });
  assert.deepEqual((await user.api.get(`/orders/${order.id}`)).body, order);
  const later = await checkout(user, await hold(user, show, ['A2']));
  assert.deepEqual([later.total, later.currency], [5, 'USD']);
  checkInvariants();
});

test('the same hold again is the same order', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1']);
  const { body: first } = await make(user, held, { expect: 201 });
  const { body: second, headers } = await make(user, held, { expect: 200 });
  assert.deepEqual(second, first);
  assert.equal(headers.location, undefined);
  await user.api.post(`/orders/${first.id}/cancel`, undefined, { expect: 200 });
  const { body: third } = await make(user, held, { expect: 200 });
  assert.deepEqual([third.id, third.status], [first.id, 'cancelled']);
});

test('one hold and many checkouts at once: one order', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1', 'A2', 'A3']);
  const answers = await Promise.all(Array.from({ length: 10 }, () => make(user, held, { expect: [200, 201] })));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  checkInvariants();
});

test('no order without a live hold of one’s own', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const notFound = async (who, holdId) => {
    assert.equal((await who.api.post('/checkout', { holdId }, { expect: 404 })).code, 'HOLD_NOT_FOUND');
  };
  await notFound(user, randomUUID());
  const held = await hold(user, show, ['A1']);
  await notFound(other, held.holdId);
  await user.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  await notFound(user, held.holdId);
  const lapsed = await hold(user, show, ['A2']);
  expire(lapsed);
  assert.equal((await make(user, lapsed, { expect: 409 })).code, 'HOLD_EXPIRED');
  await hold(other, show, ['A2']);
  assert.equal((await make(user, lapsed, { expect: 409 })).code, 'HOLD_EXPIRED');
  assert.deepEqual((await user.api.get('/orders')).body.orders, []);
  checkInvariants();
});

test('a hold from before the show’s seat map changed has ended; the order it became is still found', async () => {
  const [user, show, boss] = [await registerUser(), await createShow(), await admin()];
  const became = await hold(user, show, ['F30']);
  const order = await checkout(user, became);
  await user.api.post(`/orders/${order.id}/cancel`, undefined, { expect: 200 });
  const lapsed = await hold(user, show, ['F29']);
  expire(lapsed);
  const { startsAt } = show;
  await boss.put(`/shows/${show.id}`, { startsAt, seatMapId: 'stadium' }, { expect: 200 });
  assert.equal((await make(user, lapsed, { expect: 409 })).code, 'HOLD_EXPIRED');
  assert.equal((await make(user, became, { expect: 200 })).body.id, order.id);
});

test('what costs nothing is paid at once', async () => {
  const user = await registerUser();
  const show = await createShow({ priceTiers: { VIP: 0, A: 0, B: 0 } });
  const { body } = await make(user, await hold(user, show, ['A1', 'A2']), { expect: 201 });
  assert.deepEqual([body.status, body.total, body.payment.status, body.payment.url], ['paid', 0, 'succeeded', undefined]);
  assert.deepEqual(body.tickets.map(({ status }) => status), ['valid', 'valid']);
  assert.ok(body.paidAt);
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
  assert.equal((await user.api.get('/tickets')).body.tickets.length, 2);
  checkInvariants();
});

test('checkout against release of the same hold: an order or none, never half', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  for (let i = 1; i <= 8; i += 1) {
    const held = await hold(user, show, [`A${i}`, `B${i}`]);
    const [made, released] = await Promise.all([make(user, held), user.api.delete(`/holds/${held.holdId}`)]);
    assert.ok(
      (made.status === 201 && released.status === 404) || (made.status === 404 && released.status === 204),
      `${made.status} ${released.status}`,
    );
    if (made.status === 201) await user.api.post(`/orders/${made.body.id}/cancel`, undefined, { expect: 200 });
  }
  assert.deepEqual(await taken(show), {});
  checkInvariants();
});

test('every field of POST /checkout with wrong values, missing and unknown', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1']);
  const paths = (answer) => answer.body.errors.map((error) => error.path);
  for (const value of [null, 1, true, [], {}, '', 'x', held.holdId.slice(1), `${held.holdId}0`, 'x'.repeat(5000)]) {
    assert.deepEqual(
      paths(await user.api.post('/checkout', { holdId: value }, { expect: 422 })),
      ['holdId'],
      JSON.stringify(value).slice(0, 60),
    );
  }
  assert.deepEqual(paths(await user.api.post('/checkout', {}, { expect: 422 })), ['holdId']);
  assert.deepEqual(paths(await user.api.post('/checkout', { holdId: held.holdId, total: 1 }, { expect: 422 })), ['total']);
  const json = { 'Content-Type': 'application/json' };
  await user.api.send('POST', '/checkout', { raw: '', headers: json, expect: 400 });
  await user.api.send('POST', '/checkout', { raw: '{"holdId":', headers: json, expect: 400 });
  await user.api.send('POST', '/checkout', { raw: '[]', headers: json, expect: 422 });
  await user.api.send('POST', '/checkout', {
    raw: 'holdId=1',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    expect: 415,
  });
  await user.api.send('POST', '/checkout', { raw: 'x'.repeat(1 << 20), headers: json, expect: 413 });
  await api.post('/checkout', { holdId: held.holdId }, { expect: 401 });
  await user.api.get('/checkout', { expect: 405 });
  assert.deepEqual((await user.api.get('/orders')).body.orders, []);
});
