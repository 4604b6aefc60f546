// Idempotency-Key: a request that may be sent again. POST /holds and POST /checkout take it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { admin, createShow, hold, registerUser, sleep, taken, unique } from '../support/world.mjs';
import { checkInvariants, root, sql, state } from '../support/stack.mjs';

const keyed = (key) => ({ headers: { 'Idempotency-Key': key } });
const replayed = (answer) => answer.headers['idempotent-replayed'];

function same(first, second) {
  assert.equal(second.status, first.status);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.location, first.headers.location);
  assert.equal(replayed(first), undefined);
  assert.equal(replayed(second), 'true');
}

test('a hold sent again with its key is answered as before and holds nothing more', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  const body = { showId: show.id, seats: ['A1', 'A2'] };
  const first = await user.api.post('/holds', body, { ...keyed(key), expect: 201 });
  same(first, await user.api.post('/holds', body, keyed(key)));
  const spaced = `{ "seats" : ["A1","A2"],\n "showId":"${show.id}" }`; // the same payload, written otherwise
  same(
    first,
    await user.api.send('POST', '/holds', { raw: spaced, headers: { 'Idempotency-Key': key, 'Content-Type': 'application/json' } }),
  );
  assert.equal((await user.api.get('/holds')).body.holds.length, 1);
  assert.equal((await user.api.post('/holds', body, { expect: 409 })).code, 'SEATS_UNAVAILABLE'); // without the key it is a new request
});

test('the answer stays when the world has moved on', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  const body = { showId: show.id, seats: ['A1'] };
  const first = await user.api.post('/holds', body, { ...keyed(key), expect: 201 });
  await user.api.delete(`/holds/${first.body.holdId}`, { expect: 204 });
  same(first, await user.api.post('/holds', body, keyed(key)));
  await (await admin()).delete(`/shows/${show.id}`, { expect: 204 });
  same(first, await user.api.post('/holds', body, keyed(key)));
});

test('a refusal is not kept: the same key gets the seats once they are free', async () => {
  const [user, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const held = await hold(other, show, ['A1', 'A2']);
  const key = unique('key');
  const body = { showId: show.id, seats: ['A2', 'A3', 'A1'] };
  const first = await user.api.post('/holds', body, { ...keyed(key), expect: 409 });
  assert.equal(first.code, 'SEATS_UNAVAILABLE');
  assert.deepEqual(first.body.seats, ['A2', 'A1']);
  await other.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  const second = await user.api.post('/holds', body, { ...keyed(key), expect: 201 });
  assert.deepEqual([replayed(first), replayed(second)], [undefined, undefined]);
  assert.equal(replayed(await user.api.post('/holds', body, { ...keyed(key), expect: 201 })), 'true');
});

test('a key sent just before the sale opens gets the seats once it has opened', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  sql(`UPDATE shows SET sales_start_at = now() + interval '1 h' WHERE id = '${show.id}'`);
  const key = unique('key');
  const body = { showId: show.id, seats: ['A1'] };
  assert.equal((await user.api.post('/holds', body, { ...keyed(key), expect: 409 })).code, 'SALES_CLOSED');
  sql(`UPDATE shows SET sales_start_at = now() - interval '1 s' WHERE id = '${show.id}'`);
  await user.api.post('/holds', body, { ...keyed(key), expect: 201 });
});

test('a key is used for one payload and one call', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  const { body: held } = await user.api.post('/holds', { showId: show.id, seats: ['A1'] }, { ...keyed(key), expect: 201 });
  for (const seats of [['A2'], ['A1', 'A2'], ['a1']]) {
    const reused = await user.api.post('/holds', { showId: show.id, seats }, { ...keyed(key), expect: 422 });
    assert.equal(reused.code, 'IDEMPOTENCY_KEY_REUSED', seats.join());
  }
  assert.equal((await user.api.post('/checkout', { holdId: held.holdId }, { ...keyed(key), expect: 422 })).code, 'IDEMPOTENCY_KEY_REUSED');
  assert.deepEqual(await taken(show), { A1: 'held' });
  assert.deepEqual((await user.api.get('/orders')).body.orders, []);
});

test('keys of different people have nothing to do with each other', async () => {
  const [one, other, show] = [await registerUser(), await registerUser(), await createShow()];
  const key = unique('key');
  const first = await one.api.post('/holds', { showId: show.id, seats: ['A1'] }, { ...keyed(key), expect: 201 });
  const second = await other.api.post('/holds', { showId: show.id, seats: ['A2'] }, { ...keyed(key), expect: 201 });
  assert.notEqual(first.body.holdId, second.body.holdId);
  assert.equal(replayed(second), undefined);
});

test('faults of the request are not stored: the corrected one may use the key', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  for (const body of [{}, { showId: show.id, seats: [] }, { showId: show.id, seats: ['A1', 'Z9'] }, { showId: 'x', seats: ['A1'] }]) {
    assert.equal((await user.api.post('/holds', body, { ...keyed(key), expect: 422 })).code, 'VALIDATION_FAILED');
  }
  const { body: held } = await user.api.post('/holds', { showId: show.id, seats: ['A1'] }, { ...keyed(key), expect: 201 });
  const order = unique('key');
  await user.api.post('/checkout', { holdId: 5 }, { ...keyed(order), expect: 422 });
  await user.api.post('/checkout', { holdId: show.id }, { ...keyed(order), expect: 404 });
  await user.api.post('/checkout', { holdId: held.holdId }, { ...keyed(order), expect: 201 });
});

test('a key is 1 to 255 visible characters', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const body = { showId: show.id, seats: ['A1'] };
  for (const key of ['x'.repeat(256), 'with space', 'tab\there', 'schl\u00fcssel']) {
    assert.equal((await user.api.post('/holds', body, { ...keyed(key), expect: 400 })).code, 'INVALID_REQUEST', key);
    await user.api.post('/checkout', { holdId: show.id }, { ...keyed(key), expect: 400 });
  }
  assert.deepEqual(await taken(show), {});
  await user.api.post('/holds', body, { ...keyed(unique('~!@#$%^&*()').padEnd(255, 'x')), expect: 201 });
});

test('a key is forgotten after a day', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  await user.api.post('/holds', { showId: show.id, seats: ['A1'] }, { ...keyed(key), expect: 201 });
  sql(`UPDATE idempotency_keys SET created_at = created_at - interval '25 hours' WHERE key = '${key}'`);
  const later = await user.api.post('/holds', { showId: show.id, seats: ['A2'] }, { ...keyed(key), expect: 201 });
  assert.equal(replayed(later), undefined);
});

test('an order sent again with its key is the same 201; without it 200', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1', 'E5']);
  const key = unique('key');
  const first = await user.api.post('/checkout', { holdId: held.holdId }, { ...keyed(key), expect: 201 });
  same(first, await user.api.post('/checkout', { holdId: held.holdId }, keyed(key)));
  const without = await user.api.post('/checkout', { holdId: held.holdId }, { expect: 200 });
  assert.equal(without.body.id, first.body.id);
  assert.equal(replayed(without), undefined);
  await user.api.post(`/orders/${first.body.id}/cancel`, undefined, { expect: 200 });
  same(first, await user.api.post('/checkout', { holdId: held.holdId }, keyed(key))); // as it was then
});

test('many at once with one key: the work is done once', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const key = unique('key');
  const body = { showId: show.id, seats: ['A1'] };
  const answers = await Promise.all(Array.from({ length: 12 }, () => user.api.post('/holds', body, keyed(key))));
  const fresh = answers.filter((answer) => answer.status === 201 && !replayed(answer));
  assert.equal(fresh.length, 1);
  for (const answer of answers) {
    assert.ok(answer.status === 201 || answer.code === 'IDEMPOTENCY_IN_FLIGHT', answer.text);
    if (answer.status === 201) assert.deepEqual(answer.body, fresh[0].body);
  }
  assert.equal((await user.api.get('/holds')).body.holds.length, 1);
  checkInvariants();
});

test('while the first is still running the second is told so', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const held = await hold(user, show, ['A1']);
  const key = unique('key');
  const body = { showId: show.id, seats: ['A2'] };
  // Keeps the first one waiting, for less than a lock may take.
  const lock = spawn(join(root, 'nginx/ticketctl'), ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1'], {
    env: { ...process.env, TICKETING_STATE: state },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  lock.stdin.end(`BEGIN; LOCK TABLE seat_claims IN EXCLUSIVE MODE; SELECT 'locked'; SELECT pg_sleep(0.4); COMMIT;`);
  await new Promise((resolve) => lock.stdout.once('data', resolve));
  const first = user.api.post('/holds', body, keyed(key));
  await sleep(150);
  const second = await user.api.post('/holds', body, { ...keyed(key), expect: 409 });
  assert.equal(second.code, 'IDEMPOTENCY_IN_FLIGHT');
  assert.equal((await first).status, 201);
  same(await first, await user.api.post('/holds', body, keyed(key)));
  assert.ok(held.holdId);
});
