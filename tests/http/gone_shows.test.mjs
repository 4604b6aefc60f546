// A show that is gone sells nothing: what is held of it can be neither extended nor checked out, and the answer says why.
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkInvariants, sql } from '../support/stack.mjs';
import { admin, checkout, createShow, hold, inDays, pay, registerUser, taken } from '../support/world.mjs';

const ways = [
  ['sales closed', 'SALES_CLOSED', 409, (id) => `UPDATE shows SET sales_end_at = now() - interval '1 s' WHERE id = '${id}'`],
  ['moved into the past', 'SALES_CLOSED', 409, (id) => `UPDATE shows SET starts_at = now() - interval '1 h' WHERE id = '${id}'`],
  ['show deleted', 'SHOW_NOT_FOUND', 404, (id) => `UPDATE shows SET deleted_at = now() WHERE id = '${id}'`],
  [
    'event deleted',
    'SHOW_NOT_FOUND',
    404,
    (id) => `UPDATE events SET deleted_at = now() WHERE id = (SELECT event_id FROM shows WHERE id = '${id}')`,
  ],
  [
    'event unpublished',
    'SHOW_NOT_FOUND',
    404,
    (id) => `UPDATE events SET published = false WHERE id = (SELECT event_id FROM shows WHERE id = '${id}')`,
  ],
];

for (const [name, code, status, statement] of ways) {
  test(`${name}: a hold taken before is not extended and not checked out`, async () => {
    const [user, show] = await Promise.all([registerUser(), createShow()]);
    const { holdId } = await hold(user, show, ['A1', 'A2']);
    sql(statement(show.id));
    const extended = await user.api.post(`/holds/${holdId}/extend`, undefined, { expect: status });
    assert.equal(extended.body.code, code);
    const ordered = await user.api.post('/checkout', { holdId }, { expect: status });
    assert.equal(ordered.body.code, code);
    assert.deepEqual(sql(`SELECT count(*)::int FROM orders WHERE show_id = '${show.id}'`).flat().map(Number), [0]);
    await user.api.delete(`/holds/${holdId}`, { expect: 204 });
  });
}

const lateWays = [
  ...ways.map(([name, code, , statement]) => [name, code.toLowerCase(), (show) => statement(show.id)]),
  ['another price', 'seats_changed', (show) => `UPDATE shows SET price_tiers = '{"VIP": 1}' WHERE id = '${show.id}'`],
  ['another currency', 'seats_changed', (show) => `UPDATE shows SET currency = 'USD' WHERE id = '${show.id}'`],
  ['a map without the seat', 'seats_changed', (show) => `WITH other AS (
      INSERT INTO seatmaps (id, version, name, template, seat_count)
      SELECT m.id || '-${show.id}', 1, m.name, replace(m.template::text, '"VIP"', '"SIDE"')::json, m.seat_count
      FROM seatmaps m JOIN shows s ON s.seatmap_id = m.id AND s.seatmap_version = m.version WHERE s.id = '${show.id}' RETURNING id)
    UPDATE shows SET seatmap_id = other.id, seatmap_version = 1, price_tiers = NULL FROM other WHERE shows.id = '${show.id}'`],
];

for (const [name, reason, statement] of lateWays) {
  test(`${name}: a late payment goes back, and says why`, async () => {
    const [user, show] = await Promise.all([registerUser(), createShow()]);
    const order = await checkout(user, await hold(user, show, ['A1']));
    await user.api.post(`/orders/${order.id}/cancel`, undefined, { expect: 200 });
    sql(statement(show));
    await pay(order);
    const { body } = await user.api.get(`/orders/${order.id}`, { expect: 200 });
    assert.deepEqual([body.status, body.payment.status, body.tickets[0].status], ['cancelled', 'refunded', 'void']);
    assert.match(body.note, /show .*(being refunded)/);
    assert.deepEqual(sql(`SELECT reason FROM refunds WHERE order_id = '${order.id}'`), [[`late payment: ${reason}`]]);
    checkInvariants();
  });
}

const edits = [
  ['an event that is unpublished', 'take place', (show) => [`/events/${show.eventId}`, { published: false }]],
  ['sales that are closed', 'sales of the show were closed', (show) => [`/shows/${show.id}`, { salesEndAt: inDays(-1) }]],
  ['sales that begin later', 'sales of the show were closed', (show) => [`/shows/${show.id}`, { salesStartAt: inDays(1) }]],
  ['a show that is moved into the past', 'sales of the show were closed', (show) => [`/shows/${show.id}`, { startsAt: inDays(-1) }]],
];

for (const [name, reason, edit] of edits) {
  test(`${name}: the order that waits for its payment is closed and says why, and money that comes all the same goes back`, async () => {
    const [user, show] = await Promise.all([registerUser(), createShow()]);
    const order = await checkout(user, await hold(user, show, ['A1', 'A2']));
    const [path, body] = edit(show);
    await (await admin()).send('PATCH', path, { body, expect: 200 });
    const closed = (await user.api.get(`/orders/${order.id}`, { expect: 200 })).body;
    assert.deepEqual([closed.status, closed.payment.status, closed.payment.url], ['cancelled', 'pending', undefined]);
    assert.match(closed.note, new RegExp(`${reason}.*cancelled before it was paid`));
    assert.deepEqual(sql(`SELECT DISTINCT state FROM seat_claims WHERE show_id = '${show.id}'`), [['released']]);
    checkInvariants();
    await pay(order);
    const late = (await user.api.get(`/orders/${order.id}`, { expect: 200 })).body;
    assert.deepEqual([late.status, late.payment.status], ['cancelled', 'refunded']);
    checkInvariants();
  });
}

test('a show that is edited and still on sale goes on being paid', async () => {
  const [user, show] = await Promise.all([registerUser(), createShow()]);
  const order = await checkout(user, await hold(user, show, ['A1']));
  const boss = await admin();
  await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: inDays(40), salesEndAt: inDays(39) }, expect: 200 });
  await boss.send('PATCH', `/events/${show.eventId}`, { body: { title: 'Another title' }, expect: 200 });
  await pay(order);
  assert.equal((await user.api.get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
  assert.deepEqual(await taken(show), { A1: 'sold' });
});
