// Who is told of events: made, listed, deleted by admins only; the secret is shown once.
import test from 'node:test';
import assert from 'node:assert/strict';
import Stripe from 'stripe';
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

const signatures = new Stripe('sk_test_unused').webhooks;
const verifies = (request, secret) => {
  try {
    return signatures.constructEvent(request.body, request.headers['ticketing-signature'], secret).type === 'order.paid';
  } catch {
    return false;
  }
};
const rotate = async ({ id }, body) => (await boss.post(`/webhooks/endpoints/${id}/secret`, body, { expect: 200 })).body;
const patch = (id, body, expect = 200) => boss.send('PATCH', `/webhooks/endpoints/${id}`, { body, expect });
const audit = ({ id }) => sql(`SELECT action FROM audit_log WHERE subject = '${id}' AND actor IS NOT NULL ORDER BY id`).flat();

// Pays an order of one seat, and waits for its event.
async function paidEvent(hook, show, seat) {
  const order = await buy(await registerUser(), show, [seat]);
  return until(() => hook.requests.find(({ event }) => event.data.id === order.id), { what: 'the event' });
}

test('a new secret: both sign for the time that is told, then the new one alone, and the old one is forgotten', async () => {
  const hook = await receiver();
  const made = await subscribe(boss, hook.url, ['order.paid']);
  const show = await createShow();
  const second = await rotate(made, { overlapSeconds: 3600 });
  assert.match(second.secret, /^whsec_[A-Za-z0-9_-]{43}$/);
  assert.notEqual(second.secret, made.secret);
  assert.ok(Math.abs(Date.parse(second.previousSecretUntil) - Date.now() - 3_600_000) < 600_000, second.previousSecretUntil);
  const during = await paidEvent(hook, show, 'A1');
  assert.deepEqual([made.secret, second.secret, `${made.secret}x`].map((secret) => verifies(during, secret)), [true, true, false]);
  const shown = await boss.get(`/webhooks/endpoints/${made.id}`, { expect: 200 });
  assert.equal(shown.body.previousSecretUntil, second.previousSecretUntil);
  assert.ok(!shown.text.includes(made.secret) && !shown.text.includes(second.secret));
  sql(`UPDATE webhook_endpoints SET previous_secret_until = now() - interval '1 second' WHERE id = '${made.id}'`);
  const after = await paidEvent(hook, show, 'A2');
  assert.deepEqual([made.secret, second.secret].map((secret) => verifies(after, secret)), [false, true]);
  const kept = () => sql(`SELECT previous_secret IS NULL FROM webhook_endpoints WHERE id = '${made.id}'`)[0][0];
  await until(() => kept() === 't', { what: 'the old secret to be forgotten' });
  assert.equal((await endpoint(boss, made)).previousSecretUntil, null);
  const third = await rotate(made, { overlapSeconds: 0 }); // it has leaked
  assert.equal(third.previousSecretUntil, null);
  const last = await paidEvent(hook, show, 'A3');
  assert.deepEqual([second.secret, third.secret].map((secret) => verifies(last, secret)), [false, true]);
  const fourth = await rotate(made);
  assert.ok(Math.abs(Date.parse(fourth.previousSecretUntil) - Date.now() - 86_400_000) < 600_000, 'a day when nothing is said');
  const action = 'webhook_endpoint.rotate_secret';
  assert.deepEqual(audit(made), ['webhook_endpoint.create', action, action, action]);
  const secrets = [made, second, third, fourth].map(({ secret }) => `detail::text LIKE '%${secret}%'`).join(' OR ');
  assert.deepEqual(sql(`SELECT count(*) FROM audit_log WHERE ${secrets}`), [['0']]);
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('an endpoint is switched off, and on again after a 410; what it missed can be replayed', async () => {
  let gone = false;
  const hook = await receiver(() => ({ status: gone ? 410 : 200 }));
  const made = await subscribe(boss, hook.url, ['order.paid']);
  const show = await createShow();
  const first = await paidEvent(hook, show, 'A5');
  gone = true;
  const missed = await paidEvent(hook, show, 'A1');
  await until(async () => (await endpoint(boss, made)).status === 'disabled', { what: 'the endpoint to be disabled' });
  gone = false;
  const enabled = (await patch(made.id, { status: 'active' })).body;
  assert.deepEqual([enabled.status, enabled.disabledReason, enabled.waiting], ['active', null, 0]);
  await patch(made.id, { status: 'active' }); // is so already
  await paidEvent(hook, show, 'A2');
  const before = hook.requests.length;
  assert.ok((await boss.post(`/webhooks/endpoints/${made.id}/replay`, { after: first.event.id }, { expect: 202 })).body.queued > 0);
  await until(() => hook.requests.slice(before).some(({ event }) => event.id === missed.event.id), { what: 'the missed event' });
  const off = (await patch(made.id, { status: 'disabled' })).body;
  assert.deepEqual([off.status, off.disabledReason, off.waiting], ['disabled', 'An admin disabled it.', 0]);
  assert.equal((await boss.post(`/webhooks/endpoints/${made.id}/replay`, {}, { expect: 409 })).code, 'WEBHOOK_ENDPOINT_DISABLED');
  const count = hook.requests.length;
  await buy(await registerUser(), show, ['A3']);
  await sleep(800);
  assert.equal(hook.requests.length, count);
  await patch(made.id, { status: 'active' });
  await paidEvent(hook, show, 'A4');
  assert.deepEqual(
    audit(made).filter((action) => !action.endsWith('replay')),
    ['create', 'enable', 'disable', 'enable'].map((verb) => `webhook_endpoint.${verb}`),
  );
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('secrets and states are changed by admins, with what fits, of endpoints that exist', async () => {
  const made = await subscribe(boss, url(), ['order.paid']);
  const { api } = await registerUser();
  for (const id of [made.id, nobody]) {
    for (const other of [api, await staff()]) {
      await other.post(`/webhooks/endpoints/${id}/secret`, {}, { expect: 403 });
      await other.send('PATCH', `/webhooks/endpoints/${id}`, { body: { status: 'active' }, expect: 403 });
    }
  }
  for (const overlapSeconds of [-1, 604_801, '60', 1.5]) {
    await boss.post(`/webhooks/endpoints/${made.id}/secret`, { overlapSeconds }, { expect: 422 });
  }
  for (const body of [{}, { status: 'failing' }, { status: null }, { status: 'active', secret: 'mine' }]) await patch(made.id, body, 422);
  for (const id of [nobody, 'nonsense', '00000000-0000-4000-8000-00000000a110']) {
    assert.equal((await boss.post(`/webhooks/endpoints/${id}/secret`, {})).status, 404);
    const answer = await boss.send('PATCH', `/webhooks/endpoints/${id}`, { body: { status: 'disabled' } });
    assert.equal(answer.status, 404, 'nor that of mails');
  }
  assert.equal(audit(made).length, 1);
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
});
