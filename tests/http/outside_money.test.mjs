// Money that goes back or is disputed without us, in Stripe's dashboard or by the buyer's bank: the order knows of it,
// and the show's policy decides on its tickets. On a stack of its own, with provider stripe.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { FakeStripe, SECRET_KEY } from '../support/fake_stripe.mjs';
import { ownStack } from '../support/own_stack.mjs';
import { admin, checkout, createShow, hold, registerUser, staff, taken, until } from '../support/world.mjs';

const SECRET = 'whsec_of_this_test';
let fake, stack, boss;

before(async () => {
  fake = await new FakeStripe(SECRET).listen();
  stack = await ownStack({
    PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: SECRET, STRIPE_API_BASE: fake.base,
  });
  boss = await admin(stack.api);
});
after(async () => {
  stack?.down();
  await fake?.close();
});

const deliver = (payload) => stack.api.send('POST', '/webhooks/payments/stripe', {
  raw: payload, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': fake.header(payload) }, expect: 200,
});
// Each event twice: Stripe sends at least once.
async function tell(type, object) {
  const payload = fake.event(type, { ...object });
  await deliver(payload);
  await deliver(payload);
}

async function order({ seats = ['A1', 'A2'], ...fields } = {}) {
  const show = await createShow(fields, stack.api);
  const user = await registerUser({ api: stack.api });
  const made = await checkout(user, await hold(user, show, seats));
  const { headers } = await stack.api.get(made.payment.url, { expect: 303 });
  const session = fake.sessions.get(headers.location.split('/').at(-1));
  fake.pay(session.id);
  return { show, user, session, id: made.id, total: made.total, tickets: made.tickets };
}
async function bought(fields) {
  const made = await order(fields);
  await tell('checkout.session.completed', made.session);
  return made;
}
const seen = async (made, api = boss) => (await api.get(`/orders/${made.id}`, { expect: 200 })).body;
const short = (body) => [body.status, body.payment.status, ...body.tickets.map(({ status }) => status)];
const told = (made) => Number(stack.sql(`SELECT count(*) FROM outbox WHERE type = 'order.refunded' AND key = '${made.id}'`)[0][0]);

test('a refund of all in the dashboard: the tickets are void, the seats free, the gate refuses, and admins see why', async () => {
  const made = await bought();
  const one = fake.refundInDashboard(made.session, made.session.amount_total);
  await tell('refund.created', one);
  await tell('charge.refunded', fake.charge(made.session));
  await tell('refund.updated', one);
  const body = await seen(made);
  assert.deepEqual(short(body), ['refunded', 'refunded', 'void', 'void']);
  assert.deepEqual(body.refunds.map(({ status, amount }) => [status, amount]), [['done', made.total]]);
  assert.deepEqual(
    body.outsideMoney.map(({ kind, reference, status, amount, refundId }) => [kind, reference, status, amount, refundId]),
    [
      ['refund', one.id, 'succeeded', made.total, body.refunds[0].id],
      ['charge', fake.charge(made.session).id, 'succeeded', made.total, null],
    ],
  );
  assert.equal((await seen(made, made.user.api)).outsideMoney, undefined, 'buyers do not see the desk\'s list');
  assert.equal(told(made), 1);
  assert.deepEqual(await taken(made.show, stack.api), {});
  const scan = await (await staff(stack.api)).post(`/tickets/${made.tickets[0].id}/checkin`, { gate: 'North' });
  assert.equal(scan.status, 409);
  const { body: list } = await boss.get('/payments/outside', { query: { limit: 1 }, expect: 200 });
  assert.deepEqual([list.outside.length, list.outside[0].orderId], [1, made.id]);
  const rest = (await boss.get('/payments/outside', { query: { cursor: list.nextCursor }, expect: 200 })).body.outside;
  assert.ok(rest.some(({ reference }) => reference === one.id));
  await made.user.api.get('/payments/outside', { expect: 403 });
  stack.checkInvariants();
});

test('only charge.refunded comes: the same, once', async () => {
  const made = await bought();
  fake.refundInDashboard(made.session, made.session.amount_total);
  await tell('charge.refunded', fake.charge(made.session));
  assert.deepEqual(short(await seen(made)), ['refunded', 'refunded', 'void', 'void']);
  assert.equal(told(made), 1);
  stack.checkInvariants();
});

test('a refund of ours is told of by its charge, too, and is none from outside', async () => {
  const made = await bought();
  await boss.post(`/orders/${made.id}/refund`, { tickets: [made.tickets[0].id] }, { expect: 200 });
  await until(async () => (await seen(made)).refunds[0].status === 'done', { what: 'our refund' });
  await tell('charge.refunded', fake.charge(made.session));
  assert.deepEqual(short(await seen(made)), ['partially_refunded', 'partially_refunded', 'void', 'valid']);
  const rest = fake.refundInDashboard(made.session, made.tickets[1].price);
  await tell('charge.refunded', fake.charge(made.session));
  await tell('refund.created', rest);
  const body = await seen(made);
  assert.deepEqual(short(body), ['refunded', 'refunded', 'void', 'void']);
  assert.equal(body.refunds.length, 2);
  stack.checkInvariants();
});

test('a part of the money decides nothing, and a show may keep its tickets', async () => {
  const part = await bought();
  await tell('refund.created', fake.refundInDashboard(part.session, 1000));
  assert.deepEqual(short(await seen(part)), ['paid', 'succeeded', 'valid', 'valid']);
  assert.equal((await seen(part)).outsideMoney[0].amount, 1000);
  const kept = await bought({ outsideRefund: 'keep' });
  assert.equal((await boss.get(`/shows/${kept.show.id}`, { expect: 200 })).body.outsideRefund, 'keep');
  await tell('refund.created', fake.refundInDashboard(kept.session, kept.session.amount_total));
  const body = await seen(kept);
  assert.deepEqual([...short(body), body.outsideMoney.length], ['paid', 'succeeded', 'valid', 'valid', 1]);
  stack.checkInvariants();
});

test('what went back outside is not given back once more', async () => {
  const part = await bought();
  await tell('refund.created', fake.refundInDashboard(part.session, 1000));
  const refused = await boss.post(`/orders/${part.id}/refund`, {}, { expect: 409 });
  assert.equal(refused.code, 'MONEY_WENT_OUTSIDE');
  assert.deepEqual(short(await seen(part)), ['paid', 'succeeded', 'valid', 'valid']);
  await tell('refund.created', fake.refundInDashboard(part.session, part.session.amount_total - 1000));
  assert.deepEqual(short(await seen(part)), ['refunded', 'refunded', 'void', 'void']);
  stack.checkInvariants();
});

test('the policy of a show is changed by PATCH, stays by PATCH, and goes back to its default by PUT', async () => {
  const show = await createShow({}, stack.api);
  assert.equal(show.outsideRefund, 'void');
  const patch = async (body) => (await boss.send('PATCH', `/shows/${show.id}`, { body, expect: 200 })).body.outsideRefund;
  assert.equal(await patch({ outsideRefund: 'keep' }), 'keep');
  assert.equal(await patch({ reentry: true }), 'keep');
  const put = await boss.send('PUT', `/shows/${show.id}`, { body: { startsAt: show.startsAt, seatMapId: 'm1' }, expect: 200 });
  assert.equal(put.body.outsideRefund, 'void');
  await boss.send('PATCH', `/shows/${show.id}`, { body: { outsideRefund: 'perhaps' }, expect: 422 });
});

test('a dispute is shown, leaves the tickets while it is open and when it is won, and counts as money gone when it is lost', async () => {
  const made = await bought();
  const first = fake.dispute(made.session);
  await tell('charge.dispute.created', first);
  assert.deepEqual((await seen(made)).outsideMoney.map(({ kind, status }) => [kind, status]), [['dispute', 'open']]);
  await tell('charge.dispute.closed', { ...first, status: 'won' });
  assert.deepEqual(short(await seen(made)), ['paid', 'succeeded', 'valid', 'valid']);
  const second = fake.dispute(made.session);
  await tell('charge.dispute.closed', { ...second, status: 'lost' }); // before it was told of as opened
  await tell('charge.dispute.created', second);
  const body = await seen(made);
  assert.deepEqual(short(body), ['refunded', 'refunded', 'void', 'void']);
  assert.deepEqual(body.outsideMoney.map(({ status }) => status), ['won', 'lost']);
  stack.checkInvariants();
});

test('a refund that is told of before its payment, and one of a payment that is none of ours', async () => {
  const made = await order();
  await tell('refund.created', fake.refundInDashboard(made.session, made.session.amount_total));
  assert.equal((await seen(made)).status, 'pending');
  await tell('checkout.session.completed', made.session);
  assert.deepEqual(short(await seen(made)), ['refunded', 'refunded', 'void', 'void']);
  const strange = fake.refundInDashboard({ payment_intent: 'pi_of_another_shop', currency: 'vnd' }, 5000);
  await tell('refund.created', strange);
  const { body } = await boss.get('/payments/events', { query: { limit: 1 }, expect: 200 });
  assert.deepEqual([body.events[0].outcome, body.events[0].payload.data.object.id], ['unknown_payment', strange.id]);
  const next = (await boss.get('/payments/events', { query: { limit: 1, cursor: body.nextCursor }, expect: 200 })).body;
  assert.notEqual(next.events[0].id, body.events[0].id, 'the list has pages');
  assert.equal(next.nextCursor, null);
  await boss.get('/payments/events', { query: { cursor: 'x' }, expect: 422 });
  stack.checkInvariants();
});

test('a refund that Stripe refused us and somebody made by hand is settled; one that the bank sends back is owed again', async () => {
  const made = await bought();
  fake.faults.push({ path: '/v1/refunds', status: 400 });
  await boss.post(`/orders/${made.id}/refund`, undefined, { expect: 200 });
  const refunds = async () => (await seen(made)).refunds.map(({ status }) => status);
  await until(async () => (await refunds())[0] === 'failed', { what: 'the refusal' });
  const one = fake.refundInDashboard(made.session, made.session.amount_total);
  await tell('refund.created', one);
  assert.deepEqual(await refunds(), ['done']);
  assert.equal(told(made), 1);
  one.status = 'failed';
  await tell('refund.failed', one);
  assert.deepEqual(await refunds(), ['failed']);
  stack.checkInvariants();
});

test('all was given back by hand while ours was under way, and only the charge tells of it: nothing is owed', async () => {
  const made = await bought();
  fake.faults.push({ path: '/v1/refunds', status: 400, delay: 1000 });
  await boss.post(`/orders/${made.id}/refund`, undefined, { expect: 200 });
  fake.refundInDashboard(made.session, made.session.amount_total);
  await tell('charge.refunded', fake.charge(made.session));
  await until(async () => (await seen(made)).refunds[0].status === 'done', { what: 'the refund of ours to be what was made by hand' });
  assert.equal(told(made), 1);
  assert.equal((await boss.post(`/orders/${made.id}/refund`, {}, { expect: 409 })).code, 'ORDER_NOT_PAID');
  stack.checkInvariants();
});

test('another policy is held against the money that is known, with event and mail; the way back makes nothing valid', async () => {
  const made = await bought({ outsideRefund: 'keep' });
  await tell('refund.created', fake.refundInDashboard(made.session, made.session.amount_total));
  const patch = (outsideRefund) => boss.send('PATCH', `/shows/${made.show.id}`, { body: { outsideRefund }, expect: 200 });
  assert.deepEqual(short(await seen(made)), ['paid', 'succeeded', 'valid', 'valid']);
  await patch('void');
  assert.deepEqual(short(await seen(made)), ['refunded', 'refunded', 'void', 'void']);
  assert.equal(told(made), 1);
  assert.deepEqual(await taken(made.show, stack.api), {});
  await patch('keep');
  await patch('void');
  assert.deepEqual(short(await seen(made)), ['refunded', 'refunded', 'void', 'void']);
  assert.equal(told(made), 1);
  stack.checkInvariants();
});

test('what Stripe has signed is kept and not asked for again, whatever it looks like', async () => {
  const made = await bought();
  const name = made.session.payment_intent;
  const refund = fake.refundInDashboard(made.session, 1000);
  const objects = [
    ['refund.created', { ...refund, id: '' }],
    ['refund.created', { ...refund, id: 'x'.repeat(300) }],
    ['refund.created', { ...refund, id: 'a\u0000b' }],
    ['refund.created', { ...refund, payment_intent: '' }],
    ['refund.created', { ...refund, payment_intent: { id: name } }],
    ['refund.created', { ...refund, currency: 'v1d' }],
    ['refund.created', { ...refund, amount: '1000' }],
    ['refund.updated', {}],
    ['charge.refunded', { id: '', payment_intent: '' }],
    ['charge.dispute.created', { id: 'dp_strange' }],
    ['checkout.session.completed', { ...made.session, id: '', payment_intent: '', metadata: null }],
    ['checkout.session.completed', []],
    ['refund.created', 'a text'],
  ];
  const events = objects.map(([type, object]) => fake.event(type, object));
  events.push(fake.event('refund.created', refund, { id: '' }), fake.event('refund.created', refund, { id: 7 }));
  events.push(fake.event('', refund), fake.event('refund.created', refund, { data: null }), '{}', '[]', '{"id":null,"type":{}}');
  const before = stack.sql('SELECT count(*) FROM payment_events')[0][0];
  for (const payload of events) {
    await deliver(payload);
    await deliver(payload);
  }
  assert.equal(stack.sql('SELECT count(*) FROM payment_events')[0][0] - before, events.length, 'each is kept once');
  const { body } = await boss.get('/payments/events', { query: { limit: events.length }, expect: 200 });
  const kept = body.events.map(({ payload }) => JSON.stringify(payload)).sort();
  assert.deepEqual(kept, events.map((payload) => JSON.stringify(JSON.parse(payload))).sort(), 'and shown to admins');
  assert.equal(body.events.filter(({ id }) => id.startsWith('unnamed_')).length, 5);
  assert.deepEqual(short(await seen(made)), ['paid', 'succeeded', 'valid', 'valid']);
  for (const raw of ['', '{', 'nonsense']) {
    await stack.api.send('POST', '/webhooks/payments/stripe', {
      raw, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': fake.header(raw) }, expect: 400,
    });
  }
  stack.checkInvariants();
});
