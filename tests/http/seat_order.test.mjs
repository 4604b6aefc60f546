// Seats stand in the seat map's own order, and zones have the names that the venue gave them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { pdfText } from '../support/documents.mjs';
import { mailsInFolder, untilMailed } from '../support/mail.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser, staff, unique } from '../support/world.mjs';

async function hall() {
  const id = unique('hall');
  const rows = [...Array(12).keys()].map((n) => ({ id: String(n + 1), from: 1, to: 12 }));
  const template = {
    id,
    name: 'Nhà hát',
    currency: 'VND',
    priceTiers: { Stalls: 100000, Balcony: 50000 },
    format: 'ZONE_ROW_NUM',
    zones: [
      { id: 'Stalls', name: 'Khán đài A', rows },
      {
        id: 'Balcony',
        rows: [
          { id: 'Y', from: 1, to: 12 },
          { id: 'AA', from: 1, to: 12 },
        ],
      },
    ],
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
  const [[told]] = sql(
    `SELECT jsonb_path_query_array(data::jsonb, '$.tickets[*].zoneName') FROM outbox WHERE key = '${paid.id}' AND type = 'order.paid'`,
  );
  assert.deepEqual(JSON.parse(told), ['Khán đài A', 'Khán đài A']);
});

test('an order of before, whose tickets know no place, falls back to their text', async () => {
  const [user, show] = await Promise.all([registerUser(), hall()]);
  const { id } = await checkout(user, await hold(user, show, ['Stalls-10-2', 'Stalls-2-9']));
  sql(`UPDATE tickets SET place = NULL, zone_name = NULL WHERE order_id = '${id}'`);
  const { body } = await user.api.get(`/orders/${id}`, { expect: 200 });
  assert.deepEqual(body.tickets.map(({ seatId, zoneName }) => [seatId, zoneName]), [['Stalls-10-2', 'Stalls'], ['Stalls-2-9', 'Stalls']]);
});

test('tickets, their papers, the mail and the totals do as well', async () => {
  const [user, show, api] = [await registerUser(), await hall(), await staff()];
  const order = await buy(user, show, asked);
  const seats = ({ body }) => body.tickets.map(({ seatId }) => seatId);
  assert.deepEqual(seats(await user.api.get('/tickets', { expect: 200 })), ordered);
  const pages = [];
  for (let cursor = ''; cursor !== null; pages.push(...seats(pages.last)), cursor = pages.last.body.nextCursor) {
    pages.last = await user.api.get(`/tickets?limit=2${cursor && `&cursor=${cursor}`}`, { expect: 200 });
  }
  assert.deepEqual([...pages], ordered, 'page by page');
  const text = pdfText((await user.api.get(`/orders/${order.id}/tickets.pdf`, { expect: 200 })).bytes).normalize('NFC');
  const sheets = text.split('\f').filter((page) => page.trim() !== '').map((page) => page.replace(/\s+/g, ' '));
  assert.deepEqual(sheets.map((page) => order.tickets.findIndex(({ id }) => page.includes(`Ticket ${id}`))), [0, 1, 2, 3, 4]);
  assert.deepEqual(sheets.map((page) => page.includes('Khán đài A')), [true, true, true, false, false]);
  const mail = await untilMailed(() => mailsInFolder(user.email)[0], 'the mail');
  assert.ok(
    mail.text.includes('Seat Stalls-2-9, Khán đài A') && mail.text.indexOf('Stalls-2-10') < mail.text.indexOf('Stalls-10-2'),
    mail.text,
  );
  const { zones } = (await api.get(`/shows/${show.id}/checkins`, { expect: 200 })).body;
  assert.deepEqual(zones.map(({ zone, zoneName }) => [zone, zoneName]), [['Stalls', 'Khán đài A'], ['Balcony', 'Balcony']]);
});
