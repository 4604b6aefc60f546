// Lists, events, shows and seat maps are read once for all who ask at the same time: nobody is told less than what was
// there when they asked, in whichever of several processes, and the database is asked less often than the readers ask.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { responders } from '../support/processes.mjs';
import { secondEvents } from '../support/second_events.mjs';
import { admin, createEvent, createShow, inDays, unique } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';

const api = client();
const other = await secondEvents(responders('events')[0]);
after(() => other.stop());
const parsed = (answer) => (typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body);

test('what was written through one process is read at once through the other, while many read', async () => {
  const boss = await admin();
  const mark = unique('shared');
  const event = await createEvent({ title: mark });
  const show = await createShow({ eventId: event.id });
  const reads = {
    list: [`/events?q=${mark}`, (body) => body.events[0].venue],
    event: [`/events/${event.id}`, (body) => body.venue],
    shows: [`/events/${event.id}/shows`, (body) => body.shows[0].priceTiers.A],
    show: [`/shows/${show.id}`, (body) => body.priceTiers.A],
    seats: [`/shows/${show.id}/seatmap`, (body) => body.seats.find(({ zone }) => zone === 'A').price],
  };
  let going = true;
  const crowd = Object.values(reads).flatMap(([path]) => Array.from({ length: 4 }, async () => {
    while (going) await Promise.all([api.get(path, { expect: 200 }), other.ask(path)]);
  }));
  try {
    for (let round = 1; round <= 40; round++) {
      await boss.send('PATCH', `/events/${event.id}`, { body: { venue: `Hall ${round}` }, expect: 200 });
      await boss.send('PATCH', `/shows/${show.id}`, { body: { priceTiers: { A: round } }, expect: 200 });
      for (const [name, [path, value]] of Object.entries(reads)) {
        const wanted = ['list', 'event'].includes(name) ? `Hall ${round}` : round;
        assert.equal(value(parsed(await other.ask(path))), wanted, `${name}, the other process, round ${round}`);
        assert.equal(value((await api.get(path, { expect: 200 })).body), wanted, `${name}, round ${round}`);
      }
    }
  } finally {
    going = false;
    await Promise.all(crowd);
  }
});

test('what is gone is gone at once', async () => {
  const boss = await admin();
  const show = await createShow();
  for (const path of [`/shows/${show.id}`, `/shows/${show.id}/seatmap`, `/events/${show.eventId}`])
    assert.equal((await other.ask(path)).status, 200);
  await boss.delete(`/shows/${show.id}`, { expect: 204 });
  await boss.delete(`/events/${show.eventId}`, { expect: 204 });
  for (const path of [`/shows/${show.id}`, `/shows/${show.id}/seatmap`, `/events/${show.eventId}`])
    assert.equal((await other.ask(path)).status, 404, path);
});

test('a draft that an admin reads is not given to others who ask at the same time', async () => {
  const boss = await admin();
  const event = await createEvent({ published: false });
  for (let round = 0; round < 20; round++) {
    const [mine, theirs] = await Promise.all([boss.get(`/events/${event.id}`), api.get(`/events/${event.id}`)]);
    assert.deepEqual([mine.status, theirs.status], [200, 404]);
  }
});

test('readers who come at once share reads', async () => {
  const event = await createEvent({ title: unique('crowd') });
  await createShow({ eventId: event.id, startsAt: inDays(3) });
  const calls = () => Number(sql(`SELECT coalesce(sum(idx_scan + seq_scan), 0) FROM pg_stat_user_tables WHERE relname = 'events'`)[0][0]);
  const before = calls();
  const asked = 2000;
  await Promise.all(Array.from({ length: 100 }, async () => {
    for (let i = 0; i < asked / 100; i++) assert.equal((await other.ask(`/events/${event.id}`)).status, 200);
  }));
  assert.ok(calls() - before < asked, 'fewer scans of the table than readers');
});

// A list once looked through the shows of all events for the next show of each: 2 ms instead of 0.1 with 2,000 shows of another event.
test('the list of events and an event do not read the shows of other events', async () => {
  const crowded = await createShow();
  const quiet = await createEvent({ title: unique('quiet') });
  const SHOWS = 1500;
  const ASKED = 100;
  sql(`INSERT INTO shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)
       SELECT gen_random_uuid(), event_id, seatmap_id, seatmap_version, starts_at + n * interval '1 minute', currency
       FROM shows, generate_series(1, ${SHOWS}) AS n WHERE id = '${crowded.id}'`);
  try {
    // Planned as where nearly all shows are of one event.
    sql('ALTER TABLE shows ALTER COLUMN event_id SET (n_distinct = 1)');
    sql('ANALYZE shows');
    const rows = () =>
      Number(
        sql(`SELECT coalesce(sum(idx_tup_read), 0) + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'shows')
                                   FROM pg_stat_user_indexes WHERE relname = 'shows'`)[0][0],
      );
    const before = rows();
    for (let i = 0; i < ASKED; i++) {
      await api.get(`/events?q=${quiet.title}`, { expect: 200 });
      await api.get(`/events/${quiet.id}`, { expect: 200 });
    }
    await new Promise((resolve) => { setTimeout(resolve, 1100); }); // PostgreSQL tells what a session read once a second
    for (let i = 0; i < 10; i++) await api.get(`/events/${quiet.id}`, { expect: 200 });
    const read = rows() - before;
    assert.ok(read < ASKED * SHOWS / 2, `${read} rows of shows read`);
  } finally {
    sql('ALTER TABLE shows ALTER COLUMN event_id RESET (n_distinct)');
    sql(`DELETE FROM shows WHERE event_id = '${crowded.eventId}' AND id <> '${crowded.id}'`);
  }
});

test('the shows of an event come in pages, those that are over only when asked for', async () => {
  const event = await createEvent();
  const made = [];
  for (const days of [-400, -30, 1, 2, 3]) made.push((await createShow({ eventId: event.id, startsAt: inDays(days) })).id);
  const list = async (query) => (await api.get(`/events/${event.id}/shows`, { query, expect: 200 })).body;
  const ids = (body) => body.shows.map(({ id }) => id);
  assert.deepEqual(ids(await list({})), made.slice(2));
  assert.deepEqual(ids(await list({ from: '2000-01-01T00:00:00Z' })), made);
  const first = await list({ limit: 2 });
  assert.deepEqual(ids(first), made.slice(2, 4));
  const rest = await list({ limit: 2, cursor: first.nextCursor });
  assert.deepEqual([ids(rest), rest.nextCursor], [made.slice(4), null]);
  for (const bad of [{ limit: 0 }, { cursor: 'x' }, { from: 'x' }]) await api.get(`/events/${event.id}/shows`, { query: bad, expect: 422 });
});
