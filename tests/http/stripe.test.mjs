// Provider stripe, against a stand-in that checks each request: pages, events signed by Stripe's own package, refunds,
// and all that goes wrong.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { FakeStripe, SECRET_KEY } from '../support/fake_stripe.mjs';
import { ownStack } from '../support/own_stack.mjs';
import { admin, checkout, createEvent, createShow, hold, inDays, registerUser, taken, until } from '../support/world.mjs';

const OLD = 'whsec_of_before_the_change';
const NEW = 'whsec_of_after_the_change';
let fake, stack, boss;

before(async () => {
  fake = await new FakeStripe(NEW).listen();
  stack = await ownStack({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: `${OLD},${NEW}`,
    STRIPE_API_BASE: fake.base,
    ORDER_TTL_SECONDS: '60',
  });
  boss = await admin(stack.api);
});
after(async () => {
  stack?.down();
  await fake?.close();
});

async function newOrder({ seats = ['A1', 'A2'], show, ...fields } = {}) {
  const where = show ?? (await createShow(fields, stack.api));
  const user = await registerUser({ api: stack.api });
  return { user, show: where, order: await checkout(user, await hold(user, where, seats)) };
}
const paymentOf = (order) => order.payment.url.split('/').at(-1);
const open = async (order) => (await stack.api.get(order.payment.url, { expect: 303 })).headers.location;
const sessionOf = async (order) => fake.sessions.get((await open(order)).split('/').at(-1));
const deliver = (payload, options = {}) =>
  stack.api.send('POST', '/webhooks/payments/stripe', {
    raw: payload,
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': options.header ?? fake.header(payload) },
    expect: options.expect ?? 200,
  });
const tell = (session, type = 'checkout.session.completed') => deliver(fake.event(type, session));
const orderOf = async ({ user, order }) => (await user.api.get(`/orders/${order.id}`, { expect: 200 })).body;
const outcomes = (order) =>
  stack.sql(`SELECT outcome FROM payment_events WHERE payment_id = '${paymentOf(order)}' ORDER BY received_at`).flat();
async function bought(options) {
  const made = await newOrder(options);
  const session = await sessionOf(made.order);
  fake.pay(session.id);
  await tell(session);
  assert.equal((await orderOf(made)).status, 'paid');
  return { ...made, session };
}
const refund = (order, body, options = {}) => boss.post(`/orders/${order.id}/refund`, body, { expect: 200, ...options });
const settled = (order, status = 'succeeded') =>
  until(() => stack.sql(`SELECT 1 FROM refunds WHERE order_id = '${order.id}' AND status <> '${status}'`).length === 0, {
    what: `refunds ${status}`,
  });

test('an order gets a page: amounts in VND, names of ours, half an hour at least, one key an attempt', async () => {
  const { order } = await newOrder();
  const [call] = fake.calls.filter(({ form }) => form.metadata?.order_id === order.id);
  assert.equal(call.form.line_items[0].price_data.unit_amount, String(order.total));
  assert.equal(call.form.line_items[0].price_data.currency, 'vnd');
  assert.equal(call.form.client_reference_id, paymentOf(order));
  assert.equal(call.key, `payment-${paymentOf(order)}-1`);
  assert.match(order.payment.url, /\/api\/payments\/stripe\/[0-9a-f-]{36}$/);
  const location = await open(order);
  assert.ok(location.startsWith(`${fake.base}/pay/cs_test_`));
  assert.equal(await open(order), location, 'the page is kept');
  assert.equal(fake.calls.filter(({ form }) => form.metadata?.order_id === order.id).length, 1);
  assert.equal((await stack.api.get(`/payments/stripe/${randomUUID()}`, { expect: 404 })).code, 'PAYMENT_NOT_FOUND');
  assert.equal((await stack.api.get(`/payments/test/${paymentOf(order)}`, { expect: 404 })).code, 'PAYMENT_NOT_FOUND');
  assert.equal((await stack.api.post(order.payment.url, undefined, { expect: 405 })).headers.allow, 'GET, HEAD');
});

test('decimals as Stripe counts them', async () => {
  for (const [currency, price, sent] of [
    ['EUR', 1205, 1205],
    ['JPY', 900, 900],
    ['ISK', 900, 90_000],
    ['UGX', 5, 500],
    ['MGA', 700, 7],
    ['KWD', 1230, 1230],
  ]) {
    const { order } = await newOrder({ seats: ['A1'], currency, priceTiers: { VIP: price } });
    const session = await sessionOf(order);
    assert.deepEqual([session.amount_total, session.currency], [sent, currency.toLowerCase()]);
    fake.pay(session.id);
    await tell(session);
    assert.deepEqual(outcomes(order), ['paid'], currency);
  }
});

test('events signed by Stripe\'s own package: both secrets, old ones, forged ones', async () => {
  const { order } = await newOrder();
  const session = await sessionOf(order);
  fake.pay(session.id);
  const payload = fake.event('checkout.session.completed', session);
  const now = Math.floor(Date.now() / 1000);
  for (const header of [
    fake.header(payload, { secret: 'whsec_of_somebody_else' }),
    fake.header(payload, { timestamp: now - 301 }),
    fake.header(`${payload} `),
    't=1',
    '',
  ]) {
    assert.equal((await deliver(payload, { header, expect: 400 })).code, 'SIGNATURE_INVALID');
  }
  assert.deepEqual(outcomes(order), []);
  await deliver(payload, { header: fake.header(payload, { secret: OLD, timestamp: now - 290 }) });
  await deliver(payload); // the same event again, signed with the other secret
  assert.deepEqual(outcomes(order), ['paid']);
  assert.equal((await orderOf({ user: { api: boss }, order })).status, 'paid', 'an admin reads it too');
  stack.checkInvariants();
});

test('slow ways to pay, declines, pages that close, and things that are none of ours', async () => {
  const made = await newOrder();
  const session = await sessionOf(made.order);
  await tell({ ...session, status: 'complete', payment_status: 'unpaid' });
  await deliver(
    fake.event('payment_intent.payment_failed', {
      object: 'payment_intent',
      id: 'pi_x',
      amount: session.amount_total,
      currency: 'vnd',
      metadata: session.metadata,
    }),
  );
  assert.deepEqual([(await orderOf(made)).status, (await orderOf(made)).payment.status], ['pending', 'declined']);
  assert.equal(await open(made.order), session.url, 'a declined card may be followed by another on the same page');
  session.status = 'expired';
  await tell(session, 'checkout.session.expired');
  const next = await sessionOf(made.order);
  assert.notEqual(next.id, session.id);
  assert.equal(fake.calls.at(-1).key, `payment-${paymentOf(made.order)}-2`, 'a new attempt has a new key');
  await deliver(fake.event('customer.created', { id: 'cus_1' }));
  await deliver(
    fake.event('checkout.session.completed', { ...session, payment_status: 'paid', payment_intent: 'pi_of_somebody', metadata: {} }),
  );
  const { body } = await boss.get('/payments/events', { query: { limit: 5 }, expect: 200 });
  assert.deepEqual([body.events[0].outcome, body.events[0].payload.data.object.payment_intent], ['unknown_payment', 'pi_of_somebody']);
  await made.user.api.get('/payments/events', { expect: 403 });
  fake.pay(next.id);
  await tell(next, 'checkout.session.async_payment_succeeded');
  assert.equal((await orderOf(made)).status, 'paid');
  assert.deepEqual(outcomes(made.order), ['unknown_type', 'declined', 'attempt_ended', 'paid']);
  stack.checkInvariants();
});

test('Stripe is slow, away, busy, or its answer is lost: one page in the end, with the same key', async () => {
  const { order } = await newOrder();
  for (const fault of [{ drop: true }, { before: true }, { status: 500 }, { status: 429 }, { status: 409 }, { delay: 300 }]) {
    const show = await createShow({}, stack.api);
    fake.faults.push({ path: '/v1/checkout/sessions', ...fault });
    const made = await newOrder({ show });
    const session = await sessionOf(made.order);
    const calls = fake.calls.filter(({ form }) => form.metadata?.order_id === made.order.id);
    assert.equal(calls.length, fault.delay ? 1 : 2, JSON.stringify(fault));
    assert.equal(new Set(calls.map(({ key }) => key)).size, 1);
    assert.equal([...fake.sessions.values()].filter(({ metadata }) => metadata.order_id === made.order.id).length, 1);
    assert.equal(session.metadata.order_id, made.order.id);
  }
  assert.ok(order);
  // Refused: the order stands all the same, and the way to the page asks under a new number.
  fake.faults.push(...[1, 2].map(() => ({ path: '/v1/checkout/sessions', status: 400 })));
  const refused = await newOrder();
  assert.equal(refused.order.status, 'pending');
  await open(refused.order);
  assert.equal(fake.calls.at(-1).key, `payment-${paymentOf(refused.order)}-3`);
});

test('a payment that Stripe refuses whatever is asked is told as refused, not as a database that is away', async () => {
  fake.faults.push(...[1, 2, 3, 4].map(() => ({ path: '/v1/checkout/sessions', status: 400 })));
  const { order } = await newOrder();
  assert.equal((await stack.api.get(order.payment.url, { expect: 409 })).code, 'PAYMENT_REFUSED');
  await open(order); // Stripe has changed its mind
});

test('a cancelled order closes its page; when the money was faster, the seats are taken again or the money goes back', async () => {
  const closed = await newOrder();
  const session = await sessionOf(closed.order);
  await closed.user.api.post(`/orders/${closed.order.id}/cancel`, undefined, { expect: 200 });
  await until(() => session.status === 'expired', { what: 'the page closed' });
  await stack.api.get(closed.order.payment.url, { expect: 409 });

  const late = await newOrder();
  const paid = await sessionOf(late.order);
  fake.pay(paid.id); // its event never comes
  await late.user.api.post(`/orders/${late.order.id}/cancel`, undefined, { expect: 200 });
  await until(async () => (await orderOf(late)).status === 'paid', { what: 'the late payment found by asking' });
  assert.match((await orderOf(late)).note, /taken again/);

  const beaten = await newOrder();
  const money = await sessionOf(beaten.order);
  fake.faults.push({ path: `/v1/checkout/sessions/${money.id}`, delay: 1500 });
  fake.pay(money.id);
  await beaten.user.api.post(`/orders/${beaten.order.id}/cancel`, undefined, { expect: 200 });
  await hold(await registerUser({ api: stack.api }), beaten.show, ['A2']);
  await until(() => [...fake.refunds.values()].some((one) => one.payment_intent === money.payment_intent), { what: 'the refund' });
  await tell(money); // the event comes after all
  await settled(beaten.order);
  assert.deepEqual([(await orderOf(beaten)).status, (await orderOf(beaten)).payment.status], ['cancelled', 'refunded']);
  assert.equal([...fake.refunds.values()].filter((one) => one.payment_intent === money.payment_intent).length, 1);
  stack.checkInvariants();
});

test('paid on two pages: the second payment goes back', async () => {
  const made = await newOrder();
  const first = await sessionOf(made.order);
  await tell({ ...first, status: 'expired' }, 'checkout.session.expired'); // it says so, and takes money all the same
  const second = await sessionOf(made.order);
  for (const session of [first, second]) {
    fake.pay(session.id);
    await tell(session);
    await tell(session);
  }
  await settled(made.order);
  assert.equal((await orderOf(made)).status, 'paid');
  assert.deepEqual(
    [...fake.refunds.values()].filter(({ metadata }) => metadata.order_id === made.order.id).map((one) => [one.payment_intent, one.amount]),
    [[second.payment_intent, second.amount_total]],
  );
  stack.checkInvariants();
});

test('refunds: in part, the rest, once each however often the answer is lost', async () => {
  const made = await bought({ seats: ['A1', 'C1'] });
  const [first, last] = made.order.tickets;
  fake.faults.push({ path: '/v1/refunds', drop: true }, { path: '/v1/refunds', drop: true }, { path: '/v1/refunds', drop: true });
  const { body } = await refund(made.order, { tickets: [first.id] });
  assert.equal(body.status, 'partially_refunded');
  await settled(made.order);
  assert.equal((await refund(made.order, undefined)).body.status, 'refunded');
  await settled(made.order);
  const sent = [...fake.refunds.values()].filter(({ metadata }) => metadata.order_id === made.order.id);
  assert.deepEqual(sent.map(({ amount }) => amount), [first.price, last.price]);
  assert.deepEqual(await taken(made.show, stack.api), {});
  stack.checkInvariants();
});

test('a refund that Stripe refuses is kept for an admin, who has it tried again', async () => {
  const made = await bought();
  fake.faults.push({ path: '/v1/refunds', status: 400 });
  await refund(made.order, undefined);
  await settled(made.order, 'failed');
  assert.deepEqual([(await orderOf(made)).status, (await orderOf(made)).refunds.map(({ status }) => status)], ['refunded', ['failed']]);
  assert.deepEqual(
    stack.sql(`SELECT 1 FROM outbox WHERE type = 'order.refunded' AND key = '${made.order.id}'`),
    [],
    'nobody is told that money was sent',
  );
  const owed = (await boss.get('/refunds', { query: { status: 'failed' }, expect: 200 })).body.refunds.find(
    ({ orderId }) => orderId === made.order.id,
  );
  assert.ok(owed.error);
  await refund(made.order, undefined);
  await settled(made.order);
  const keys = fake.calls
    .filter(({ form, method }) => method === 'POST' && form.payment_intent === made.session.payment_intent)
    .map(({ key }) => key);
  assert.equal(new Set(keys).size, 2);
  const [one] = [...fake.refunds.values()].filter(({ metadata }) => metadata.order_id === made.order.id);
  await deliver(fake.event('refund.updated', one));
  await deliver(fake.event('refund.failed', { ...one, status: 'failed' })); // the bank sent it back
  await settled(made.order, 'failed');
  assert.deepEqual(
    stack.sql(
      `SELECT detail->>'was', detail->>'becomes' FROM audit_log
          WHERE action LIKE 'refund.%' AND subject = 'refund ${one.metadata.refund_id}' ORDER BY id`,
    ),
    [
      ['new', 'pending'],
      ['pending', 'failed'],
      ['failed', 'pending'],
      ['pending', 'succeeded'],
      ['succeeded', 'failed'],
    ],
  );
  stack.checkInvariants();
});

test('a part whose refund Stripe refused is tried again while the order still has live tickets', async () => {
  const made = await bought();
  const body = { tickets: [made.order.tickets[0].id] };
  fake.faults.push({ path: '/v1/refunds', status: 400 });
  await refund(made.order, body);
  await settled(made.order, 'failed');
  assert.equal((await refund(made.order, body)).body.status, 'partially_refunded');
  await settled(made.order);
  assert.equal(stack.sql(`SELECT count(*) FROM outbox WHERE type = 'order.refunded' AND key = '${made.order.id}'`)[0][0], '1');
  stack.checkInvariants();
});

test('what Stripe cannot express is neither sold nor void: a price at checkout, a refund before anything changes', async () => {
  for (const [currency, price] of [['KWD', 12_345], ['MGA', 750]]) {
    const refused = await boss.post(
      `/events/${(await createEvent({}, stack.api)).id}/shows`,
      { startsAt: inDays(30), seatMapId: 'm1', currency, priceTiers: { VIP: price } },
      { expect: 422 },
    );
    assert.deepEqual(refused.body.errors.map(({ path }) => path), ['priceTiers.VIP'], 'told when the show is saved');
    assert.match(refused.body.errors[0].message, new RegExp(`${price} ${currency}.*stripe`));
    const show = await createShow({ currency }, stack.api); // one of before, whose prices were not looked at
    stack.sql(`UPDATE shows SET price_tiers = '{"VIP": ${price}}' WHERE id = '${show.id}'`);
    const user = await registerUser({ api: stack.api });
    const two = await hold(user, show, ['A1', 'A2']); // their sum could be sent, and one of them could never go back
    const { body } = await user.api.post('/checkout', { holdId: two.holdId }, { expect: 422 });
    assert.deepEqual([body.code, body.errors.map(({ path }) => path)], ['VALIDATION_FAILED', ['holdId', 'holdId']]);
    assert.match(body.errors[1].message, new RegExp(`A2.*${price}.*${currency}`));
    assert.deepEqual(stack.sql(`SELECT count(*) FROM orders WHERE show_id = '${show.id}'`), [['0']]);
  }
  // An order of before: its prices were not looked at.
  const made = await bought({ currency: 'KWD', priceTiers: { VIP: 12_340 } });
  const [one, two] = made.order.tickets;
  stack.sql(`UPDATE tickets SET price = price + CASE WHEN id = '${one.id}' THEN 5 ELSE -5 END WHERE order_id = '${made.order.id}'`);
  const before = await orderOf(made);
  assert.equal((await refund(made.order, { tickets: [one.id] }, { expect: 409 })).code, 'AMOUNT_NOT_PAYABLE');
  assert.deepEqual(await orderOf(made), before);
  assert.deepEqual(stack.sql(`SELECT count(*) FROM refunds WHERE order_id = '${made.order.id}'`), [['0']]);
  assert.equal((await refund(made.order, { tickets: [one.id, two.id] })).body.status, 'refunded');
  await settled(made.order);
  stack.checkInvariants();
});

test('a price is judged when a show is saved: its own, the map\'s, the least that Stripe takes, and not when it stays', async () => {
  const event = await createEvent({}, stack.api);
  const save = (fields) => boss.post(`/events/${event.id}/shows`, { startsAt: inDays(30), seatMapId: 'm1', ...fields });
  const faults = ({ status, body }) => [status, body.errors?.map(({ path }) => path)];
  assert.deepEqual(faults(await save({ currency: 'EUR', priceTiers: { VIP: 49, A: 0 } })), [422, ['priceTiers.VIP']]);
  const made = await save({ currency: 'EUR', priceTiers: { VIP: 50, A: 0 } });
  assert.equal(made.status, 201);
  const patch = (body) => boss.send('PATCH', `/shows/${made.body.id}`, { body });
  assert.deepEqual(faults(await patch({ priceTiers: { VIP: 12_345 }, currency: 'KWD' })), [422, ['priceTiers.VIP']]);
  assert.deepEqual(faults(await patch({ currency: 'HUF' })), [422, ['priceTiers.VIP']], 'the same price in another currency');
  stack.sql(`UPDATE shows SET price_tiers = '{"VIP": 1, "A": 0}', updated_at = now() WHERE id = '${made.body.id}'`);
  assert.equal((await patch({ startsAt: inDays(31) })).status, 200, 'a show of before can be moved');
  assert.deepEqual(faults(await patch({ priceTiers: { VIP: 2 } })), [422, ['priceTiers.VIP']]);
  const user = await registerUser({ api: stack.api });
  const { body } = await user.api.post('/checkout', { holdId: (await hold(user, made.body, ['A1'])).holdId }, { expect: 422 });
  assert.match(body.errors[0].message, /cost 1 .*EUR.*takes 50 or more/);
});

test('everything asked of Stripe was as its reference says', () => {
  assert.deepEqual(fake.complaints, []);
  assert.ok(fake.calls.length > 30);
});
