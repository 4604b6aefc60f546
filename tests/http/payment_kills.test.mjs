// kill -9 of checkout at random moments while people pay through Stripe: every payment leads to exactly one paid order
// or one refund, though a tenth of the events never comes, others come twice, and answers of Stripe are lost; and a
// webhook receiver that fails now and then gets every event of every order, those of an order in their order. PAYMENTS
// (30) and SEED may be given.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeStripe, SECRET_KEY } from '../support/fake_stripe.mjs';
import { ownStack } from '../support/own_stack.mjs';
import { receiver, subscribe } from '../support/receiver.mjs';
import { admin, createShow, registerUser, sleep, until } from '../support/world.mjs';

const PAYMENTS = Number(process.env.PAYMENTS ?? 30);
const BUYERS = PAYMENTS > 300 ? 32 : 12;
const SECRET = 'whsec_of_these_tests';
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const EVENTS = ['order.paid', 'order.expired', 'order.refunded'];
let fake, stack, boss, rival, hook, drawn = seed;
let mustRefund = 2; // so that even a short run has orders with several events
const KILLS_MIN = 3; // a fast machine goes on buying until so many have been survived
let killed = 0;

function random() {
  drawn = (drawn + 0x6d2b79f5) | 0;
  let t = Math.imul(drawn ^ (drawn >>> 15), 1 | drawn);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const chance = (share) => random() < share;

before(async () => {
  fake = await new FakeStripe(SECRET).listen();
  stack = await ownStack({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: fake.base,
    ORDER_TTL_SECONDS: '4',
    MAX_HELD_SEATS_PER_USER: '1000',
    HOLD_TTL_SECONDS: '60',
    WEBHOOK_ALLOW_PRIVATE: '1',
  });
  boss = await admin(stack.api);
  hook = await receiver(() =>
    chance(0.05) ? { status: 500 } : chance(0.02) ? (response) => response.destroy() : { status: 200, delay: random() * 40 },
  );
  await subscribe(boss, hook.url, EVENTS);
});
after(async () => {
  await hook?.close();
  stack?.down();
  await fake?.close();
});

// Until it is answered as wanted, as programs of buyers and Stripe itself do.
async function insist(send, wanted) {
  const seen = new Map();
  for (let i = 0; i < 400; i += 1) {
    const answer = await send().catch(({ message }) => ({ status: message }));
    if (wanted.includes(answer.status)) return answer;
    const what = `${answer.status} ${answer.code ?? ''}`;
    seen.set(what, (seen.get(what) ?? 0) + 1);
    await sleep(50 + random() * 100);
  }
  throw new Error(`not ${wanted} but ${[...seen].map(([what, times]) => `${times} times ${what}`).join(', ')}`);
}

const raw = { check: false };
const deliver = (payload) =>
  insist(
    () =>
      stack.api.send('POST', '/webhooks/payments/stripe', {
        raw: payload,
        headers: { 'Content-Type': 'application/json', 'Stripe-Signature': fake.header(payload) },
        ...raw,
      }),
    [200],
  );

async function buyOnce(user, show, seat, n) {
  const held = await insist(
    () => user.api.post('/holds', { showId: show.id, seats: [seat] }, { headers: { 'Idempotency-Key': `hold-${n}` }, ...raw }),
    [201, 409],
  );
  if (held.status !== 201) return;
  const ordered = await insist(() => user.api.post('/checkout', { holdId: held.body.holdId }, raw), [200, 201, 404, 409]);
  if (ordered.status >= 400) return;
  const order = ordered.body;
  if (order.status !== 'pending') return; // the answer was lost, and it has expired since
  if (chance(0.05)) return; // thought better of it
  if (chance(0.15)) fake.faults.push({ path: '/v1/checkout/sessions', drop: true });
  const page = await insist(() => stack.api.get(order.payment.url, raw), [303, 409]);
  if (page.status !== 303) return;
  const session = fake.sessions.get(page.headers.location.split('/').at(-1));
  if (chance(0.25)) {
    await insist(() => user.api.post(`/orders/${order.id}/cancel`, undefined, raw), [200, 409]);
    if (chance(0.6)) await insist(() => rival.api.post('/holds', { showId: show.id, seats: [seat] }, raw), [201, 409]);
  }
  if (!fake.pay(session.id)) return;
  if (chance(0.1)) return; // its event never comes
  const payload = fake.event('checkout.session.completed', session);
  await Promise.all([
    deliver(payload),
    ...(chance(0.3) ? [deliver(payload)] : []),
    ...(chance(0.2) ? [deliver(fake.event('checkout.session.completed', session))] : []),
  ]);
  if (chance(0.15) || (mustRefund -= 1) >= 0) await insist(() => boss.post(`/orders/${order.id}/refund`, undefined, raw), [200, 409]);
}

async function killer(until_) {
  const pidFile = join(stack.state, 'pid/checkout.pid');
  while (!until_()) {
    await sleep(chance(0.2) ? 1200 + random() * 800 : 100 + random() * 600); // multiwatch gives up a program that never lives for a second
    const watcher = Number(readFileSync(pidFile, 'utf8').split(/\s+/)[0]);
    const [pid] = readFileSync(`/proc/${watcher}/task/${watcher}/children`, 'utf8').trim().split(' ').map(Number);
    if (pid > 0) {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    }
  }
}

// Every event of an order arrives, and for the first time only after those before it; returns how many there are.
async function everyEventArrives() {
  await until(() => {
    // What killed processes had under way, and what the receiver refused: time passes.
    stack.sql(`UPDATE webhook_deliveries SET lease_until = lease_until - interval '1 minute', next_attempt_at = '-infinity'
        WHERE state = 'waiting';
               UPDATE webhook_endpoints SET paused_until = '-infinity'`);
    const [[left]] = stack.sql(
      `SELECT (SELECT count(*) FROM outbox WHERE position IS NULL) + (SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting')`,
    );
    return left === '0';
  }, { timeout: 30_000 + 200 * PAYMENTS, every: 700, what: 'everything delivered' });
  const events = stack.sql(`SELECT key, event_id, type FROM outbox WHERE type LIKE 'order.%' ORDER BY id`);
  const orders = new Map(events.map(([key]) => [key, []]));
  for (const [key, id, type] of events) orders.get(key).push(`${type} ${id}`);
  for (const [key, wanted] of orders)
    assert.deepEqual(
      hook.of(key).map(({ id, type }) => `${type} ${id}`),
      wanted,
      `the events of order ${key}`,
    );
  assert.deepEqual(stack.sql(`SELECT DISTINCT state FROM webhook_deliveries`), [['delivered']]);
  const count = (wanted) => events.filter(([, , type]) => type === wanted).length;
  return {
    text: EVENTS.map((type) => `${count(type)} ${type}`).join(', '),
    several: [...orders.values()].filter(({ length }) => length > 1).length,
    all: events.length,
  };
}

test(`kill -9 during ${PAYMENTS} payments (seed ${seed})`, async (t) => {
  const show = await createShow({ seatMapId: PAYMENTS > 300 ? 'stadium' : 'theatre' }, stack.api);
  rival = await registerUser({ api: stack.api });
  const users = await Promise.all(Array.from({ length: BUYERS }, () => registerUser({ api: stack.api })));
  const { body } = await stack.api.get(`/shows/${show.id}/seatmap`);
  const seats = body.seats.map(({ seatId }) => seatId);
  const paid = () => [...fake.sessions.values()].filter((one) => one.payment_status === 'paid');
  let done = false;
  const killing = killer(() => done);
  let n = 0;
  const buying = Promise.all(users.map(async (user) => {
    while (paid().length < PAYMENTS || (killed < KILLS_MIN && paid().length < 20 * PAYMENTS)) {
      n += 1;
      // Few seats at first, so that people collide.
      await buyOnce(user, show, seats[Math.floor(random() * Math.min(seats.length, 30 + n))], `${seed}-${n}`);
      await sleep(random() * 300);
    }
  }));
  await buying.finally(() => { done = true; });
  await killing;
  const open = () =>
    stack.sql(
      `SELECT (SELECT count(*) FROM payments WHERE attempt_expires_at IS NOT NULL AND status IN ('pending', 'declined')),
          (SELECT count(*) FROM refunds WHERE status = 'pending')`,
    )[0];
  // What claims leased by killed processes hold up: let the leases run out now.
  await sleep(1000);
  await until(() => {
    stack.sql(
      `UPDATE payments SET check_at = clock_timestamp() WHERE check_at > clock_timestamp(); UPDATE refunds
          SET next_try_at = clock_timestamp() WHERE status = 'pending'`,
    );
    const [payments, refunds] = open();
    return payments === '0' && refunds === '0';
  }, { timeout: 120_000, every: 1500, what: 'everything settled' });
  const told = await everyEventArrives();
  const orders = new Map(
    stack
      .sql(
        `SELECT o.id, o.status, coalesce(string_agg(p.charge, ' '), '') FROM orders o JOIN payments p ON p.order_id = o.id GROUP BY 1, 2`,
      )
      .map(([id, status, charges]) => [id, { status, charges }]),
  );
  let used = 0;
  let returned = 0;
  for (const session of paid()) {
    const refunds = [...fake.refunds.values()].filter((one) => one.payment_intent === session.payment_intent);
    const order = orders.get(session.metadata.order_id);
    const settledBy = order.status === 'paid' && order.charges.split(' ').includes(session.payment_intent) && refunds.length === 0;
    if (settledBy) used += 1;
    else {
      assert.deepEqual(
        refunds.map(({ amount }) => amount),
        [session.amount_total],
        `${session.id} of order ${session.metadata.order_id}, ${order.status}`,
      );
      returned += 1;
    }
  }
  const free = [...orders.values()].filter(({ status }) => status === 'paid').length;
  assert.equal(free, used, 'no order is paid without money');
  assert.deepEqual(fake.complaints, []);
  stack.checkInvariants();
  const reconciled = stack.sql(
    `SELECT count(*) FROM payment_events WHERE type = 'reconciled' AND outcome IN ('paid', 'late_paid', 'late_refund')`,
  )[0][0];
  t.diagnostic(`${paid().length} payments, ${killed} kills, ${used} orders paid, ${returned} refunds, ${reconciled} settled by asking`);
  t.diagnostic(`${told.all} events (${told.text}; ${told.several} orders with several) in ${hook.requests.length} deliveries`);
  assert.ok(told.several > 0, 'an order with several events');
  assert.ok(killed >= KILLS_MIN && used > 0, `${killed} kills`);
});
