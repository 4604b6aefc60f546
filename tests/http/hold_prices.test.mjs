// A hold fixes what its seats cost and says so; a price that changes meanwhile is for the next one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from '../support/stack.mjs';
import { admin, checkout, createShow, hold, registerUser } from '../support/world.mjs';

async function pricedShow(price) {
  const show = await createShow({ priceTiers: { VIP: price, A: price + 1, B: price + 2 }, currency: 'VND' });
  return show;
}

const raise = async (show, price) => (await admin()).put(`/shows/${show.id}`, {
  startsAt: show.startsAt, seatMapId: 'm1', currency: 'VND', priceTiers: { VIP: price, A: price + 1, B: price + 2 },
}, { expect: 200 });

test('a price raised while seats are held is not the price of the hold', async () => {
  const [user, show] = [await registerUser(), await pricedShow(1000)];
  const held = await hold(user, show, ['A1', 'A2']);
  assert.deepEqual([held.total, held.currency], [held.prices[0] + held.prices[1], 'VND']);
  await raise(show, 5000);
  const { body: extended } = await user.api.post(`/holds/${held.holdId}/extend`, undefined, { expect: [200, 409] });
  if (extended.holdId !== undefined) assert.deepEqual(extended.prices, held.prices);
  assert.deepEqual((await user.api.get(`/holds/${held.holdId}`, { expect: 200 })).body.prices, held.prices);
  assert.deepEqual((await user.api.get('/holds', { expect: 200 })).body.holds[0].prices, held.prices);
  const order = await checkout(user, held);
  assert.equal(order.total, held.total);
  assert.deepEqual(order.tickets.map(({ price }) => price), held.prices);
});

test('the next hold has the new price at once, though the old one was remembered', async () => {
  const [one, other, show] = [await registerUser(), await registerUser(), await pricedShow(1000)];
  const before = await hold(one, show, ['A1']);
  await raise(show, 5000);
  const after = await hold(other, show, ['A2']);
  assert.equal(after.prices[0] - before.prices[0], 4000);
  assert.equal((await checkout(other, after)).total, after.total);
});

test('a hold of the release before, which kept no prices, costs what the show says', async () => {
  const [user, show] = [await registerUser(), await pricedShow(1000)];
  const held = await hold(user, show, ['A1']);
  sql(`UPDATE holds SET prices = NULL, currency = NULL WHERE id = '${held.holdId}'`);
  const { body } = await user.api.get(`/holds/${held.holdId}`, { expect: 200 });
  assert.deepEqual(Object.keys(body).sort(), ['expiresAt', 'holdId', 'seats', 'showId']);
  await raise(show, 5000);
  assert.equal((await checkout(user, held)).total, held.total + 4000);
});
