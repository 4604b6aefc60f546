// With HOLD_TTL_SECONDS=2, HOLD_MAX_SECONDS=5 and ORDER_TTL_SECONDS=3 (the `short` stack of tests/run): what ends by itself.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';
import * as world from '../support/world.mjs';

const folder = process.env.SHORT_STATE;
const base = client({ baseUrl: process.env.SHORT_URL, state: folder });
const { hold, sleep, taken, until } = world;
const buyer = () => world.registerUser({ api: base });
const show = () => world.createShow({}, base);
const pay = async (order) => base.post(order.payment.url, undefined, { expect: 200 });
const query = (text) => sql(text, folder);
const invariants = () => checkInvariants({ env: { TICKETING_STATE: folder } });
const gone = (held) => sleep(Math.max(0, held.expiresAt - Date.now()) + 30);

test('a hold ends after two seconds, without a sweeper, and its seats can be sold to another user at once', async () => {
  const [anna, binh, one] = [await buyer(), await buyer(), await show()];
  const before = Date.now();
  const held = await hold(anna, one, ['A1', 'A2']);
  assert.ok(held.expiresAt - before > 1500 && held.expiresAt - before < 3500, `${held.expiresAt - before} ms`);
  assert.deepEqual(await taken(one, base), { A1: 'held', A2: 'held' });
  await gone(held);
  assert.deepEqual(await taken(one, base), {});
  await anna.api.get(`/holds/${held.holdId}`, { expect: 404 });
  await anna.api.delete(`/holds/${held.holdId}`, { expect: 404 });
  await anna.api.post(`/holds/${held.holdId}/extend`, undefined, { expect: 404 });
  assert.deepEqual((await anna.api.get('/holds', { expect: 200 })).body.holds, []);
  // Nothing swept: the row still says held by the hold that ended.
  assert.deepEqual(query(`SELECT state, hold_id FROM seat_claims WHERE show_id = '${one.id}' AND seat_id = 'A1'`), [['held', held.holdId]]);
  const order = await world.checkout(binh, await hold(binh, one, ['A1', 'A2']));
  await pay(order);
  assert.deepEqual(await taken(one, base), { A1: 'sold', A2: 'sold' });
  const late = await anna.api.post('/checkout', { holdId: held.holdId });
  assert.equal(late.code, 'HOLD_EXPIRED');
  invariants();
});

test('failed attempts of others never lengthen a hold', async () => {
  const [anna, binh, one] = [await buyer(), await buyer(), await show()];
  const held = await hold(anna, one, ['B1']);
  while (Date.now() < held.expiresAt - 300) {
    const refused = await binh.api.post('/holds', { showId: one.id, seats: ['B1'] });
    assert.ok(refused.status === 409 || Date.now() >= held.expiresAt - 300, `${refused.status}`);
    await sleep(100);
  }
  await gone(held);
  await hold(binh, one, ['B1']);
  invariants();
});

test('a hold can be extended up to HOLD_MAX_SECONDS and no further', async () => {
  const [anna, one] = [await buyer(), await show()];
  const held = await hold(anna, one, ['C1']);
  let last = held;
  let refused;
  for (let i = 0; i < 20 && refused === undefined; i += 1) {
    await sleep(700);
    const answer = await anna.api.post(`/holds/${held.holdId}/extend`, undefined, { expect: [200, 409] });
    if (answer.status === 409) {
      refused = answer;
    } else {
      assert.ok(answer.body.expiresAt > last.expiresAt, 'an extension lengthens');
      last = answer.body;
    }
  }
  assert.equal(refused?.code, 'HOLD_MAX_DURATION');
  const start = held.expiresAt - 2000;
  assert.ok(last.expiresAt - start <= 5001 && last.expiresAt - start >= 4900, `${last.expiresAt - start} ms after the start`);
  await gone(last);
  assert.deepEqual(await taken(one, base), {});
  invariants();
});

test('an order that is not paid expires and frees its seats', async () => {
  const [anna, binh, one] = [await buyer(), await buyer(), await show()];
  const order = await world.checkout(anna, await hold(anna, one, ['D1', 'D2']));
  assert.deepEqual(await taken(one, base), { D1: 'held', D2: 'held' });
  await sleep(Math.max(0, Date.parse(order.expiresAt) - Date.now()) + 1050); // expiresAt has whole seconds
  assert.deepEqual(await taken(one, base), {}, 'free at once, before the background task has come by');
  const other = await hold(binh, one, ['D1', 'D2']);
  await until(async () => (await anna.api.get(`/orders/${order.id}`, { expect: 200 })).body.status === 'expired', {
    what: 'status expired',
  });
  const cancel = await anna.api.post(`/orders/${order.id}/cancel`);
  assert.equal(cancel.code, 'ORDER_NOT_PENDING');
  await binh.api.get(`/holds/${other.holdId}`, { expect: [200, 404] });
  invariants();
});

test('a payment that comes too late takes the same seats when all are free', async () => {
  const [anna, one] = [await buyer(), await show()];
  const order = await world.checkout(anna, await hold(anna, one, ['E1', 'E2']));
  await sleep(Math.max(0, Date.parse(order.expiresAt) - Date.now()) + 1200);
  await pay(order);
  const after = (await anna.api.get(`/orders/${order.id}`, { expect: 200 })).body;
  assert.equal(after.status, 'paid');
  assert.ok(after.note, 'the order says that the payment came late');
  assert.deepEqual(await taken(one, base), { E1: 'sold', E2: 'sold' });
  invariants();
});

test('a payment that comes too late is refunded when one seat is gone', async () => {
  const [anna, binh, one] = [await buyer(), await buyer(), await show()];
  const order = await world.checkout(anna, await hold(anna, one, ['F1', 'F2']));
  await sleep(Math.max(0, Date.parse(order.expiresAt) - Date.now()) + 1200);
  const other = await world.checkout(binh, await hold(binh, one, ['F2']));
  await pay(other);
  await pay(order);
  const after = (await anna.api.get(`/orders/${order.id}`, { expect: 200 })).body;
  assert.equal(after.status, 'expired');
  assert.equal(after.payment.status, 'refunded');
  assert.ok(after.note, 'the order says what became of the money');
  assert.deepEqual(await taken(one, base), { F2: 'sold' });
  assert.deepEqual((await anna.api.get('/tickets', { expect: 200 })).body.tickets, []);
  invariants();
});

test('checkout races the end of the hold: one order or a clean refusal', async () => {
  const one = await show();
  const people = await Promise.all(Array.from({ length: 8 }, buyer));
  let orders = 0;
  await Promise.all(
    people.map(async (person, index) => {
      const held = await hold(person, one, [`A${index + 1}`, `B${index + 1}`]);
      await sleep(Math.max(0, held.expiresAt - Date.now() - 12 + 4 * index)); // from before the end to after it
      const answer = await person.api.post('/checkout', { holdId: held.holdId }, { expect: [201, 409] });
      if (answer.status === 201) orders += 1;
      else assert.equal(answer.code, 'HOLD_EXPIRED');
    }),
  );
  const [[count]] = query(`SELECT count(*) FROM orders WHERE show_id = '${one.id}'`);
  assert.equal(Number(count), orders);
  invariants();
});

test('checkout and another hold race for seats whose hold ends: never both', async () => {
  const [anna, binh, one] = [await buyer(), await buyer(), await show()];
  for (let round = 1; round <= 4; round += 1) {
    const seats = [`C${round}`, `D${round}`];
    const held = await hold(anna, one, seats);
    await sleep(Math.max(0, held.expiresAt - Date.now() - 15));
    const contest = Array.from({ length: 10 }, async (_, i) => {
      await sleep(i * 4);
      return binh.api.post('/holds', { showId: one.id, seats }, { expect: [201, 409] });
    });
    const order = await anna.api.post('/checkout', { holdId: held.holdId }, { expect: [201, 409] });
    const wins = (await Promise.all(contest)).filter((answer) => answer.status === 201).length;
    assert.ok(wins <= 1 && !(wins === 1 && order.status === 201), `checkout ${order.status}, ${wins} holds`);
    invariants();
  }
});
