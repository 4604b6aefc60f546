// Payments: the page of provider `test`, and the signed events that settle them.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { buy, checkout, createEvent, createShow, hold, pay, registerUser, taken, unique } from '../support/world.mjs';
import { checkInvariants, setting, sql } from '../support/stack.mjs';

const api = client();
const now = () => Math.floor(Date.now() / 1000);
const secret = () => setting('PAYMENT_WEBHOOK_SECRET').split(',')[0];
const hmac = (text, key = secret()) => createHmac('sha256', key).update(text).digest('hex');
const signature = (raw, { at = now(), key } = {}) => `t=${at},v1=${hmac(`${at}.${raw}`, key)}`;
const paymentOf = (order) => order.payment.url.split('/').at(-1);
const statusOf = (id) => sql(`SELECT o.status, p.status FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.id = '${id}'`)[0];
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

async function newOrder(seats = ['A1'], show) {
  const user = await registerUser();
  const where = show ?? (await createShow());
  return { user, show: where, order: await checkout(user, await hold(user, where, seats)) };
}

function eventFor(order, fields = {}, data = {}) {
  return {
    id: unique('evt'), type: 'payment.succeeded', createdAt: new Date().toISOString(), ...fields,
    data: { paymentId: paymentOf(order), orderId: order.id, amount: order.total, currency: order.currency, ...data },
  };
}

// Sends an event (an object, or text as it is) as the provider does.
function deliver(event, { header, provider = 'test', ...options } = {}) {
  const raw = typeof event === 'string' ? event : JSON.stringify(event);
  const headers = { 'Content-Type': 'application/json', 'Ticketing-Signature': header ?? signature(raw) };
  if (header === null) delete headers['Ticketing-Signature'];
  return api.send('POST', `/webhooks/payments/${provider}`, { raw, headers, ...options });
}

const lapse = ({ id }) =>
  sql(`UPDATE orders SET expires_at = clock_timestamp() - interval '1 s' WHERE id = '${id}';
       UPDATE seat_claims SET expires_at = clock_timestamp() - interval '1 s', changed = pg_current_xact_id() WHERE order_id = '${id}'`);

test('paying makes the order paid and its seats sold', async () => {
  const { user, show, order } = await newOrder(['A1', 'A2']);
  const settled = await pay(order);
  assert.deepEqual(settled, { paymentId: paymentOf(order), orderId: order.id, outcome: 'succeeded', orderStatus: 'paid' });
  const { body } = await user.api.get(`/orders/${order.id}`, { expect: 200 });
  assert.deepEqual([body.status, body.note, body.payment], ['paid', null, { provider: 'test', status: 'succeeded' }]);
  assert.deepEqual(body.tickets.map(({ status }) => status), ['valid', 'valid']);
  assert.ok(Math.abs(Date.parse(body.paidAt) - Date.now()) < 60_000);
  assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
  assert.equal((await api.post(order.payment.url, undefined, { expect: 409 })).code, 'PAYMENT_NOT_PENDING');
  checkInvariants();
});

test('a declined payment leaves the order as it was; it may be tried again', async () => {
  const { user, show, order } = await newOrder();
  assert.equal((await pay(order, 'declined')).outcome, 'declined');
  const { body } = await user.api.get(`/orders/${order.id}`);
  assert.deepEqual([body.status, body.payment.status, body.payment.url], ['pending', 'declined', order.payment.url]);
  assert.deepEqual(await taken(show), { A1: 'held' });
  await pay(order, 'declined');
  assert.equal((await pay(order, 'succeeded')).orderStatus, 'paid');
  checkInvariants();
});

test('the page shows what is paid for, as text, with two buttons', async () => {
  const event = await createEvent({ title: `<script>alert("1")</script> & 'friends'` });
  const { order } = await newOrder(['A1'], await createShow({ eventId: event.id, currency: 'EUR', priceTiers: { VIP: 1205 } }));
  const { headers, text } = await api.get(order.payment.url, { expect: 200 });
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  assert.equal(headers['content-language'], 'en');
  assert.match(headers.vary, /Accept-Language/);
  assert.ok(!text.includes('<script'), text);
  assert.ok(text.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;friends&#39;'), text);
  assert.match(text, /<html lang="en">/);
  assert.match(text, /12\.05 EUR/);
  assert.match(text, /<form class="stack" method="post">/);
  assert.match(text, /<button class="button primary" type="submit" name="outcome" value="succeeded">Pay<\/button>/);
  assert.match(text, /<button class="button" type="submit" name="outcome" value="declined">Decline<\/button>/);
  const head = await api.send('HEAD', order.payment.url, { expect: 200 });
  assert.equal(head.bytes.length, 0);
});

test('the page speaks the language of its reader, with money and time as that is written', async () => {
  const event = await createEvent({ timeZone: 'Asia/Ho_Chi_Minh' });
  const startsAt = '2031-12-02T12:30:00Z';
  const show = await createShow({ eventId: event.id, startsAt, currency: 'USD', priceTiers: { VIP: 123456789, A: 1, B: 1 } });
  const { order } = await newOrder(['A1'], show);
  const page = async (language) => {
    const { headers, text } = await api.get(order.payment.url, { expect: 200, headers: { 'Accept-Language': language } });
    assert.match(text, new RegExp(`<html lang="${headers['content-language']}">`));
    return text;
  };
  const vietnamese = await page('vi-VN,vi;q=0.9,en;q=0.8');
  for (const part of ['lang="vi"', 'Thanh toán thử', '1.234.567,89 USD', '19:30 Thứ Ba, 2 tháng 12, 2031 (Asia/Ho_Chi_Minh, UTC+07:00)'])
    assert.ok(vietnamese.includes(part), `${part} in ${vietnamese}`);
  const english = await page('de, en;q=0.5');
  for (const part of ['lang="en"', '1,234,567.89 USD', 'Tuesday, 2 December 2031, 19:30 (Asia/Ho_Chi_Minh, UTC+07:00)'])
    assert.ok(english.includes(part), `${part} in ${english}`);
});

test('the buttons work as a browser sends them, and lead back to the page', async () => {
  const { user, order } = await newOrder();
  const press = (outcome) => api.send('POST', order.payment.url, { raw: `outcome=${outcome}`, headers: form, expect: 303, check: false });
  const page = async () => (await api.get(order.payment.url, { expect: 200 })).text;
  const { headers } = await press('declined');
  assert.equal(headers.location, `/api/payments/test/${paymentOf(order)}`);
  assert.match(await page(), /declined.*<form/s);
  await press('succeeded');
  assert.doesNotMatch(await page(), /<form/);
  assert.match(await page(), /Paid/);
  await press('succeeded'); // twice pressed, once paid
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.status, 'paid');
  assert.deepEqual(sql(`SELECT count(*) FROM payment_events WHERE payment_id = '${paymentOf(order)}'`), [['2']]);
});

test('what is sent to the page is checked', async () => {
  const { order } = await newOrder();
  const post = (raw, type, expect) => api.send('POST', order.payment.url, { raw, headers: { 'Content-Type': type }, expect });
  for (const outcome of [null, 1, true, [], {}, '', 'paid', 'SUCCEEDED']) {
    const { body } = await api.post(order.payment.url, { outcome }, { expect: 422 });
    assert.deepEqual(body.errors.map(({ path }) => path), ['outcome'], JSON.stringify(outcome));
  }
  assert.deepEqual((await api.post(order.payment.url, { amount: 1 }, { expect: 422 })).body.errors.map(({ path }) => path), ['amount']);
  await post('{', 'application/json', 400);
  await post('"x', 'application/json', 400);
  await post('[]', 'application/json', 422);
  await post('outcome=paid', form['Content-Type'], 422);
  await post('outcome=succeeded&x=1', form['Content-Type'], 422);
  await post('succeeded', 'text/plain', 415);
  await post('x'.repeat(1 << 20), 'application/json', 413);
  for (const id of [randomUUID(), order.id]) {
    assert.equal((await api.get(`/payments/test/${id}`, { expect: 404 })).code, 'PAYMENT_NOT_FOUND');
    assert.equal((await api.post(`/payments/test/${id}`, undefined, { expect: 404 })).code, 'PAYMENT_NOT_FOUND');
  }
  await api.get('/payments/test/1', { expect: 404 });
  await api.get(`/payments/other/${paymentOf(order)}`, { expect: 404 });
  await api.delete(order.payment.url, { expect: 405 });
  assert.deepEqual(statusOf(order.id), ['pending', 'pending']);
});

test('a signed event settles the payment, once', async () => {
  const { user, order } = await newOrder();
  const event = eventFor(order);
  for (let i = 0; i < 3; i += 1) {
    assert.deepEqual((await deliver(event, { expect: 200 })).body, { received: true });
  }
  await Promise.all(Array.from({ length: 8 }, () => deliver(event, { expect: 200 })));
  await deliver(eventFor(order), { expect: 200 }); // another event that says the same
  await deliver(eventFor(order, { type: 'payment.declined' }), { expect: 200 }); // overtaken by the success
  assert.equal((await user.api.get(`/orders/${order.id}`)).body.status, 'paid');
  assert.deepEqual(statusOf(order.id), ['paid', 'succeeded']);
  assert.deepEqual(sql(`SELECT outcome, count(*) FROM payment_events WHERE payment_id = '${paymentOf(order)}' GROUP BY 1 ORDER BY 1`),
    [['already_settled', '2'], ['paid', '1']]);
  checkInvariants();
});

test('many events of one payment at once: paid once', async () => {
  const { order } = await newOrder(['A1', 'A2']);
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      deliver(eventFor(order, { type: i % 3 ? 'payment.succeeded' : 'payment.declined' }), { expect: 200 }),
    ),
  );
  assert.deepEqual(statusOf(order.id), ['paid', 'succeeded']);
  assert.deepEqual(sql(`SELECT count(*) FROM payment_events WHERE payment_id = '${paymentOf(order)}' AND outcome = 'paid'`), [['1']]);
  checkInvariants();
});

test('an event whose signature is not right changes nothing', async () => {
  const { order } = await newOrder();
  const event = eventFor(order);
  const raw = JSON.stringify(event);
  const at = now();
  const right = hmac(`${at}.${raw}`);
  const flipped = right.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const wrong = [
    null, '', 'x', `t=${at}`, `v1=${right}`, `t=,v1=${right}`, `t=${at},v1=`, `t=${at},v1=${flipped}`, `t=${at},v1=${right.slice(1)}`,
    `t=${at},v1=${right}0`, `t=${at},v1=${right.toUpperCase().replace(/[^A-F]/g, 'A')}`, `t=${at},v0=${right}`, `t=${at + 1},v1=${right}`,
    `t=${at},t=${at},v1=${right}`, `t=-${at},v1=${right}`, `t= ${at},v1=${right}`, `t=${at}x,v1=${right}`, `t=${at}.0,v1=${right}`,
    `t=99999999999999999999,v1=${right}`, signature(raw, { key: 'x'.repeat(40) }), signature(raw, { key: '' || ' ' }),
    signature(raw, { at: at - 320 }), signature(raw, { at: at + 320 }), signature(raw, { at: 0 }), `t=${at},v1=${hmac(raw)}`,
    `t=${at},v1=${right}${',v0=x'.repeat(300)}`,
  ];
  for (const header of wrong) {
    assert.equal((await deliver(event, { header, expect: 400 })).code, 'SIGNATURE_INVALID', String(header));
  }
  const altered = JSON.stringify({ ...event, data: { ...event.data, amount: 1 } });
  for (const body of [altered, `${raw} `, raw.slice(0, -1), '', `${raw}\u0000`]) {
    assert.equal((await deliver(body, { header: `t=${at},v1=${right}`, expect: 400 })).code, 'SIGNATURE_INVALID');
  }
  assert.deepEqual(statusOf(order.id), ['pending', 'pending']);
  assert.deepEqual(sql(`SELECT count(*) FROM payment_events WHERE payment_id = '${paymentOf(order)}'`), [['0']]);
  // The same event still counts: within the tolerance, among signatures of other secrets and schemes.
  await deliver(event, { header: `t=${at - 280},v0=aa,v1=${flipped},v1=${hmac(`${at - 280}.${raw}`)}`, expect: 200 });
  assert.deepEqual(statusOf(order.id), ['paid', 'succeeded']);
});

test('signed, but not for us or not about anything known', async () => {
  const { order } = await newOrder();
  for (const provider of ['stripe', 'TEST', 'x']) {
    assert.equal((await deliver(eventFor(order), { provider, expect: 404 })).code, 'NOT_FOUND');
  }
  const ids = [];
  const harmless = async (event, outcome) => {
    ids.push(event.id);
    await deliver(event, { expect: 200 });
    assert.deepEqual(sql(`SELECT outcome FROM payment_events WHERE event_id = '${event.id}'`), [[outcome]]);
  };
  await harmless(eventFor(order, { type: 'payment.exploded' }), 'unknown_type');
  await harmless({ id: unique('evt'), type: 'ping' }, 'unknown_type');
  await harmless({ id: unique('evt'), type: 'ping', data: 5, more: [null] }, 'unknown_type');
  await harmless(eventFor(order, {}, { paymentId: randomUUID() }), 'unknown_payment');
  await harmless(eventFor(order, {}, { amount: order.total - 1 }), 'amount_mismatch');
  await harmless(eventFor(order, {}, { currency: 'EUR' }), 'amount_mismatch');
  assert.deepEqual(statusOf(order.id), ['pending', 'pending']);
  checkInvariants();
});

test('a signed body that is no event is refused and not stored', async () => {
  const { order } = await newOrder();
  for (const raw of ['', '{', 'x', `{"id":"a\u0000"}`, '{"id":"\\u0000","type":"ping"}', '['.repeat(5000), '{"id":1e999,"type":"ping"}']) {
    assert.equal((await deliver(raw, { expect: 400 })).code, 'INVALID_JSON', raw.slice(0, 40));
  }
  const right = eventFor(order);
  const wrong = [
    ['$', []], ['id', { ...right, id: undefined }], ['id', { ...right, id: 5 }], ['id', { ...right, id: '' }],
    ['id', { ...right, id: 'x'.repeat(256) }], ['type', { ...right, type: undefined }], ['type', { ...right, type: null }],
    ['type', { ...right, type: 'x'.repeat(256) }], ['data', { ...right, data: undefined }], ['data', { ...right, data: [] }],
    ['data.paymentId', eventFor(order, {}, { paymentId: 'x' })], ['data.paymentId', eventFor(order, {}, { paymentId: null })],
    ['data.amount', eventFor(order, {}, { amount: -1 })], ['data.amount', eventFor(order, {}, { amount: '5' })],
    ['data.amount', eventFor(order, {}, { amount: 1.5 })], ['data.currency', eventFor(order, {}, { currency: 'vnd' })],
    ['data.currency', eventFor(order, {}, { currency: 'VNDX' })], ['data.currency', eventFor(order, {}, { currency: undefined })],
  ];
  for (const [path, event] of wrong) {
    const { body } = await deliver(event, { expect: 422 });
    assert.deepEqual(body.errors.map((error) => error.path), [path], JSON.stringify(event));
  }
  await api.get('/webhooks/payments/test', { expect: 405 });
  await deliver('x'.repeat(1 << 20), { expect: 413 });
  assert.deepEqual(statusOf(order.id), ['pending', 'pending']);
  assert.deepEqual(sql(`SELECT count(*) FROM payment_events WHERE payment_id = '${paymentOf(order)}'`), [['0']]);
});

test('a payment that comes too late takes the same seats again when all are free', async () => {
  for (const end of ['expire', 'cancel']) {
    const { user, show, order } = await newOrder(['A1', 'A2']);
    if (end === 'expire') lapse(order);
    else await user.api.post(`/orders/${order.id}/cancel`, undefined, { expect: 200 });
    assert.match((await api.get(order.payment.url, { expect: 200 })).text, /time to pay is over.*<form/s);
    assert.deepEqual(await pay(order), { paymentId: paymentOf(order), orderId: order.id, outcome: 'succeeded', orderStatus: 'paid' });
    const { body } = await user.api.get(`/orders/${order.id}`);
    assert.equal(body.status, 'paid');
    assert.match(body.note, /after the order had ended/);
    assert.deepEqual(body.tickets.map(({ id, status }) => [id, status]).sort(), order.tickets.map(({ id }) => [id, 'valid']).sort());
    assert.deepEqual(await taken(show), { A1: 'sold', A2: 'sold' });
  }
  checkInvariants();
});

test('a payment that comes too late is refunded when a seat is taken', async () => {
  for (const rival of [(other, show) => hold(other, show, ['A2']), (other, show) => buy(other, show, ['A2'])]) {
    const { user, show, order } = await newOrder(['A1', 'A2']);
    lapse(order);
    await rival(await registerUser(), show);
    const before = await taken(show);
    assert.deepEqual(await pay(order), { paymentId: paymentOf(order), orderId: order.id, outcome: 'refunded', orderStatus: 'expired' });
    const { body } = await user.api.get(`/orders/${order.id}`);
    assert.deepEqual([body.status, body.payment.status], ['expired', 'refunded']);
    assert.match(body.note, /refunded/);
    assert.deepEqual(await taken(show), before);
    assert.deepEqual((await user.api.get('/tickets')).body.tickets, []);
    assert.deepEqual(sql(`SELECT amount, reason FROM refunds WHERE order_id = '${order.id}'`), [[String(order.total), 'late payment']]);
    assert.match((await api.get(order.payment.url)).text, /refunded/);
  }
  checkInvariants();
});

test('many buyers pay at once: the webhooks of all find a way through', async () => {
  const show = await createShow();
  const orders = await Promise.all(Array.from({ length: 24 }, async (_, i) => (await newOrder([`E${i + 1}`], show)).order));
  await Promise.all(orders.map(async (order) => {
    for (;;) {
      const { status } = await api.post(order.payment.url, undefined, { expect: [200, 503] });
      if (status === 200) return;
    }
  }));
  assert.equal(Object.values(await taken(show)).filter((state) => state === 'sold').length, 24);
  checkInvariants();
});
