// Events: written with what they tell of, signed, delivered at least once and in the order of their order, whatever the receiver does.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { client } from '../support/client.mjs';
import { killAndWait } from '../support/processes.mjs';
import { endpoint, receiver, Receiver, subscribe } from '../support/receiver.mjs';
import { checkInvariants, sql, state } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser, sleep, staff, until } from '../support/world.mjs';

const boss = await admin();
const gate = await staff();
const signatures = new Stripe('sk_test_unused').webhooks;
const checkin = (ticket) => gate.post(`/tickets/${ticket.id}/checkin`, {}, { expect: 200 });
const types = (events) => events.map(({ type }) => type);

// Buys `count` single seats, checks each in; the orders.
async function season(count, row = 'C') {
  const [user, show] = [await registerUser(), await createShow()];
  const orders = [];
  for (let seat = 1; seat <= count; seat += 1) orders.push(await buy(user, show, [`${row}${seat}`]));
  await Promise.all(orders.map((order) => checkin(order.tickets[0])));
  return orders;
}

test('an event carries the public order, and the stripe package verifies its signature', async () => {
  const hook = await receiver();
  const made = await subscribe(boss, hook.url);
  const [user, show] = [await registerUser(), await createShow()];
  const order = await buy(user, show, ['A1', 'A2']);
  await checkin(order.tickets[0]);
  await until(() => hook.of(order.id).length === 2, { what: 'two events' });
  const [paid, entered] = hook.of(order.id);
  assert.deepEqual([paid.type, entered.type], ['order.paid', 'ticket.checked_in']);
  const { refunds, ...told } = order; // the event tells of the order as it was paid
  assert.deepEqual(refunds, []);
  assert.deepEqual(paid.data, told);
  const { qr, ...ticket } = (await user.api.get(`/tickets/${order.tickets[0].id}`, { expect: 200 })).body;
  for (const [name, value] of Object.entries(entered.data)) assert.deepEqual(value, ticket[name], name);
  assert.ok(!JSON.stringify(entered).includes(qr ?? 'T1.'), 'the code that opens the gate stays with the buyer');

  const request = hook.requests.find(({ event }) => event.id === paid.id);
  const header = request.headers['ticketing-signature'];
  assert.equal(request.headers['ticketing-event-id'], paid.id);
  assert.equal(signatures.constructEvent(request.body, header, made.secret).id, paid.id);
  assert.throws(() => signatures.constructEvent(`${request.body} `, header, made.secret));
  assert.throws(() => signatures.constructEvent(request.body, header, `${made.secret}x`));
  assert.throws(() => signatures.constructEvent(request.body, header, made.secret, 1, undefined, Date.now() + 60_000));
  const logged = () =>
    readFileSync(join(state, 'log/checkout.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(paid.id) && line.includes('"event":"outbox.delivery"') && !line.includes('"to":"mail"'));
  await until(() => logged().length > 0, { what: 'a line of the delivery in the log' });
  for (const line of logged()) assert.equal(JSON.parse(line).to ?? JSON.parse(line).data?.to, new URL(hook.url).origin, line);
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
  checkInvariants();
});

test('a receiver that was down for an hour gets everything afterwards, each order in its order', async () => {
  const hook = await receiver();
  await hook.close();
  const made = await subscribe(boss, hook.url);
  const orders = await season(8);
  const down = await until(async () => {
    const now = await endpoint(boss, made);
    return now.waiting === 16 && now.status === 'failing' && now;
  }, { what: 'a failing endpoint with all events waiting' });
  assert.ok(down.lastDeliveries.every(({ outcome }) => outcome === 'unreachable'));
  assert.ok(down.lastDeliveries.length <= 10, 'it is not hammered');
  // An hour passes: for the rows, time is what stands in them.
  sql(`UPDATE webhook_deliveries SET created_at = created_at - interval '1 hour', next_attempt_at = next_attempt_at - interval '1 hour'
       WHERE endpoint_id = '${made.id}';
       UPDATE webhook_endpoints SET paused_until = paused_until - interval '1 hour' WHERE id = '${made.id}'`);
  await hook.listen(hook.port);
  await until(() => orders.every(({ id }) => hook.of(id).length === 2), { what: 'every event' });
  for (const { id } of orders) assert.deepEqual(types(hook.of(id)), ['order.paid', 'ticket.checked_in']);
  await until(async () => (await endpoint(boss, made)).waiting === 0, { what: 'nothing waiting' });
  assert.equal((await endpoint(boss, made)).status, 'active');
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('receivers that hang delay nobody', async () => {
  const [slow, slower, good] = [await receiver(() => 'hang'), await receiver(() => 'hang'), await receiver()];
  const made = [];
  for (const hook of [slow, slower, good]) made.push(await subscribe(boss, hook.url));
  const orders = await season(12, 'D');
  await until(() => orders.every(({ id }) => good.of(id).length === 2), { what: 'every event at the good one' });
  for (const one of [slow, slower])
    assert.ok(one.requests.length < 2 * orders.length, `${one.requests.length} requests hung: the good one waited for them`);
  assert.ok(slow.most <= 8 && slower.most <= 8, `${slow.most} and ${slower.most} at once`);
  assert.ok(slow.requests.length > 0);
  for (const { id } of made) await boss.delete(`/webhooks/endpoints/${id}`, { expect: 204 });
  await Promise.all([slow, slower, good].map((hook) => hook.close()));
});

test('410 disables an endpoint: it gets nothing more, and cannot be replayed', async () => {
  const hook = await receiver(() => ({ status: 410 }));
  const made = await subscribe(boss, hook.url);
  const [user, show] = [await registerUser(), await createShow()];
  await buy(user, show, ['A1']);
  await until(async () => (await endpoint(boss, made)).status === 'disabled', { what: 'disabled' });
  const seen = hook.requests.length;
  await buy(user, show, ['A2']);
  await sleep(800);
  assert.equal(hook.requests.length, seen);
  assert.match((await endpoint(boss, made)).disabledReason, /410/);
  const refused = await boss.post(`/webhooks/endpoints/${made.id}/replay`, { after: null });
  assert.equal(refused.code, 'WEBHOOK_ENDPOINT_DISABLED');
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('a refused event is tried again after growing pauses, holds back only its own order, and is parked after three days', async () => {
  let stubborn;
  const hook = await receiver(({ event }) => ({ status: event.id === stubborn || stubborn === undefined ? 500 : 200 }));
  const made = await subscribe(boss, hook.url);
  const [user, show] = [await registerUser(), await createShow()];
  const order = await buy(user, show, ['A1']);
  await until(() => hook.of(order.id).length === 1, { what: 'the first attempt' });
  stubborn = hook.of(order.id)[0].id;
  const mine = `endpoint_id = '${made.id}' AND outbox_id = (SELECT id FROM outbox WHERE event_id = '${stubborn}')`;
  for (const attempt of [1, 2, 3, 4]) {
    await until(() => sql(`SELECT 1 FROM webhook_deliveries WHERE ${mine} AND attempts = ${attempt} AND lease_until IS NULL`).length > 0, {
      what: `attempt ${attempt}`,
      every: 200,
    });
    const [[pause]] = sql(
      `SELECT extract(epoch FROM d.next_attempt_at - max(a.at)) FROM webhook_deliveries d JOIN webhook_attempts a ON a.delivery_id = d.id
          WHERE ${mine} GROUP BY d.id`,
    );
    const longest = 5 * 2 ** (attempt - 1);
    assert.ok(Number(pause) >= longest / 2 - 0.1 && Number(pause) <= longest + 0.1, `${pause} s after attempt ${attempt}`);
    if (attempt < 4) sql(`UPDATE webhook_deliveries SET next_attempt_at = '-infinity' WHERE ${mine}`);
  }
  await checkin(order.tickets[0]);
  const other = await buy(user, show, ['A2']);
  await until(() => hook.of(other.id).length === 1, { what: 'the other order' });
  assert.equal(hook.of(order.id).length, 1, 'what comes later in this order waits');
  sql(`UPDATE webhook_deliveries SET next_attempt_at = '-infinity', created_at = created_at - interval '73 hours' WHERE ${mine}`);
  await until(() => hook.of(order.id).length === 2, { what: 'the next event, once the first is parked' });
  assert.deepEqual(sql(`SELECT state FROM webhook_deliveries WHERE ${mine}`), [['parked']]);
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('redirects are not followed, endless answers are cut', async () => {
  let sent = 0;
  const endless = (response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 << 10))) sent += 64 << 10;
    };
    response.on('drain', more);
    response.on('error', () => {});
    more();
  };
  const elsewhere = await receiver();
  const moved = await receiver(() => ({ status: 307, headers: { Location: elsewhere.url } }));
  const talker = await receiver(() => endless);
  const made = [await subscribe(boss, moved.url), await subscribe(boss, talker.url)];
  await buy(await registerUser(), await createShow(), ['A1']);
  const [redirected, cut] = await until(async () => {
    const both = await Promise.all(made.map((one) => endpoint(boss, one)));
    return both.every(({ lastDeliveries }) => lastDeliveries.length > 0) && both;
  }, { what: 'both attempts' });
  assert.equal(elsewhere.connections, 0);
  assert.equal(redirected.lastDeliveries[0].status, 307);
  assert.equal(redirected.lastDeliveries[0].outcome, 'failed');
  assert.match(redirected.lastDeliveries[0].error, /redirect/);
  assert.equal(cut.lastDeliveries[0].outcome, 'delivered');
  assert.ok(cut.lastDeliveries[0].durationMs < 5000);
  assert.ok(sent < 32 << 20, `${sent} bytes`);
  for (const { id } of made) await boss.delete(`/webhooks/endpoints/${id}`, { expect: 204 });
  await Promise.all([elsewhere, moved, talker].map((hook) => hook.close()));
});

test('addresses that are not public are not reached', async () => {
  const base = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const strict = await admin(base);
  const trap = await receiver();
  const hosts = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
  ];
  const made = [];
  for (const host of hosts) {
    const answer = await strict.post(
      '/webhooks/endpoints',
      { url: `http://${host}:${trap.port}/`, events: ['order.paid'] },
      { expect: [201, 422] },
    );
    if (answer.status === 201) made.push(answer.body);
  }
  assert.ok(made.length >= 5, `${made.length} of ${hosts.length} addresses were taken`);
  const [user, show] = [await registerUser({ api: base }), await createShow({}, base)];
  const order = await checkout(user, await hold(user, show, ['A1']));
  await base.post(order.payment.url, undefined, { expect: 200 });
  for (const one of made) {
    const { lastDeliveries } = await until(async () => {
      const now = await endpoint(strict, one);
      return now.lastDeliveries.length > 0 && now;
    }, { what: `an attempt at ${one.url}` });
    assert.equal(lastDeliveries[0].outcome, 'unreachable', one.url);
    assert.match(lastDeliveries[0].error, /not public/, one.url);
    await strict.delete(`/webhooks/endpoints/${one.id}`, { expect: 204 });
  }
  assert.equal(trap.connections, 0);
  await trap.close();
});

test('kill -9 while delivering: every event arrives at least once, each order in its order', async () => {
  const hook = await receiver(() => ({ status: 200, delay: 30 }));
  const made = await subscribe(boss, hook.url, ['order.paid']);
  const [user, show] = [await registerUser(), await createShow()];
  const orders = [];
  for (let seat = 1; seat <= 15; seat += 1) orders.push(await checkout(user, await hold(user, show, [`E${seat}`])));
  const paid = async (order) => (await user.api.get(`/orders/${order.id}`, { check: false }).catch(() => ({}))).body?.status === 'paid';
  const paying = Promise.all(orders.map(async (order) => {
    while (!(await paid(order))) {
      await client({ keepAlive: false }).post(order.payment.url, undefined, { check: false }).catch(() => sleep(50));
    }
  }));
  for (let round = 0; round < 3; round += 1) {
    await sleep(150 + Math.random() * 200);
    await killAndWait('checkout');
  }
  await paying;
  // What was under way in a dead process is taken over when its lease has run out: a minute passes.
  const arrived = () => orders.every(({ id }) => hook.of(id).length === 1);
  await until(() => {
    sql(
      `UPDATE webhook_deliveries SET lease_until = lease_until - interval '1 minute'
          WHERE endpoint_id = '${made.id}' AND lease_until IS NOT NULL`,
    );
    return arrived();
  }, { what: 'every event', every: 500 });
  assert.deepEqual(orders.map(({ id }) => types(hook.of(id))), orders.map(() => ['order.paid']));
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
  checkInvariants();
});
