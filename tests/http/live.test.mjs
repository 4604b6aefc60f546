// Live seats: who listens is told of every change, and nothing that a client sends can hurt the nginx that streams.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { client } from '../support/client.mjs';
import { LiveMirror, listen } from '../support/event_stream.mjs';
import { killAndWait } from '../support/processes.mjs';
import { state } from '../support/stack.mjs';
import { admin, buy, createEvent, createShow, hold, inDays, registerUser, until } from '../support/world.mjs';

const api = client();
const compact = async (show) => (await api.get(`/shows/${show.id}/availability`, { query: { format: 'compact' } })).body.states;
const agrees = (mirror, show) => until(async () => mirror.text() === (await compact(show)), { what: 'the mirror agrees', every: 150 });
const master = () => Number(readFileSync(join(state, 'pid', 'live.pid'), 'utf8').split(' ')[0]);
const workers = () => execFileSync('pgrep', ['-P', String(master())], { encoding: 'utf8' }).trim();

test('held, sold and freed seats reach all who listen, in messages that name the one before', async () => {
  const [show, user] = [await createShow(), await registerUser()];
  const mirrors = await Promise.all([1, 2, 3].map(() => new LiveMirror(show.id).start()));
  assert.match(mirrors[0].stream.headers['content-type'], /^text\/event-stream/);
  assert.equal(mirrors[0].stream.headers['cache-control'], 'no-store');
  assert.ok(mirrors[0].stream.headers['x-request-id']);
  const held = await hold(user, show, ['A1', 'A2']);
  await until(() => mirrors.every((mirror) => mirror.text().startsWith('hh')), { what: 'held' });
  await user.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  await buy(user, show, ['F30']);
  await until(() => mirrors.every((mirror) => mirror.text().endsWith('s') && mirror.text().startsWith('aa')), { what: 'freed and sold' });
  for (const mirror of mirrors) {
    await agrees(mirror, show);
    assert.equal(mirror.gaps, 0);
    for (const message of mirror.stream.messages) {
      assert.deepEqual(Object.keys(message).sort(), ['changes', 'showId', 'since', 'version']);
      assert.equal(message.showId, show.id);
    }
    mirror.stop();
  }
});

test('a hold that ends by itself is told, though nothing was written', { skip: process.env.SHORT_URL === undefined }, async () => {
  const short = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const show = await createShow({}, short);
  const user = await registerUser({ api: short });
  const mirror = await new LiveMirror(show.id, short).start();
  await hold(user, show, ['B1']);
  await until(() => mirror.text()[20] === 'h', { what: 'held' });
  await until(() => mirror.text()[20] === 'a', { what: 'ended' });
  mirror.stop();
});

test('no such show, a draft, another method', async () => {
  await api.get(`/shows/${randomUUID()}/live`, { expect: 404 });
  await api.get('/shows/x/live', { expect: 404 });
  const draft = await createShow({ eventId: (await createEvent({ published: false })).id });
  assert.equal((await api.get(`/shows/${draft.id}/live`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
  const show = await createShow();
  assert.equal((await api.post(`/shows/${show.id}/live`, {}, { expect: 405 })).headers.allow, 'GET, HEAD');
  await api.site(`/-/live/shows/${show.id}`, { check: false, expect: 404 });
});

test('listeners are told to reload when the seat map changes, and when the show is deleted', async () => {
  const boss = await admin();
  const show = await createShow();
  const mirror = await new LiveMirror(show.id).start();
  await boss.put(`/shows/${show.id}`, { startsAt: inDays(5), seatMapId: 'theatre' }, { expect: 200 });
  await until(() => mirror.reloads === 1, { what: 'reload after the seat map' });
  await boss.delete(`/shows/${show.id}`, { expect: 204 });
  await until(() => mirror.reloads === 2, { what: 'reload after the deletion' });
  await api.get(`/shows/${show.id}/live`, { expect: 404 });
  mirror.stop();
});

test('a responder that was killed is followed by one that goes on with the same messages', async () => {
  const [show, user] = [await createShow(), await registerUser()];
  const mirror = await new LiveMirror(show.id).start();
  await hold(user, show, ['A1']);
  await until(() => mirror.text()[0] === 'h', { what: 'held' });
  // One that dies between telling and noting down what it told is followed by one that tells it again.
  const told = () => readFileSync(join(state, 'run/live', `${show.id}.told`), 'utf8');
  await until(() => told().startsWith(`${mirror.previous} `), { what: 'the last message noted down' });
  const killed = killAndWait('events');
  await hold(user, show, ['A2']);
  await killed;
  await hold(user, show, ['A3']);
  await until(() => mirror.text().startsWith('hhh'), { what: 'all three' });
  await agrees(mirror, show);
  assert.equal(mirror.gaps, 0);
  mirror.stop();
});

// What crashes nchan 1.3.6 where it gets through, and other things that a client may say.
const HOSTILE = [
  (now) => ({ query: `?last_event_id=${now}:0` }),
  (now) => ({ headers: { 'Last-Event-ID': `${now}:0` } }),
  (now) => ({ headers: { 'If-None-Match': '0', 'If-Modified-Since': new Date(now * 1000).toUTCString() } }),
  () => ({ headers: { 'If-None-Match': 'x'.repeat(3000) } }),
  (now) => ({ headers: { 'If-Modified-Since': new Date(now * 1000).toUTCString() } }),
  (now) => ({ query: `?last_event_id=${now}:-1,[0],2` }),
  () => ({
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
    },
  }),
  () => ({ headers: { Accept: 'multipart/mixed' } }),
  () => ({ headers: { Accept: '' } }),
  () => ({ headers: { 'X-Accel-Redirect': '/', Origin: 'null', Range: 'bytes=0-1' } }),
  () => ({ method: 'HEAD' }),
];

test('a thousand hostile requests: no worker dies, and the others go on listening', { timeout: 120_000 }, async () => {
  const [show, user] = [await createShow(), await registerUser()];
  const mirror = await new LiveMirror(show.id).start();
  const before = workers();
  assert.match(before, /^\d+$/, 'one worker');
  const one = async (index) => {
    const now = Math.floor(Date.now() / 1000) - (index % 3);
    const stream = await listen(show.id, HOSTILE[index % HOSTILE.length](now)).catch(() => undefined);
    await sleep(5);
    stream?.close();
  };
  for (let index = 0; index < 1000; index += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => one(index + i)));
    if (index % 100 === 0) {
      const held = await hold(user, show, ['C1']);
      await user.api.delete(`/holds/${held.holdId}`, { expect: 204 });
    }
  }
  assert.equal(workers(), before, 'the same worker');
  await hold(user, show, ['D5']);
  await until(() => mirror.text()[69] === 'h', { what: 'still told' });
  assert.equal(mirror.stream.ended, false);
  mirror.stop();
  assert.doesNotMatch(readFileSync(join(state, 'log', 'live.log'), 'utf8'), /signal 11|signal 6|exited on signal/);
});
