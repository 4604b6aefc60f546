// Who is told of events: made, listed, deleted by admins only; the secret is shown once.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { endpoint, receiver, subscribe } from '../support/receiver.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, createShow, registerUser, sleep, staff, unique, until } from '../support/world.mjs';

const boss = await admin();
const url = () => `https://receiver.example.com/${unique('hook')}`;
const nobody = '00000000-0000-4000-8000-000000000000';

test('an admin makes, lists, reads and deletes endpoints; the secret is shown once, and all is audited', async () => {
  const target = url();
  const answer = await boss.post('/webhooks/endpoints', { url: target, events: ['order.paid', 'show.sold_out'] }, { expect: 201 });
  const { id, secret } = answer.body;
  assert.equal(answer.headers.location, `/api/webhooks/endpoints/${id}`);
  assert.deepEqual([answer.body.url, answer.body.events], [target, ['order.paid', 'show.sold_out']]);
  const listed = await boss.get('/webhooks/endpoints', { expect: 200 });
  const mine = listed.body.endpoints.find((one) => one.id === id);
  assert.deepEqual([mine.status, mine.waiting, mine.lastDeliveries], ['active', 0, []]);
  assert.ok(!listed.text.includes(secret) && !(await boss.get(`/webhooks/endpoints/${id}`, { expect: 200 })).text.includes(secret));
  assert.ok(!listed.body.endpoints.some((one) => one.url === 'mail'), 'the mail to buyers is nobody\'s endpoint');
  await boss.delete(`/webhooks/endpoints/${id}`, { expect: 204 });
  assert.equal((await boss.delete(`/webhooks/endpoints/${id}`)).code, 'WEBHOOK_ENDPOINT_NOT_FOUND');
  assert.equal((await boss.get(`/webhooks/endpoints/${id}`)).code, 'WEBHOOK_ENDPOINT_NOT_FOUND');
  assert.deepEqual(sql(`SELECT action FROM audit_log WHERE subject = '${id}' AND actor IS NOT NULL ORDER BY id`).flat(), [
    'webhook_endpoint.create',
    'webhook_endpoint.delete',
  ]);
});

test('nobody but admins gets near', async () => {
  const user = await registerUser();
  for (const api of [user.api, await staff()]) {
    assert.equal((await api.get('/webhooks/endpoints')).status, 403);
    assert.equal((await api.post('/webhooks/endpoints', { url: url(), events: ['order.paid'] })).status, 403);
    assert.equal((await api.delete(`/webhooks/endpoints/${nobody}`)).status, 403);
    assert.equal((await api.post(`/webhooks/endpoints/${nobody}/replay`, {})).status, 403);
    assert.equal((await api.get('/events-log')).status, 403);
  }
  assert.equal((await client().get('/webhooks/endpoints')).status, 401);
  assert.equal((await client().get('/events-log')).status, 401);
});

test('wrong endpoints are refused, every fault at once', async () => {
  const refused = await boss.post(
    '/webhooks/endpoints',
    { url: 'ftp://example.com', events: ['order.paid', 'order.burnt'], secret: 'mine' },
    { expect: 422 },
  );
  assert.deepEqual(refused.body.errors.map(({ path }) => path).sort(), ['events[1]', 'secret', 'url']);
  for (const body of [
    {},
    { url: url() },
    { url: url(), events: [] },
    { url: url(), events: ['order.paid', 'order.paid'] },
    { url: 'file:///etc/passwd', events: ['order.paid'] },
    { url: 'http://user:password@example.com/', events: ['order.paid'] },
    { url: `https://example.com/${'x'.repeat(2000)}`, events: ['order.paid'] },
  ]) {
    await boss.post('/webhooks/endpoints', body, { expect: 422 });
  }
  await boss.post('/webhooks/endpoints/nonsense/replay', {}, { expect: 404 });
  assert.equal((await boss.post(`/webhooks/endpoints/${nobody}/replay`, {})).code, 'WEBHOOK_ENDPOINT_NOT_FOUND');
});

test('there can be a hundred', async () => {
  sql(`INSERT INTO webhook_endpoints (id, url, events, secret, disabled_at, disabled_reason)
       SELECT gen_random_uuid(), 'http://filler.example.com', '{order.paid}', 'x', now(), 'a test' FROM generate_series(1, 100)`);
  try {
    assert.equal((await boss.post('/webhooks/endpoints', { url: url(), events: ['order.paid'] })).code, 'WEBHOOK_ENDPOINT_LIMIT');
  } finally {
    sql("DELETE FROM webhook_endpoints WHERE url = 'http://filler.example.com'");
  }
});

test('an endpoint gets the types it asked for only, and nothing once it is deleted', async () => {
  const hook = await receiver();
  const other = await receiver();
  const made = [await subscribe(boss, hook.url, ['order.paid']), await subscribe(boss, other.url, ['show.sold_out'])];
  const [user, show] = [await registerUser(), await createShow()];
  const order = await buy(user, show, ['A1']);
  await until(() => hook.of(order.id).length === 1, { what: 'the event' });
  assert.equal((await until(async () => {
    const now = await endpoint(boss, made[0]);
    return now.lastDeliveries.length > 0 && now;
  })).lastDeliveries[0].outcome, 'delivered');
  for (const { id } of made) await boss.delete(`/webhooks/endpoints/${id}`, { expect: 204 });
  await buy(user, show, ['A2']);
  await sleep(800);
  assert.deepEqual([hook.requests.length, other.requests.length], [1, 0]);
  await Promise.all([hook.close(), other.close()]);
});
