// What the desk looks for: an order by one search box, what is behind a seat, and who changed what.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkInvariants, sql } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser, staff, unique, until } from '../support/world.mjs';

const boss = await admin();
const find = async (q, more = '') =>
  (await boss.get(`/orders?q=${encodeURIComponent(q)}${more}`, { expect: 200 })).body.orders.map(({ id }) => id);
// The task has noted down all buyers: nothing is found one by one any more.
const noted = () =>
  until(
    () => {
      sql('DO $$ BEGIN WHILE note_buyers() LOOP END LOOP; END $$');
      const done = `(SELECT done_until FROM report_marks WHERE name = 'buyers')`;
      return sql(`SELECT NOT EXISTS (SELECT FROM orders WHERE created_at >= ${done})`)[0][0] === 't';
    },
    { timeout: 60_000, every: 500, what: 'all buyers to be noted down' },
  );

const word = `Kiều${randomUUID().slice(0, 6)}`;
const email = `${unique('søren')}@example.com`.replace('ø', 'o');
const buyer = await registerUser({ fullName: `Nguyễn Thị ${word}`, email });
const show = await createShow();
const order = await buy(buyer, show, ['B3']);
const other = await buy(await registerUser(), show, ['B4']);

for (const when of ['at once', 'later']) {
  test(`an order is found by its buyer, ${when}`, async () => {
    if (when === 'later') await noted();
    const plain = word.replace('ề', 'e').toLowerCase();
    const spelled = [word, plain, plain.toUpperCase(), `${plain} nguyen`, `thi ${plain}`, `ｋｉｅｕ${plain.slice(4)}`];
    for (const q of [...spelled, email, email.split('@')[0]])
      assert.deepEqual(await find(q), [order.id], q);
    assert.deepEqual(await find(`${plain} nobody`), []);
    assert.deepEqual(await find(`${plain}%`), []);
    assert.deepEqual(await find(plain, `&show=${randomUUID()}`), []);
    assert.deepEqual(await find(plain, '&status=cancelled'), []);
    assert.deepEqual(await find(plain, `&show=${show.id}&status=paid`), [order.id]);
  });
}

test('an order is found by its seat, code, payment and ticket', async () => {
  const [[payment]] = sql(`SELECT id FROM payments WHERE order_id = '${order.id}'`);
  for (const q of ['B3', 'b3', ' B3 ']) assert.deepEqual(await find(q, `&show=${show.id}`), [order.id], q);
  assert.ok((await find('B4', '&limit=100')).includes(other.id));
  for (const id of [order.id, payment, order.tickets[0].id])
    for (const q of [id, id.slice(0, 23), id.toUpperCase(), id.replaceAll('-', '').slice(0, 20)])
      assert.deepEqual(await find(q), [order.id], q);
  const charge = unique('ch');
  sql(`UPDATE payments SET charge = '${charge}' WHERE id = '${payment}'`);
  assert.deepEqual(await find(charge), [order.id]);
  const { body } = await boss.get(`/orders?q=${order.id}`, { expect: 200 });
  assert.deepEqual(body.orders[0].buyer, { id: buyer.id, name: `Nguyễn Thị ${word}`, email });
  for (const path of ['/orders', `/orders/${order.id}`]) assert.doesNotMatch((await buyer.api.get(path, { expect: 200 })).text, /"buyer"/);
});

test('pages of what is found, newest first', async () => {
  const name = unique('Pager');
  const user = await registerUser({ fullName: name });
  const wide = await createShow();
  const ids = [];
  for (const seat of ['A1', 'A2', 'A3', 'A4', 'A5']) ids.unshift((await checkout(user, await hold(user, wide, [seat]))).id);
  const seen = [];
  for (let cursor = ''; cursor !== null; ) {
    const { body } = await boss.get(`/orders?q=${name}&limit=2${cursor && `&cursor=${cursor}`}`, { expect: 200 });
    assert.ok(body.orders.length <= 2);
    seen.push(...body.orders.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  assert.deepEqual(seen, ids);
});

test('only admins search, and strange words find nothing', async () => {
  await buyer.api.get('/orders?q=anything', { expect: 403 });
  await (await staff()).get('/orders?q=anything', { expect: 403 });
  for (const q of ['%%', '__', "' OR 1=1 --", '\\\\', '💥💥', '\u202eabc', 'x'.repeat(100)]) {
    const { status, body } = await boss.get(`/orders?q=${encodeURIComponent(q)}`, { request: false });
    assert.ok(status === 422 || body.orders.length === 0, `${q}: ${status}`);
  }
  for (const q of ['x', 'x'.repeat(101), `ab&user=${buyer.id}`]) await boss.get(`/orders?q=${q}`, { expect: 422, request: false });
});

test('behind a seat: nobody, a hold, an order that waits, a ticket, and who had it before', async () => {
  const stage = await createShow();
  const look = async (seat) => (await boss.get(`/shows/${stage.id}/seats/${seat}`, { expect: 200 })).body;
  assert.deepEqual(await look('A1'), {
    showId: stage.id, seatId: 'A1', state: 'available', heldUntil: null, heldBy: null, ticket: null, earlier: [],
  });
  const stranger = await registerUser();
  const held = await hold(stranger, stage, ['A1']);
  const one = await look('A1');
  assert.deepEqual([one.state, one.heldBy, one.ticket], ['held', { id: stranger.id, name: null, email: null }, null]);
  assert.ok(Date.parse(one.heldUntil) > Date.now());
  const waiting = await checkout(stranger, held);
  const two = await look('A1');
  assert.deepEqual([two.state, two.ticket.orderId, two.ticket.ticketStatus], ['held', waiting.id, 'pending']);
  assert.equal(two.heldBy.name, 'Test Buyer');
  await stranger.api.post(`/orders/${waiting.id}/cancel`, undefined, { expect: 200 });
  const three = await look('A1');
  assert.deepEqual([three.state, three.ticket, three.earlier.map(({ orderId }) => orderId)], ['available', null, [waiting.id]]);
  const bought = await buy(buyer, stage, ['A1']);
  const four = await look('A1');
  assert.deepEqual([four.state, four.heldUntil, four.ticket.orderId, four.ticket.buyer.email], ['sold', null, bought.id, email]);
  assert.deepEqual(four.earlier.map(({ orderId, orderStatus }) => [orderId, orderStatus]), [[waiting.id, 'cancelled']]);
  await boss.get(`/shows/${stage.id}/seats/Z99`, { expect: 404 });
  await boss.get(`/shows/${randomUUID()}/seats/A1`, { expect: 404 });
  await buyer.api.get(`/shows/${stage.id}/seats/A1`, { expect: 403 });
  await (await staff()).get(`/shows/${stage.id}/seats/A1`, { expect: 403 });
  checkInvariants();
});

test('the audit log by object, person and time, a page at a time', async () => {
  const user = await registerUser();
  const paid = await buy(user, await createShow(), ['A1']);
  await boss.put(`/orders/${paid.id}/note`, { note: 'Called' }, { expect: 200 });
  await boss.post(`/orders/${paid.id}/refund`, {}, { expect: 200 });
  const { id: me } = (await boss.get('/auth/me')).body;
  const log = async (query) => (await boss.get(`/audit?${query}`, { expect: 200 })).body.entries;
  const object = encodeURIComponent(`order ${paid.id}`);
  const story = await log(`object=${object}`);
  for (const step of ['order.refunded', 'order.note', 'order.paid', 'order.pending'])
    assert.ok(story.some(({ action }) => action === step), step);
  const note = story.find(({ action }) => action === 'order.note');
  assert.deepEqual([note.actor, note.detail.after], [me, 'Called']);
  assert.equal(story.find(({ action }) => action === 'order.refunded').reason, 'refunded by an admin');
  assert.deepEqual(new Set((await log(`object=${object}&actor=${me}`)).map(({ actor }) => actor)), new Set([me]));
  const [[payment]] = sql(`SELECT id FROM payments WHERE order_id = '${paid.id}'`);
  const both = await log(`object=${object},${encodeURIComponent(`payment ${payment}`)}&limit=100`);
  assert.deepEqual(new Set(both.map(({ object: about }) => about.split(' ')[0])), new Set(['order', 'payment']));
  const seen = [];
  for (let cursor = ''; cursor !== null; ) {
    const { body } = await boss.get(`/audit?object=${object}&limit=2${cursor && `&cursor=${cursor}`}`, { expect: 200 });
    seen.push(...body.entries);
    cursor = body.nextCursor;
  }
  assert.deepEqual(seen, story);
  const middle = encodeURIComponent(note.at);
  assert.ok((await log(`object=${object}&to=${middle}`)).every(({ at }) => at < note.at));
  assert.ok((await log(`object=${object}&from=${middle}`)).some(({ action }) => action === 'order.note'));
  assert.ok((await log('limit=5')).length === 5 && (await log(`actor=${me}&limit=5`)).length > 0);
  await user.api.get('/audit', { expect: 403 });
  await (await staff()).get('/audit', { expect: 403 });
  for (const query of ['actor=me', 'from=yesterday', 'cursor=x', `object=${'x'.repeat(65)}`])
    await boss.get(`/audit?${query}`, { expect: 422, request: false });
});
