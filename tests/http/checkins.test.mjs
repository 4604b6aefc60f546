// Check-in by the scanned text: in and out, refused and repeated, undone and counted.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { ticketsOf } from '../support/gate.mjs';
import { admin, buy, checkout, createShow, hold, inDays, registerUser, staff, unique } from '../support/world.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';

const scan = (who, body, expect = 200) => who.post('/checkins', body, { expect });
const byId = (who, id, body, expect = 200) => who.post(`/tickets/${id}/checkin`, body, { expect });
const rows = (id) =>
  sql(`SELECT outcome || coalesce('/' || code, ''), direction FROM checkins WHERE ticket_id = '${id}' ORDER BY server_time`).map((row) =>
    row.join(' '),
  );

async function bought(seats = ['A1'], fields = {}) {
  const [user, show] = [await registerUser(), await createShow(fields)];
  await buy(user, show, seats);
  const tickets = (await ticketsOf(user)).sort((a, b) => a.number - b.number);
  return { user, show, tickets, gate: await staff(), boss: await admin() };
}

test('the scanned text lets in once; after that it says when and where', async () => {
  const { show, tickets: [ticket], gate } = await bought();
  const { body } = await scan(gate, { qr: ticket.qr, gate: 'Cổng Bắc', showId: show.id });
  const { checkedInAt, ...rest } = body;
  assert.deepEqual(rest, { ticketId: ticket.id, seatId: 'A1', status: 'checked_in', alreadyCheckedIn: false, gate: 'Cổng Bắc' });
  assert.deepEqual((await scan(gate, { qr: ticket.qr, gate: 'South' })).body, { ...body, alreadyCheckedIn: true });
  assert.deepEqual((await byId(gate, ticket.id, { gate: 'South' })).body, { ...body, alreadyCheckedIn: true });
  assert.ok(Math.abs(Date.parse(checkedInAt) - Date.now()) < 60_000);
  const [who] = sql(
    `SELECT by_user IS NOT NULL, gate, device_time, server_time IS NOT NULL, digest ~ '^[0-9a-f]{64}$' FROM checkins
        WHERE ticket_id = '${ticket.id}' AND outcome = 'accepted'`,
  );
  assert.deepEqual(who, ['t', 'Cổng Bắc', '', 't', 't']);
});

test('a scanId makes a scan repeatable, whatever happened since', async () => {
  const { tickets: [one, other], gate, boss } = await bought(['A1', 'A2']);
  const scanId = unique('scan');
  const first = (await scan(gate, { qr: one.qr, gate: 'N', scanId })).body;
  assert.deepEqual((await scan(gate, { qr: one.qr, gate: 'N', scanId })).body, first);
  assert.equal((await scan(gate, { qr: one.qr, gate: 'S' })).body.alreadyCheckedIn, true);
  await boss.delete(`/tickets/${one.id}/checkin`, { expect: 204 });
  assert.deepEqual((await scan(gate, { qr: one.qr, gate: 'N', scanId })).body, first);
  assert.deepEqual((await byId(gate, one.id, { gate: 'N', scanId })).body, first); // the same scan, typed in
  for (const body of [{ qr: other.qr, scanId }, { qr: one.qr, scanId, direction: 'out' }, { qr: 'nonsense', scanId }]) {
    assert.equal((await scan(gate, body, 422)).code, 'SCAN_ID_REUSED');
  }
  const refused = unique('scan');
  assert.equal((await scan(gate, { qr: other.qr, showId: randomUUID(), scanId: refused }, 409)).code, 'WRONG_SHOW');
  assert.equal((await scan(gate, { qr: other.qr, scanId: refused }, 409)).code, 'WRONG_SHOW');
  const forged = unique('scan');
  for (let i = 0; i < 2; i += 1) assert.equal((await scan(gate, { qr: 'T1x', scanId: forged }, 422)).code, 'QR_INVALID');
  assert.deepEqual(sql(`SELECT count(*) FROM checkins WHERE scan_id IN ('${scanId}', '${refused}', '${forged}')`), [['3']]);
  checkInvariants();
});

test('one scanId from many connections at once is one scan', async () => {
  const { tickets: [ticket], gate } = await bought();
  const scanId = unique('scan');
  const answers = await Promise.all(Array.from({ length: 16 }, () => scan(gate, { qr: ticket.qr, gate: 'N', scanId })));
  for (const { body } of answers) assert.deepEqual(body, answers[0].body);
  assert.equal(answers[0].body.alreadyCheckedIn, false);
  assert.deepEqual(rows(ticket.id), ['accepted in']);
});

test('unpaid, void, of another show, at another time: refused with a reason', async () => {
  const { user, show, tickets: [ticket], gate, boss } = await bought();
  const refused = async (body, code, reason, id) => {
    const answer = id ? await byId(gate, id, body, [404, 409]) : await scan(gate, body, [409, 422]);
    assert.deepEqual([answer.code, answer.body.reason], [code, reason]);
    assert.ok(answer.body.detail.length > 10);
  };
  await refused({ qr: ticket.qr, showId: (await createShow()).id }, 'WRONG_SHOW', 'wrong_show');
  await refused({ qr: 'https://example.com' }, 'QR_INVALID', 'qr_malformed');
  await refused({ qr: ticket.qr.slice(0, 20) + (ticket.qr[20] === 'A' ? 'B' : 'A') + ticket.qr.slice(21) }, 'QR_INVALID', 'qr_forged');
  const pending = await checkout(user, await hold(user, show, ['B1']));
  await refused({}, 'TICKET_NOT_VALID', 'unpaid', pending.tickets[0].id);
  await user.api.post(`/orders/${pending.id}/cancel`, undefined, { expect: 200 });
  await refused({}, 'TICKET_NOT_VALID', 'void', pending.tickets[0].id);
  await refused({}, 'TICKET_NOT_FOUND', 'not_found', randomUUID());
  const { startsAt, seatMapId } = show;
  const opens = (fields) => boss.put(`/shows/${show.id}`, { startsAt, seatMapId, ...fields }, { expect: 200 });
  const { body } = await opens({ admissionStartAt: inDays(29), admissionEndAt: inDays(31) });
  assert.ok(body.admissionStartAt && body.admissionEndAt && body.reentry === false);
  await refused({ qr: ticket.qr }, 'ADMISSION_CLOSED', 'too_early');
  await refused({}, 'ADMISSION_CLOSED', 'too_early', ticket.id);
  await opens({ admissionEndAt: inDays(-1) });
  await refused({ qr: ticket.qr }, 'ADMISSION_CLOSED', 'too_late');
  await opens({ admissionStartAt: inDays(-1) });
  assert.equal((await scan(gate, { qr: ticket.qr })).body.alreadyCheckedIn, false);
  assert.deepEqual(
    (
      await boss.put(`/shows/${show.id}`, { startsAt, seatMapId, admissionStartAt: inDays(2), admissionEndAt: inDays(1) }, { expect: 422 })
    ).body.errors.map(({ path }) => path),
    ['admissionEndAt'],
  );
  checkInvariants();
});

test('out and in again, where the show allows it', async () => {
  const { show, tickets: [ticket], gate, boss } = await bought(['A1'], { reentry: true });
  assert.equal(show.reentry, true);
  const qr = ticket.qr;
  assert.equal((await scan(gate, { qr, direction: 'out' }, 409)).code, 'NOT_INSIDE');
  await scan(gate, { qr, gate: 'N' });
  const { checkedOutAt, ...out } = (await scan(gate, { qr, gate: 'S', direction: 'out' })).body;
  assert.deepEqual(out, { ticketId: ticket.id, seatId: 'A1', status: 'checked_in', direction: 'out', alreadyCheckedOut: false, gate: 'S' });
  assert.deepEqual((await scan(gate, { qr, gate: 'W', direction: 'out' })).body, { ...out, checkedOutAt, alreadyCheckedOut: true });
  const again = (await scan(gate, { qr, gate: 'E' })).body;
  assert.deepEqual([again.alreadyCheckedIn, again.reentry, again.gate], [false, true, 'E']);
  const twice = (await scan(gate, { qr, gate: 'N' })).body;
  assert.deepEqual([twice.alreadyCheckedIn, twice.reentry, twice.gate], [true, undefined, 'E']);
  await boss.put(`/shows/${show.id}`, { startsAt: show.startsAt, seatMapId: 'm1' }, { expect: 200 }); // reentry goes back to its default
  await scan(gate, { qr, direction: 'out' });
  assert.equal((await scan(gate, { qr }, 409)).code, 'REENTRY_NOT_ALLOWED');
  assert.deepEqual(rows(ticket.id), [
    'refused/not_inside out',
    'accepted in',
    'accepted out',
    'duplicate out',
    'accepted in',
    'duplicate in',
    'accepted out',
    'refused/no_reentry in',
  ]);
  checkInvariants();
});

test('an admin takes an entry back, once, and that is written down', async () => {
  const { user, tickets: [ticket], gate, boss } = await bought();
  const path = `/tickets/${ticket.id}/checkin`;
  assert.equal((await boss.delete(path, { expect: 404 })).code, 'CHECKIN_NOT_FOUND');
  await scan(gate, { qr: ticket.qr, gate: 'N' });
  await gate.delete(path, { expect: 403 });
  await user.api.delete(path, { expect: 403 });
  await client().delete(path, { expect: 401 });
  await boss.delete(path, { expect: 204 });
  assert.equal((await boss.delete(path, { expect: 404 })).code, 'CHECKIN_NOT_FOUND');
  assert.equal((await boss.delete(`/tickets/${randomUUID()}/checkin`, { expect: 404 })).code, 'TICKET_NOT_FOUND');
  const seen = (await user.api.get(`/tickets/${ticket.id}`, { expect: 200 })).body;
  assert.deepEqual([seen.status, seen.checkedInAt, seen.gate, seen.qr], ['valid', null, null, ticket.qr]);
  assert.deepEqual(sql(`SELECT action, actor IS NOT NULL, detail ->> 'gate' FROM audit_log WHERE subject = '${ticket.id}'`), [
    ['checkin.undone', 't', 'N'],
  ]);
  assert.equal((await scan(gate, { qr: ticket.qr })).body.alreadyCheckedIn, false);
  assert.deepEqual(rows(ticket.id), ['accepted in', 'undone in', 'accepted in']);
  checkInvariants();
});

test('the totals of a show, per gate and zone', async () => {
  const { user, show, tickets, gate, boss } = await bought(['A1', 'A2', 'C1', 'E1'], { reentry: true });
  await checkout(user, await hold(user, show, ['A5'])); // unpaid: does not count
  const at = (seat) => tickets.find(({ seatId }) => seatId === seat);
  for (const [seat, name] of [['A1', 'N'], ['A2', 'N'], ['C1', 'S']]) await scan(gate, { qr: at(seat).qr, gate: name });
  await scan(gate, { qr: at('A1').qr, gate: 'S' }); // duplicate
  await scan(gate, { qr: at('A2').qr, gate: 'S', direction: 'out' });
  await scan(gate, { qr: at('E1').qr, direction: 'out' }, 409);
  await boss.delete(`/tickets/${at('C1').id}/checkin`, { expect: 204 });
  const { body } = await gate.get(`/shows/${show.id}/checkins`, { expect: 200 });
  assert.deepEqual(body, {
    showId: show.id,
    tickets: 4,
    checkedIn: 2,
    inside: 1,
    gates: [
      { gate: 'N', entries: 2, exits: 0, duplicates: 0, refused: 0 },
      { gate: 'S', entries: 0, exits: 1, duplicates: 1, refused: 0 },
      { gate: null, entries: 0, exits: 0, duplicates: 0, refused: 1 },
    ],
    zones: [
      { zone: 'VIP', zoneName: 'VIP', tickets: 2, checkedIn: 2, inside: 1 },
      { zone: 'A', zoneName: 'A', tickets: 1, checkedIn: 0, inside: 0 },
      { zone: 'B', zoneName: 'B', tickets: 1, checkedIn: 0, inside: 0 },
    ],
  });
  await user.api.get(`/shows/${show.id}/checkins`, { expect: 403 });
  await client().get(`/shows/${show.id}/checkins`, { expect: 401 });
  assert.equal((await gate.get(`/shows/${randomUUID()}/checkins`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
});

test('only staff and admins scan, and bad input is told by field', async () => {
  const { user, show, tickets: [{ qr }], gate } = await bought();
  await scan(user.api, { qr }, 403);
  await scan(client(), { qr }, 401);
  await user.api.get('/checkins', { expect: 405 });
  const wrong = {
    qr: [null, 1, '', 'x'.repeat(4297), 'a\u0001'],
    gate: [null, 1, '', 'x'.repeat(65)],
    showId: [null, 'x'],
    scanId: [null, 1, '', 'x'.repeat(65)],
    direction: [null, 'IN', '', 'both'],
    surprise: [1],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { body } = await scan(gate, { qr, [name]: value }, 422);
      assert.deepEqual(body.errors?.map(({ path }) => path), [name], JSON.stringify(value));
    }
  }
  assert.deepEqual((await scan(gate, {}, 422)).body.errors.map(({ path }) => path), ['qr']);
  assert.equal(
    (await scan(gate, { qr, gate: 'x'.repeat(64), showId: show.id, scanId: unique('s').padEnd(64, 'x') })).body.alreadyCheckedIn,
    false,
  );
});
