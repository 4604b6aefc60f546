// Tickets and the gate.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, registerUser, staff } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const api = client();
const scan = (who, id, body, options) => who.post(`/tickets/${id}/checkin`, body, options);
const ticketsOf = async (user) => (await user.api.get('/tickets', { query: { limit: 100 }, expect: 200 })).body.tickets;

test('a paid seat is a ticket that says where and when', async () => {
  const user = await registerUser();
  const event = await createEvent({ title: 'Đêm nhạc <b>&', venue: 'Mỹ Đình' });
  const show = await createShow({ eventId: event.id });
  const order = await buy(user, show, ['C2']);
  const [ticket] = await ticketsOf(user);
  assert.match(ticket.qr, /^T1[\w~-]{135,148}$/); // ticket_documents.test.mjs reads it
  assert.deepEqual(ticket, {
    id: order.tickets[0].id,
    orderId: order.id,
    show: { id: show.id, startsAt: show.startsAt, endsAt: null },
    event: { id: event.id, title: event.title, venue: event.venue },
    seatId: 'C2',
    zone: 'A',
    zoneName: 'A',
    row: 'C',
    number: 2,
    price: 800_000,
    currency: 'VND',
    status: 'valid',
    checkedInAt: null,
    gate: null,
    qr: ticket.qr,
  });
  assert.deepEqual((await user.api.get(`/tickets/${ticket.id}`, { expect: 200 })).body, ticket);
  sql(`UPDATE events SET deleted_at = now() WHERE id = '${event.id}'`); // as releases before could
  assert.deepEqual(await ticketsOf(user), [ticket]); // it was sold: it stays
});

test('tickets come newest first, in pages, and only paid ones', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const expected = [];
  for (let i = 1; i <= 3; i += 1) expected.unshift(...(await buy(user, show, [`A${i}`, `B${i}`])).tickets.map(({ id }) => id));
  const pending = await checkout(user, await hold(user, show, ['C1']));
  const cancelled = await checkout(user, await hold(user, show, ['C2']));
  await user.api.post(`/orders/${cancelled.id}/cancel`, undefined, { expect: 200 });
  const seen = [];
  let cursor;
  do {
    const { body } = await user.api.get('/tickets', { query: { limit: 2, ...(cursor && { cursor }) }, expect: 200 });
    seen.push(...body.tickets.map(({ id }) => id));
    cursor = body.nextCursor;
  } while (cursor);
  assert.deepEqual([...seen].sort(), [...expected].sort());
  assert.equal(seen.length, 6);
  for (const { tickets } of [pending, cancelled]) {
    assert.equal((await user.api.get(`/tickets/${tickets[0].id}`, { expect: 404 })).code, 'TICKET_NOT_FOUND');
  }
  for (const query of [{ limit: 0 }, { limit: 101 }, { limit: 'x' }, { cursor: 'x' }]) {
    const { body } = await user.api.get('/tickets', { query, expect: 422 });
    assert.deepEqual(body.errors.map(({ path }) => path), Object.keys(query));
  }
});

test('one sees one’s own tickets, staff any', async () => {
  const [user, other, gate] = [await registerUser(), await registerUser(), await staff()];
  const { tickets } = await buy(user, await createShow(), ['A1']);
  const path = `/tickets/${tickets[0].id}`;
  assert.equal((await other.api.get(path, { expect: 404 })).code, 'TICKET_NOT_FOUND');
  await api.get(path, { expect: 401 });
  await api.get('/tickets', { expect: 401 });
  for (const who of [gate, await admin()]) {
    assert.equal((await who.get(path, { expect: 200 })).body.seatId, 'A1');
  }
  assert.deepEqual(await ticketsOf(other), []);
  for (const bad of [randomUUID(), '1', `${tickets[0].id}0`]) {
    await gate.get(`/tickets/${bad}`, { expect: 404 });
    await scan(gate, bad, undefined, { expect: 404 });
  }
});

test('the first scan lets in, each further one says when and where that was', async () => {
  const [user, gate] = [await registerUser(), await staff()];
  const show = await createShow();
  const [{ id }] = (await buy(user, show, ['A1'])).tickets;
  const { body: first } = await scan(gate, id, { gate: 'Cổng Bắc', showId: show.id }, { expect: 200 });
  const { checkedInAt, ...rest } = first;
  assert.deepEqual(rest, { ticketId: id, seatId: 'A1', status: 'checked_in', alreadyCheckedIn: false, gate: 'Cổng Bắc' });
  assert.ok(Math.abs(Date.parse(checkedInAt) - Date.now()) < 60_000);
  for (const body of [undefined, {}, { gate: 'South' }, { gate: 'Cổng Bắc', showId: show.id }]) {
    assert.deepEqual((await scan(await admin(), id, body, { expect: 200 })).body, { ...first, alreadyCheckedIn: true });
  }
  const [ticket] = await ticketsOf(user);
  assert.deepEqual([ticket.status, ticket.checkedInAt, ticket.gate], ['checked_in', checkedInAt, 'Cổng Bắc']);
  assert.deepEqual(sql(`SELECT outcome, count(*) FROM checkins WHERE ticket_id = '${id}' GROUP BY 1 ORDER BY 1`), [
    ['accepted', '1'],
    ['duplicate', '4'],
  ]);
  checkInvariants();
});

test('a scan without a gate leaves it open', async () => {
  const [user, gate] = [await registerUser(), await staff()];
  const { tickets } = await buy(user, await createShow(), ['A1']);
  assert.equal((await scan(gate, tickets[0].id, undefined, { expect: 200 })).body.gate, null);
});

test('many gates at once: exactly one first entry', async () => {
  const [user, gate] = [await registerUser(), await staff()];
  const { tickets } = await buy(user, await createShow(), ['A1', 'A2']);
  for (const { id } of tickets) {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => scan(gate, id, { gate: `G${i}` }, { expect: 200 })));
    const first = answers.filter(({ body }) => !body.alreadyCheckedIn);
    assert.equal(first.length, 1);
    for (const { body } of answers) assert.equal(body.gate, first[0].body.gate);
  }
  checkInvariants();
});

test('what is not paid, void or for another show is refused', async () => {
  const [user, gate, show, other] = [await registerUser(), await staff(), await createShow(), await createShow()];
  const pending = await checkout(user, await hold(user, show, ['A1']));
  assert.equal((await scan(gate, pending.tickets[0].id, {}, { expect: 409 })).code, 'TICKET_NOT_VALID');
  await user.api.post(`/orders/${pending.id}/cancel`, undefined, { expect: 200 });
  assert.equal((await scan(gate, pending.tickets[0].id, {}, { expect: 409 })).code, 'TICKET_NOT_VALID');
  const [{ id }] = (await buy(user, show, ['A2'])).tickets;
  assert.equal((await scan(gate, id, { showId: other.id }, { expect: 409 })).code, 'WRONG_SHOW');
  assert.equal((await scan(gate, id, { showId: randomUUID() }, { expect: 409 })).code, 'WRONG_SHOW');
  assert.equal((await scan(gate, randomUUID(), {}, { expect: 404 })).code, 'TICKET_NOT_FOUND');
  assert.equal((await ticketsOf(user))[0].status, 'valid');
  assert.equal((await scan(gate, id, { showId: show.id }, { expect: 200 })).body.alreadyCheckedIn, false);
  checkInvariants();
});

test('only staff and admins scan', async () => {
  const user = await registerUser();
  const [{ id }] = (await buy(user, await createShow(), ['A1'])).tickets;
  assert.equal((await scan(user.api, id, {}, { expect: 403 })).code, 'FORBIDDEN');
  await scan(api, id, {}, { expect: 401 });
  await user.api.get(`/tickets/${id}/checkin`, { expect: 405 });
  assert.equal((await ticketsOf(user))[0].status, 'valid');
});

test('every field of a scan with wrong values and unknown ones', async () => {
  const [user, gate, show] = [await registerUser(), await staff(), await createShow()];
  const [{ id }] = (await buy(user, show, ['A1'])).tickets;
  const wrong = {
    gate: [null, 1, true, [], {}, '', 'x'.repeat(65), 'a\u0001b'],
    showId: [null, 1, true, [], {}, '', 'x', show.id.slice(1)],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { body } = await scan(gate, id, { [name]: value }, { expect: 422 });
      assert.deepEqual(body.errors.map(({ path }) => path), [name], JSON.stringify(value));
    }
  }
  const { body } = await scan(gate, id, { gate: 1, showId: 1, qr: 'x' }, { expect: 422 });
  assert.deepEqual(body.errors.map(({ path }) => path).sort(), ['gate', 'qr', 'showId']);
  const json = { 'Content-Type': 'application/json' };
  await gate.send('POST', `/tickets/${id}/checkin`, { raw: '{', headers: json, expect: 400 });
  await gate.send('POST', `/tickets/${id}/checkin`, { raw: '[]', headers: json, expect: 422 });
  await gate.send('POST', `/tickets/${id}/checkin`, { raw: 'gate=x', headers: { 'Content-Type': 'text/plain' }, expect: 415 });
  assert.equal((await ticketsOf(user))[0].status, 'valid');
  await scan(gate, id, { gate: 'x'.repeat(64) }, { expect: 200 });
});
