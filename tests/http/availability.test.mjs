// Availability in its three forms: always current, always the same truth, rebuilt on the client from deltas.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import {
  admin,
  availability,
  buy,
  checkout,
  createShow,
  hold,
  inDays,
  pay,
  registerUser,
  sleep,
  taken,
  unique,
} from '../support/world.mjs';
import { root, sql } from '../support/stack.mjs';

const api = client();
const words = { a: 'available', h: 'held', s: 'sold' };
const read = (show, query, headers) => api.get(`/shows/${show.id}/availability`, { query, headers });
const compact = async (show) => (await read(show, { format: 'compact' })).body;
const since = async (show, version) => (await read(show, { since: version })).body;

// What a browser does: the compact answer, then changes.
class Mirror {
  constructor(show) {
    this.show = show;
  }

  async refresh() {
    const body = this.version === undefined ? await compact(this.show) : await since(this.show, this.version);
    if (body.states !== undefined) this.states = [...body.states];
    else for (const [index, letter] of body.changes) this.states[index] = letter;
    this.version = body.version;
    return body;
  }

  text() {
    return this.states.map((letter) => words[letter]);
  }
}

test('all seats in seat map order; held, pending, sold, freed', async () => {
  const show = await createShow();
  const buyer = await registerUser();
  const { body: map } = await api.get(`/shows/${show.id}/seatmap`);
  const { body } = await read(show);
  assert.equal(body.showId, show.id);
  assert.deepEqual(body.availability, map.seats.map(({ seatId }) => ({ seatId, state: 'available' })));
  const held = await hold(buyer, show, ['A1', 'A2']);
  assert.deepEqual(await taken(show), { A1: 'held', A2: 'held' });
  const order = await checkout(buyer, held);
  assert.deepEqual(await taken(show), { A1: 'held', A2: 'held' }, 'an unpaid order holds its seats');
  await pay(order);
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
  const other = await hold(buyer, show, ['F30']);
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold', F30: 'held' });
  await buyer.api.delete(`/holds/${other.holdId}`, { expect: 204 });
  const pending = await checkout(buyer, await hold(buyer, show, ['C5']));
  await buyer.api.post(`/orders/${pending.id}/cancel`, undefined, { expect: 200 });
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
});

test('compact and since', async () => {
  const show = await createShow();
  const buyer = await registerUser();
  const first = await compact(show);
  assert.equal(first.states, 'a'.repeat(150));
  assert.deepEqual((await since(show, first.version)).changes, []);
  const held = await hold(buyer, show, ['A3', 'C1']);
  const second = await since(show, first.version);
  assert.deepEqual(second.changes, [[2, 'h'], [40, 'h']]);
  await buy(buyer, show, ['F30']);
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  const sort = (changes) => changes.sort(([a], [b]) => a - b);
  assert.deepEqual(sort((await since(show, second.version)).changes), [[2, 'a'], [40, 'a'], [149, 's']]);
  assert.deepEqual(sort((await since(show, first.version)).changes), [[2, 'a'], [40, 'a'], [149, 's']], 'an older version still serves');
  assert.equal((await compact(show)).states, `${'a'.repeat(149)}s`);
});

test('a version that is of no use gets the compact answer', async () => {
  const show = await createShow();
  const other = await compact(await createShow());
  const { version } = await compact(show);
  const later = version.replace(/-[0-9a-f]+-/, '-fffffffffff-');
  for (const bad of [
    '',
    '0',
    'x',
    other.version,
    later,
    `${version}0000000000000000`,
    `${version}x`,
    version.slice(0, 20),
    `-${version}`,
    'x'.repeat(3000),
    '🎫',
    '-1',
    "' OR 1=1",
  ]) {
    const body = await since(show, bad);
    assert.equal(body.states, 'a'.repeat(150), bad.slice(0, 40));
  }
});

test('formats: full, compact, anything else is refused', async () => {
  const show = await createShow();
  assert.equal((await read(show, { format: 'full' })).body.availability.length, 150);
  for (const format of ['xml', 'COMPACT', 'compactx', 'full,compact']) {
    const answer = await read(show, { format });
    assert.equal(answer.status, 422, format);
    assert.deepEqual(answer.body.errors.map((error) => error.path), ['format']);
  }
  await api.get(`/shows/${randomUUID()}/availability`, { expect: 404 });
});

test('ETag: 304 until a seat changes, in every form', async () => {
  const show = await createShow();
  const buyer = await registerUser();
  const { version } = await compact(show);
  const forms = [{}, { format: 'compact' }, { since: version }];
  const tags = await Promise.all(forms.map(async (query) => (await read(show, query)).headers.etag));
  assert.equal(new Set(tags).size, 3);
  const statuses = () => Promise.all(forms.map(async (query, i) => (await read(show, query, { 'If-None-Match': tags[i] })).status));
  assert.deepEqual(await statuses(), [304, 304, 304]);
  const held = await hold(buyer, show, ['B7']);
  assert.deepEqual(await statuses(), [200, 200, 200]);
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  assert.deepEqual(await statuses(), [304, 304, 304], 'the same states again');
  const head = await api.send('HEAD', `/shows/${show.id}/availability`, { expect: 200 });
  assert.equal(head.headers.etag, tags[0]);
});

test('a hold that ends by the clock is available, without any change of its row', async () => {
  const show = await createShow();
  const buyer = await registerUser();
  const start = await compact(show);
  const held = await hold(buyer, show, ['A1', 'B20']);
  sql(`BEGIN;
    UPDATE holds SET expires_at = clock_timestamp() + interval '1.2 s' WHERE id = '${held.holdId}';
    UPDATE seat_claims SET expires_at = (SELECT expires_at FROM holds h WHERE h.id = '${held.holdId}' AND h.show_id = seat_claims.show_id),
      changed = pg_current_xact_id() WHERE hold_id = '${held.holdId}' AND show_id = '${show.id}';
    COMMIT;`);
  const before = await since(show, start.version);
  assert.deepEqual(before.changes, [[0, 'h'], [39, 'h']]);
  const tag = (await read(show)).headers.etag;
  await sleep(1500);
  assert.deepEqual((await since(show, before.version)).changes, [[0, 'a'], [39, 'a']], 'told although no row changed');
  assert.equal((await compact(show)).states, start.states);
  assert.deepEqual(await taken(show), {});
  assert.equal((await read(show, {}, { 'If-None-Match': tag })).status, 200);
  assert.deepEqual((await since(show, (await compact(show)).version)).changes, []);
  await hold(await registerUser(), show, ['A1']);
  assert.deepEqual(await taken(show), { A1: 'held' });
});

test('a change by a transaction that was open during many reads is not missed', async () => {
  const show = await createShow();
  const buyer = await registerUser();
  const held = await hold(buyer, show, ['A1']);
  const mirror = new Mirror(show);
  await mirror.refresh();
  // Writes first, in a subtransaction, then waits: its transaction id is older than those of the holds that are read meanwhile.
  const program = spawn(join(root, 'nginx/ticketctl'), ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  let ended = false;
  const slow = once(program, 'close').then(([code]) => {
    ended = true;
    assert.equal(code, 0);
  });
  const write = `UPDATE seat_claims SET state = 'released', expires_at = NULL, changed = pg_current_xact_id()
      WHERE hold_id = '${held.holdId}';`;
  program.stdin.end(`BEGIN; SAVEPOINT one; ${write} ROLLBACK TO one; SAVEPOINT two; ${write} RELEASE two;
    UPDATE holds SET state = 'released' WHERE id = '${held.holdId}'; SELECT pg_sleep(3); COMMIT;`);
  await sleep(700);
  const other = await registerUser();
  for (let i = 2; i < 12; i++) {
    await hold(other, show, [`A${i}`]);
    await mirror.refresh();
    assert.deepEqual((await taken(show)).A1, 'held');
  }
  assert.equal(ended, false, 'the writer is still at work');
  await slow;
  assert.ok((await since(show, mirror.version)).changes.some(([index, letter]) => index === 0 && letter === 'a'));
  assert.equal((await taken(show)).A1, undefined);
  assert.equal((await compact(show)).states[0], 'a');
});

test('the snapshot is thrown away when the seat map changes', async () => {
  const boss = await admin();
  const id = unique('swap');
  const template = (rows) => ({
    id,
    name: 'Swap',
    priceTiers: { S: 1 },
    zones: [{ id: 'S', rows: rows.map((row) => ({ id: row, from: 1, to: 3 })) }],
    format: 'ROW_NUM',
  });
  await boss.put(`/seatmaps/${id}`, template(['B', 'A']), { expect: 201 });
  const show = await createShow({ seatMapId: id });
  const buyer = await registerUser();
  const held = await hold(buyer, show, ['A1']);
  const before = await compact(show);
  assert.equal(before.states, 'aaahaa');
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  await boss.put(`/shows/${show.id}`, { startsAt: inDays(9), seatMapId: 'm1' }, { expect: 200 });
  assert.equal((await since(show, before.version)).states, 'a'.repeat(150));
  await hold(buyer, show, ['A1']);
  assert.deepEqual(await taken(show), { A1: 'held' });
});

test('read your writes in every form, while others change the same show', { timeout: 120_000 }, async () => {
  const show = await createShow();
  const seats = [...(await availability(show)).keys()];
  const mine = (worker) => seats.slice(worker * 12, worker * 12 + 12);
  const work = async (worker) => {
    const user = await registerUser();
    const mirror = new Mirror(show);
    const holds = new Map(); // seat → hold id
    const sold = new Set();
    for (let step = 0; step < 40; step++) {
      const seat = mine(worker)[Math.floor(Math.random() * 12)];
      if (sold.has(seat)) continue;
      if (holds.has(seat)) {
        await user.api.delete(`/holds/${holds.get(seat)}`, { expect: 204 });
        holds.delete(seat);
      } else if (step % 8 === 7) {
        await buy(user, show, [seat]);
        sold.add(seat);
      } else {
        holds.set(seat, (await hold(user, show, [seat])).holdId);
      }
      const expected = mine(worker).map((id) => (sold.has(id) ? 'sold' : holds.has(id) ? 'held' : 'available'));
      const all = await availability(show);
      assert.deepEqual(mine(worker).map((id) => all.get(id)), expected, 'full');
      const { states } = await compact(show);
      assert.deepEqual(mine(worker).map((id) => words[states[seats.indexOf(id)]]), expected, 'compact');
      await mirror.refresh();
      assert.deepEqual(mine(worker).map((id) => mirror.text()[seats.indexOf(id)]), expected, 'since');
    }
    return mirror;
  };
  const mirrors = await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
  const final = [...(await availability(show)).values()];
  for (const mirror of mirrors) {
    await mirror.refresh();
    assert.deepEqual(mirror.text(), final);
  }
});
