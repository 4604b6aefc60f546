// Seats stand in the seat map's own order, and zones have the names that the venue gave them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser, unique } from '../support/world.mjs';

async function hall() {
  const id = unique('hall');
  const rows = [...Array(12).keys()].map((n) => ({ id: String(n + 1), from: 1, to: 12 }));
  const template = {
    id, name: 'Nhà hát', currency: 'VND', priceTiers: { Stalls: 100000, Balcony: 50000 }, format: 'ZONE_ROW_NUM',
    zones: [{ id: 'Stalls', name: 'Khán đài A', rows }, { id: 'Balcony', rows: [{ id: 'Y', from: 1, to: 12 }, { id: 'AA', from: 1, to: 12 }] }],
  };
  await (await admin()).put(`/seatmaps/${id}`, template, { expect: [200, 201] });
  return createShow({ seatMapId: id });
}

const asked = ['Balcony-AA-1', 'Balcony-Y-10', 'Stalls-10-2', 'Stalls-2-10', 'Stalls-2-9'];
const ordered = ['Stalls-2-9', 'Stalls-2-10', 'Stalls-10-2', 'Balcony-Y-10', 'Balcony-AA-1'];
const names = ['Khán đài A', 'Khán đài A', 'Khán đài A', 'Balcony', 'Balcony'];

test('orders and their events list seats in the order of the map, with the names of the zones', async () => {
  const [user, show] = await Promise.all([registerUser(), hall()]);
  const made = await checkout(user, await hold(user, show, asked));
  assert.deepEqual(made.tickets.map(({ seatId }) => seatId), ordered);
  assert.deepEqual(made.tickets.map(({ zoneName }) => zoneName), names);
  const { body } = await user.api.get('/orders', { expect: 200 });
  assert.deepEqual(body.orders[0].tickets.map(({ seatId }) => seatId), ordered);
  const paid = await buy(user, show, ['Stalls-11-1', 'Stalls-3-1']);
  assert.deepEqual(paid.tickets.map(({ seatId }) => seatId), ['Stalls-3-1', 'Stalls-11-1']);
  const [[told]] = sql(`SELECT jsonb_path_query_array(data::jsonb, '$.tickets[*].zoneName') FROM outbox WHERE key = '${paid.id}' AND type = 'order.paid'`);
  assert.deepEqual(JSON.parse(told), ['Khán đài A', 'Khán đài A']);
});

test('an order of before, whose tickets know no place, falls back to their text', async () => {
  const [user, show] = await Promise.all([registerUser(), hall()]);
  const { id } = await checkout(user, await hold(user, show, ['Stalls-10-2', 'Stalls-2-9']));
  sql(`UPDATE tickets SET place = NULL, zone_name = NULL WHERE order_id = '${id}'`);
  const { body } = await user.api.get(`/orders/${id}`, { expect: 200 });
  assert.deepEqual(body.tickets.map(({ seatId, zoneName }) => [seatId, zoneName]), [['Stalls-10-2', 'Stalls'], ['Stalls-2-9', 'Stalls']]);
});
