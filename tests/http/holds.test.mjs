// Holding seats: all or nothing, for a while, one's own.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, inDays, registerUser, taken } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const api = client();
const seatsOf = (row, from, to) => Array.from({ length: to - from + 1 }, (_, i) => `${row}${from + i}`);
const wanted = (user, show, seats, options) => user.api.post('/holds', { showId: show.id, seats }, options);
const paths = (answer) => answer.body.errors.map((error) => error.path);
// As if the hold had been made `seconds` earlier.
const age = (held, seconds) =>
  sql(`WITH hold AS (UPDATE holds SET created_at = created_at - interval '${seconds} s', expires_at = expires_at - interval '${seconds} s'
         WHERE id = '${held.holdId}' RETURNING id, show_id, expires_at)
       UPDATE seat_claims c SET expires_at = hold.expires_at, changed = pg_current_xact_id() FROM hold
         WHERE c.hold_id = hold.id AND c.show_id = hold.show_id AND c.state = 'held'`);

test('a hold has its seats in the order of the map, their prices, a deadline and a place', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const before = Date.now();
  const { body, headers } = await wanted(user, show, ['B2', 'A1', 'A10'], { expect: 201 });
  assert.deepEqual(Object.keys(body).sort(), ['currency', 'expiresAt', 'holdId', 'prices', 'seats', 'showId', 'total']);
  assert.equal(body.showId, show.id);
  assert.deepEqual(body.seats, ['A1', 'A10', 'B2']);
  assert.equal(body.prices.length, 3);
  assert.equal(body.total, body.prices.reduce((sum, price) => sum + price, 0));
  assert.ok(body.expiresAt > before && body.expiresAt < before + 86_400_000, String(body.expiresAt));
  assert.equal(headers.location, `/api/holds/${body.holdId}`);
  assert.deepEqual((await user.api.get(`/holds/${body.holdId}`, { expect: 200 })).body, body);
  assert.deepEqual(await taken(show), { A1: 'held', A10: 'held', B2: 'held' });
});

test('taken seats refuse the whole hold and are named, exactly and in the order asked', async () => {
  const [one, other, show] = [await registerUser(), await registerUser(), await createShow()];
  await hold(one, show, ['A1', 'A2', 'C7']);
  await buy(one, show, ['D3']);
  const { body } = await wanted(other, show, ['D3', 'A5', 'C7', 'A6', 'A1'], { expect: 409 });
  assert.equal(body.code, 'SEATS_UNAVAILABLE');
  assert.deepEqual(body.seats, ['D3', 'C7', 'A1']);
  assert.deepEqual(await taken(show), { A1: 'held', A2: 'held', C7: 'held', D3: 'sold' });
  assert.deepEqual((await other.api.get('/holds')).body.holds, []);
  const again = await wanted(one, show, ['A1'], { expect: 409 }); // one's own as well
  assert.deepEqual(again.body.seats, ['A1']);
});

test('seats that the show has not are named by their place in the list', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const refused = await wanted(user, show, ['A1', 'A21', 'Z1', 'A2', 'a1', "A1'; DROP TABLE holds;--"], { expect: 422 });
  assert.equal(refused.code, 'VALIDATION_FAILED');
  assert.deepEqual(paths(refused), ['seats[1]', 'seats[2]', 'seats[4]', 'seats[5]']);
  assert.deepEqual(paths(await wanted(user, show, ['A1', 'B1', 'A1', 'B1'], { expect: 422 })), ['seats[2]', 'seats[3]']);
  for (const seats of [[], seatsOf('A', 1, 11), seatsOf('A', 1, 150)]) {
    assert.deepEqual(paths(await wanted(user, show, seats, { expect: 422 })), ['seats'], String(seats.length));
  }
  assert.deepEqual(await taken(show), {});
});

test('every field of POST /holds with wrong values, missing and unknown', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const right = { showId: show.id, seats: ['A1'] };
  const wrong = {
    showId: [null, 1, true, [], {}, '', 'x', show.id.slice(1), `${show.id}0`, 'x'.repeat(5000)],
    seats: [null, 1, 'A1', true, {}, { 0: 'A1' }],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const answer = await user.api.post('/holds', { ...right, [name]: value }, { expect: 422 });
      assert.deepEqual(paths(answer), [name], JSON.stringify(value).slice(0, 80));
    }
  }
  for (const element of [null, 1, true, [], {}, '', 'A\u0001', 'x'.repeat(65)]) {
    const answer = await user.api.post('/holds', { ...right, seats: ['A1', element] }, { expect: 422 });
    assert.deepEqual(paths(answer), ['seats[1]'], JSON.stringify(element));
  }
  assert.deepEqual(paths(await user.api.post('/holds', {}, { expect: 422 })).sort(), ['seats', 'showId']);
  const all = await user.api.post('/holds', { showId: 5, seats: [], userId: user.id }, { expect: 422 });
  assert.deepEqual(paths(all).sort(), ['seats', 'showId', 'userId']);
  assert.deepEqual(await taken(show), {});
});

test('bodies that are no JSON object, of another type, too large', async () => {
  const { api: buyer } = await registerUser();
  const json = { 'Content-Type': 'application/json' };
  for (const raw of [
    '',
    '{',
    '{"showId":',
    '[1',
    'null x',
    '{"seats":["\xff"]}',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  ]) {
    const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw;
    assert.equal((await buyer.send('POST', '/holds', { raw: bytes, headers: json, expect: 400 })).code, 'INVALID_JSON');
  }
  for (const raw of ['[]', '"x"', '1', 'null']) {
    assert.deepEqual(paths(await buyer.send('POST', '/holds', { raw, headers: json, expect: 422 })), ['$']);
  }
  await buyer.send('POST', '/holds', { raw: '['.repeat(10_000), headers: json, expect: 400 });
  await buyer.send('POST', '/holds', { raw: '{}', headers: { 'Content-Type': 'text/plain' }, expect: 415 });
  await buyer.send('POST', '/holds', { raw: `{"showId":"${'x'.repeat(1 << 20)}"}`, headers: json, expect: 413 });
});

test('only shows that are published and on sale', async () => {
  const user = await registerUser();
  const boss = await admin();
  const notFound = async (id) => {
    const { code } = await user.api.post('/holds', { showId: id, seats: ['A1'] }, { expect: 404 });
    assert.equal(code, 'SHOW_NOT_FOUND');
  };
  await notFound(randomUUID());
  const draft = await createShow({ eventId: (await createEvent({ published: false })).id });
  await notFound(draft.id);
  const gone = await createShow();
  await hold(user, gone, ['A1']);
  await boss.delete(`/shows/${gone.id}`, { expect: 204 });
  await notFound(gone.id);
  const event = await createEvent();
  const ofGone = await createShow({ eventId: event.id });
  await hold(user, ofGone, ['A1']);
  await boss.delete(`/events/${event.id}`, { expect: 204 });
  await notFound(ofGone.id);

  const closed = [
    { salesStartAt: inDays(1) },
    { salesStartAt: inDays(-2), salesEndAt: inDays(-1) },
    { startsAt: inDays(-1) },
    { startsAt: inDays(-2), endsAt: inDays(-1) },
  ];
  for (const times of closed) {
    const show = await createShow(times);
    assert.equal((await wanted(user, show, ['A1'], { expect: 409 })).code, 'SALES_CLOSED', JSON.stringify(times));
  }
  for (const times of [{ salesStartAt: inDays(-1) }, { startsAt: inDays(-1), endsAt: inDays(1) }]) {
    await hold(user, await createShow(times), ['A1']);
  }
});

test('one person holds at most 20 seats of a show, unpaid orders included', async () => {
  const [user, show, elsewhere] = [await registerUser(), await createShow(), await createShow()];
  const first = await hold(user, show, seatsOf('A', 1, 10));
  await checkout(user, await hold(user, show, seatsOf('B', 1, 10)));
  assert.equal((await wanted(user, show, ['C1'], { expect: 409 })).code, 'HOLD_LIMIT');
  await hold(user, elsewhere, ['C1']);
  await hold(await registerUser(), show, ['C1']);
  await user.api.delete(`/holds/${first.holdId}`, { expect: 204 });
  assert.equal((await wanted(user, show, [...seatsOf('A', 1, 10), 'C2'], { expect: 422 })).code, 'VALIDATION_FAILED');
  await hold(user, show, seatsOf('A', 1, 10));
  assert.equal((await wanted(user, show, ['C2'], { expect: 409 })).code, 'HOLD_LIMIT');
});

test('one sees and releases only what is one’s own and live', async () => {
  const [user, stranger, show] = [await registerUser(), await registerUser(), await createShow()];
  const [first, second] = [await hold(user, show, ['A1']), await hold(user, show, ['A2', 'A3'])];
  assert.deepEqual((await user.api.get('/holds', { expect: 200 })).body.holds, [second, first]);
  assert.deepEqual((await stranger.api.get('/holds', { expect: 200 })).body.holds, []);
  const path = `/holds/${first.holdId}`;
  for (const call of [() => stranger.api.get(path), () => stranger.api.delete(path), () => stranger.api.post(`${path}/extend`)]) {
    const { status, code } = await call();
    assert.deepEqual([status, code], [404, 'HOLD_NOT_FOUND']);
  }
  assert.deepEqual((await user.api.get(path, { expect: 200 })).body, first);
  await user.api.delete(path, { expect: 204 });
  assert.deepEqual(await taken(show), { A2: 'held', A3: 'held' });
  await hold(stranger, show, ['A1']);
  for (const call of [() => user.api.delete(path), () => user.api.get(path), () => user.api.post(`${path}/extend`)]) {
    assert.equal((await call()).status, 404);
  }
  assert.equal((await taken(show)).A1, 'held'); // the stranger's
  await checkout(user, second);
  for (const call of ['get', 'delete']) {
    await user.api[call](`/holds/${second.holdId}`, { expect: 404 }); // it is an order now
  }
  assert.deepEqual((await user.api.get('/holds')).body.holds, []);
});

test('a hold whose time is over counts no more, without anybody sweeping', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1', 'A2']);
  age(held, 3600);
  assert.deepEqual(await taken(show), {});
  assert.deepEqual((await user.api.get('/holds')).body.holds, []);
  for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/extend']]) {
    await user.api.send(method, `/holds/${held.holdId}${path}`, { expect: 404 });
  }
  await buy(other, show, ['A2']);
  assert.deepEqual(await taken(show), { A2: 'sold' });
  checkInvariants();
});

test('a hold can be made longer, never past its longest life and never by a refused call', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1', 'A2']);
  age(held, 60);
  const { body: longer } = await user.api.post(`/holds/${held.holdId}/extend`, undefined, { expect: 200 });
  assert.ok(longer.expiresAt > held.expiresAt - 5000, `${longer.expiresAt} after ${held.expiresAt}`);
  assert.deepEqual({ ...longer, expiresAt: 0 }, { ...held, expiresAt: 0 });
  assert.deepEqual((await user.api.get(`/holds/${held.holdId}`)).body, longer);

  sql(`UPDATE holds SET created_at = expires_at - interval '900 s' WHERE id = '${held.holdId}'`); // HOLD_MAX_SECONDS
  const refused = await user.api.post(`/holds/${held.holdId}/extend`, undefined, { expect: 409 });
  assert.equal(refused.code, 'HOLD_MAX_DURATION');
  await wanted(user, show, ['A1'], { expect: 409 });
  assert.deepEqual((await user.api.get(`/holds/${held.holdId}`)).body, longer);
  assert.equal((await taken(show)).A1, 'held');
  checkInvariants();
});

test('a show that gets another seat map is held by the new one at once', async () => {
  const [user, boss] = [await registerUser(), await admin()];
  const changed = async () => {
    const show = await createShow({ seatMapId: 'm1' });
    const held = await hold(user, show, ['F30']); // the responder now remembers m1
    await user.api.delete(`/holds/${held.holdId}`, { expect: 204 });
    await boss.put(`/shows/${show.id}`, { startsAt: show.startsAt, seatMapId: 'theatre' }, { expect: 200 });
    return show;
  };
  const seatIds = async (id) => {
    const { body } = await api.get(`/seatmaps/${id}`, { expect: 200 });
    return body.template.zones.flatMap(({ rows }) => rows.flatMap((row) => seatsOf(row.id, row.from, row.to)));
  };
  const [m1, theatre] = [await seatIds('m1'), await seatIds('theatre')];
  const inBoth = theatre.find((seat) => m1.includes(seat));
  const show = await changed();
  await hold(user, show, [theatre.find((seat) => !m1.includes(seat))]);
  await hold(user, await changed(), [inBoth]); // only the database can tell
  const gone = m1.find((seat) => !theatre.includes(seat));
  assert.deepEqual(paths(await wanted(user, await changed(), [inBoth, gone], { expect: 422 })), ['seats[1]']);
  await boss.put(`/shows/${show.id}`, { startsAt: show.startsAt, seatMapId: 'm1' }, { expect: 409 });
});

test('without a token 401, another method 405, a malformed id 404', async () => {
  const user = await registerUser();
  const id = randomUUID();
  for (const [method, path] of [['POST', ''], ['GET', ''], ['GET', `/${id}`], ['DELETE', `/${id}`], ['POST', `/${id}/extend`]]) {
    await api.send(method, `/holds${path}`, { expect: 401 });
  }
  for (const [method, path] of [['PUT', ''], ['DELETE', ''], ['PUT', `/${id}`], ['GET', `/${id}/extend`]]) {
    await user.api.send(method, `/holds${path}`, { expect: 405 });
  }
  for (const bad of ['1', 'x'.repeat(36), `${id}0`, `${id.slice(0, -1)}g`, '%20', `${id}'`]) {
    await user.api.get(`/holds/${bad}`, { expect: [400, 404] });
    await user.api.delete(`/holds/${bad}`, { expect: [400, 404] });
  }
  const head = await user.api.send('HEAD', '/holds', { expect: 200 });
  assert.equal(head.bytes.length, 0);
});

test('overlapping holds in opposite orders by many: each has all its seats or none', async () => {
  const show = await createShow();
  const users = await Promise.all(Array.from({ length: 12 }, () => registerUser()));
  const row = seatsOf('E', 1, 6);
  const answers = await Promise.all(users.map((user, i) => wanted(user, show, i % 2 ? row : [...row].reverse())));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
    assert.equal(status, 409);
    assert.deepEqual([...body.seats].sort(), row);
  }
  assert.equal(Object.keys(await taken(show)).length, 6);
  checkInvariants();
});
