// Shows: create, read, replace, delete; prices; the guard on seat maps under claims; every field wrong in every way.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { admin, buy, createEvent, createShow, hold, inDays, registerUser, staff, unique } from '../support/world.mjs';

const api = client();
const paths = (answer) => answer.body.errors.map((error) => error.path).sort();
const tiers = { VIP: 1200000, A: 800000, B: 500000 };

// A small seat map of its own: zones S and T, 10 seats each.
async function createMap(id = unique('map'), to = 10, more = {}) {
  const rows = (row) => [{ id: row, from: 1, to }];
  const template = {
    id,
    name: 'Two rows',
    priceTiers: { S: 100, T: 50 },
    zones: [
      { id: 'S', rows: rows('A') },
      { id: 'T', rows: rows('B') },
    ],
    format: 'ROW_NUM',
    ...more,
  };
  return (await (await admin()).put(`/seatmaps/${id}`, template, { expect: [200, 201] })).body;
}

test('a show is created, read, listed, replaced and taken away', async () => {
  const boss = await admin();
  const event = await createEvent();
  const body = {
    startsAt: '2031-12-01T19:00:00+07:00',
    endsAt: '2031-12-01T15:00:00Z',
    salesStartAt: '2026-01-01T00:00:00.5Z',
    salesEndAt: '2031-12-01T11:00:00Z',
    seatMapId: 'm1',
    currency: 'USD',
    priceTiers: { VIP: 1500000 },
  };
  const made = await boss.post(`/events/${event.id}/shows`, body, { expect: 201 });
  const show = made.body;
  assert.equal(made.headers.location, `/api/shows/${show.id}`);
  assert.equal(show.startsAt, '2031-12-01T12:00:00Z');
  assert.equal(show.eventId, event.id);
  assert.equal(show.salesOpen, true);
  assert.deepEqual(show.priceTiers, { ...tiers, VIP: 1500000 });
  assert.equal(show.currency, 'USD');
  assert.deepEqual((await api.get(`/shows/${show.id}`, { expect: 200 })).body, show);

  const earlier = await createShow({ eventId: event.id, startsAt: '2030-01-01T00:00:00Z' });
  const { body: list } = await api.get(`/events/${event.id}/shows`, { expect: 200 });
  assert.equal(list.eventId, event.id);
  assert.deepEqual(list.shows, [earlier, show], 'by start');

  const put = (await boss.put(`/shows/${show.id}`, { startsAt: '2031-12-02T12:00:00Z', seatMapId: 'm1' }, { expect: 200 })).body;
  assert.deepEqual([put.endsAt, put.salesStartAt, put.salesEndAt, put.currency], [null, null, null, 'VND'], 'the whole object');
  assert.deepEqual(put.priceTiers, tiers);
  await boss.delete(`/shows/${show.id}`, { expect: 204 });
  assert.equal((await api.get(`/shows/${show.id}`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
  await boss.put(`/shows/${show.id}`, body, { expect: 404 });
  await boss.delete(`/shows/${show.id}`, { expect: 404 });
  for (const path of ['/seatmap', '/availability']) await api.get(`/shows/${show.id}${path}`, { expect: 404 });
  assert.equal((await api.get(`/events/${event.id}/shows`)).body.shows.length, 1);
});

test('sales are open in their window only', async () => {
  const open = async (fields) => (await createShow(fields)).salesOpen;
  assert.equal(await open({}), true);
  assert.equal(await open({ startsAt: inDays(-1) }), false);
  assert.equal(await open({ startsAt: inDays(-1), endsAt: inDays(1) }), true);
  assert.equal(await open({ salesStartAt: inDays(1) }), false);
  assert.equal(await open({ salesEndAt: inDays(-1) }), false);
  assert.equal(await open({ salesStartAt: inDays(-2), salesEndAt: inDays(1) }), true);
});

test('a show pins a version of its seat map', async () => {
  const boss = await admin();
  const map = await createMap();
  const show = await createShow({ seatMapId: map.id });
  assert.deepEqual([show.seatMapId, show.seatMapVersion], [map.id, 1]);
  assert.equal(show.currency, 'VND', 'the default where the seat map has none');
  await createMap(map.id, 12);
  const seats = async () => (await api.get(`/shows/${show.id}/seatmap`)).body.seats.length;
  assert.equal(await seats(), 20, 'until it is saved');
  const buyer = await registerUser();
  const held = await hold(buyer, show, ['A1']);
  const save = async () =>
    (await boss.put(`/shows/${show.id}`, { startsAt: inDays(2), seatMapId: map.id }, { expect: 200 })).body.seatMapVersion;
  assert.equal(await save(), 1, 'keeps what it has while a seat is held');
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  assert.equal(await save(), 2, 'moves to the newest when nobody has a seat');
  assert.equal((await createShow({ seatMapId: map.id })).seatMapVersion, 2, 'a new show takes the newest');
  await boss.put(`/shows/${show.id}`, { startsAt: inDays(2), seatMapId: 'm1' }, { expect: 200 });
  assert.equal(await seats(), 150);
  const back = (await boss.put(`/shows/${show.id}`, { startsAt: inDays(2), seatMapId: map.id }, { expect: 200 })).body;
  assert.equal(back.seatMapVersion, 2);
});

test('the seat map cannot change while seats are held or sold', async () => {
  const boss = await admin();
  const map = await createMap();
  const buyer = await registerUser();
  const change = (show, seatMapId, expect) => boss.put(`/shows/${show.id}`, { startsAt: inDays(9), seatMapId }, { expect });
  const show = await createShow({ seatMapId: map.id });
  const held = await hold(buyer, show, ['A1', 'B2']);
  assert.equal((await change(show, 'm1', 409)).code, 'SHOW_HAS_CLAIMS');
  assert.equal((await change(show, map.id, 200)).body.startsAt, (await api.get(`/shows/${show.id}`)).body.startsAt, 'the rest may change');
  assert.equal((await api.get(`/shows/${show.id}`)).body.seatMapId, map.id);
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  await change(show, 'm1', 200);
  assert.equal((await api.get(`/shows/${show.id}/availability`)).body.availability.length, 150);
  await change(show, map.id, 200);
  await buy(buyer, show, ['A1']);
  assert.equal((await change(show, 'm1', 409)).code, 'SHOW_HAS_CLAIMS');
});

test('GET /shows/:id/seatmap: every seat with its price', async () => {
  const show = await createShow({ priceTiers: { A: 0, VIP: 1000000000000 } });
  const answer = await api.get(`/shows/${show.id}/seatmap`, { expect: 200 });
  const { showId, template, seats } = answer.body;
  assert.equal(showId, show.id);
  assert.equal(template.name, 'My Dinh Basic');
  assert.deepEqual(template.priceTiers, tiers, 'the template is as it was loaded');
  assert.equal(seats.length, 150);
  assert.deepEqual(seats[0], { seatId: 'A1', zone: 'VIP', row: 'A', number: 1, price: 1000000000000 });
  assert.deepEqual(seats[40], { seatId: 'C1', zone: 'A', row: 'C', number: 1, price: 0 });
  assert.deepEqual(seats[149], { seatId: 'F30', zone: 'B', row: 'F', number: 30, price: 500000 });
  assert.equal(new Set(seats.map((seat) => seat.seatId)).size, 150);
  const again = (tag) => api.get(`/shows/${show.id}/seatmap`, { headers: { 'If-None-Match': tag } });
  assert.equal((await again(answer.headers.etag)).status, 304);
  await (await admin()).put(`/shows/${show.id}`, { startsAt: show.startsAt, seatMapId: 'm1', priceTiers: { A: 1 } }, { expect: 200 });
  assert.equal((await again(answer.headers.etag)).body.seats[40].price, 1);
  const zoned = await createMap(unique('zoned'), 3, { format: 'ZONE_ROW_NUM' });
  const other = await createShow({ seatMapId: zoned.id });
  assert.deepEqual(
    (await api.get(`/shows/${other.id}/seatmap`)).body.seats.map((seat) => seat.seatId),
    ['S-A-1', 'S-A-2', 'S-A-3', 'T-B-1', 'T-B-2', 'T-B-3'],
  );
});

const times = [
  1,
  true,
  [],
  {},
  '',
  'x',
  '2031-12-01',
  '2031-12-01T25:00:00Z',
  '2031-02-30T00:00:00Z',
  '2031-12-01T12:00:00',
  '10000-01-01T00:00:00Z',
];
const wrong = {
  startsAt: [null, ...times], endsAt: times, salesStartAt: times, salesEndAt: times,
  seatMapId: [null, 1, true, [], {}, '', 'no such map', 'no-such-map', '../m1', 'x'.repeat(65)],
  currency: [1, true, [], {}, '', 'vnd', 'VN', 'VNDX', 'ĐĐĐ'],
};

test('every field, wrong in every way, is named and changes nothing', async () => {
  const boss = await admin();
  const show = await createShow();
  const right = {
    startsAt: inDays(30),
    endsAt: inDays(31),
    salesStartAt: inDays(1),
    salesEndAt: inDays(2),
    seatMapId: 'm1',
    currency: 'VND',
    priceTiers: { A: 1 },
  };
  const calls = [['POST', `/events/${show.eventId}/shows`], ['PUT', `/shows/${show.id}`]];
  const refused = async (body, expected) => {
    for (const [method, path] of calls) {
      const answer = await boss.send(method, path, { body });
      assert.equal(answer.status, 422, `${method} ${JSON.stringify(body).slice(0, 300)}`);
      assert.deepEqual(paths(answer), expected, JSON.stringify(body).slice(0, 300));
    }
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) await refused({ ...right, [name]: value }, [name]);
  }
  for (const value of [1, true, [], 'text']) await refused({ ...right, priceTiers: value }, ['priceTiers']);
  for (const value of [null, -1, 1.5, '1', true, [], {}, 1e12 + 1, 1e30])
    await refused({ ...right, priceTiers: { B: 1, VIP: value } }, ['priceTiers.VIP']);
  await refused({ ...right, priceTiers: { NONE: 1, A: 1 } }, ['priceTiers.NONE']);
  await refused({ ...right, endsAt: right.startsAt }, ['endsAt']);
  await refused({ ...right, endsAt: inDays(29), salesEndAt: inDays(0), seatMapId: 'none' }, ['endsAt', 'salesEndAt', 'seatMapId']);
  await refused({ extra: 1, seatMapVersion: 99 }, ['extra', 'seatMapId', 'seatMapVersion', 'startsAt']);
  assert.deepEqual((await api.get(`/shows/${show.id}`)).body, show);
  assert.equal((await api.get(`/events/${show.eventId}/shows`)).body.shows.length, 1);
});

test('only admins write; unknown events and shows; malformed ids', async () => {
  const boss = await admin();
  const show = await createShow();
  const buyer = await registerUser();
  const body = { startsAt: inDays(3), seatMapId: 'm1' };
  for (const [method, path] of [['POST', `/events/${show.eventId}/shows`], ['PUT', `/shows/${show.id}`], ['DELETE', `/shows/${show.id}`]]) {
    const send = (who, expect) => who.send(method, path, { body: method === 'DELETE' ? undefined : body, expect });
    await send(api, 401);
    await send(buyer.api, 403);
    await send(await staff(), 403);
  }
  const none = randomUUID();
  assert.equal((await api.get(`/events/${none}/shows`, { expect: 404 })).code, 'EVENT_NOT_FOUND');
  assert.equal((await boss.post(`/events/${none}/shows`, body, { expect: 404 })).code, 'EVENT_NOT_FOUND');
  assert.equal((await boss.put(`/shows/${none}`, body, { expect: 404 })).code, 'SHOW_NOT_FOUND');
  for (const path of ['', '/seatmap', '/availability']) {
    assert.equal((await api.get(`/shows/${none}${path}`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
    await api.get(`/shows/123${path}`, { expect: 404 });
    await api.post(`/shows/${show.id}${path}`, body, { expect: 405 });
  }
  await api.get(`/shows/${show.id}/unknown`, { expect: 404 });
});

test('ETag of a show', async () => {
  const show = await createShow();
  const first = await api.get(`/shows/${show.id}`, { expect: 200 });
  const again = () => api.get(`/shows/${show.id}`, { headers: { 'If-None-Match': first.headers.etag } });
  assert.equal((await again()).status, 304);
  await (await admin()).put(`/shows/${show.id}`, { startsAt: inDays(77), seatMapId: 'm1' }, { expect: 200 });
  assert.equal((await again()).status, 200);
});

test('a currency that nobody sells in is refused, and zones are called by their names', async () => {
  const boss = await admin();
  const event = await createEvent();
  for (const currency of ['XX'.concat('X'), 'ZZZ', 'XTS', 'XAU']) {
    assert.deepEqual(
      paths(await boss.post(`/events/${event.id}/shows`, { startsAt: inDays(3), seatMapId: 'm1', currency }, { expect: 422 })),
      ['currency'],
      currency,
    );
  }
  const map = await createMap(unique('named'), 2, {
    zones: [
      { id: 'S', name: 'Khán đài A', rows: [{ id: 'A', from: 1, to: 1 }] },
      { id: 'T', rows: [{ id: 'B', from: 1, to: 1 }] },
    ],
  });
  const { seats } = (await api.get(`/shows/${(await createShow({ eventId: event.id, seatMapId: map.id })).id}/seatmap`, { expect: 200 }))
    .body;
  assert.deepEqual(seats.map(({ zone, zoneName }) => [zone, zoneName]), [['S', 'Khán đài A'], ['T', undefined]]);
});
