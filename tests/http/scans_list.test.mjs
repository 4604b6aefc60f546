// The scans of a show as the desk reads them: those that a rule would have refused, with the scan before.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { fullHouse, ticketsOf, upload } from '../support/gate.mjs';
import { admin, registerUser, staff, unique } from '../support/world.mjs';

const at = (minutes) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
const scan = (ticket, minutes, gate, more = {}) => ({ qr: ticket.qr, scanId: unique('scan'), scannedAt: at(minutes), gate, ...more });

async function read(who, show, query) {
  const scans = [];
  let pages = 0;
  let cursor;
  do {
    const { body } = await who.get(`/shows/${show.id}/checkins/scans`, { query: { ...query, ...(cursor && { cursor }) }, expect: 200 });
    scans.push(...body.scans);
    pages += 1;
    cursor = body.nextCursor;
  } while (cursor);
  return { scans, pages };
}

test('what a rule would have refused is listed with the rule and the scan before', async () => {
  const { user, show, tickets } = await fullHouse(10);
  const [used, passed, refunded, fine] = tickets;
  const gate = await staff();
  const friend = await registerUser();
  const { claimCode } = (await user.api.post(`/tickets/${passed.id}/transfer`, { email: friend.email }, { expect: 201 })).body;
  await friend.api.post('/tickets/claim', { code: claimCode }, { expect: 200 });
  const [theirs] = await ticketsOf(friend);
  await (await admin()).post(`/orders/${refunded.orderId}/refund`, { tickets: [refunded.id] }, { expect: [200, 202] });
  const scans = [
    scan(used, 0, 'N'),
    scan(used, 1, 'N', { direction: 'out' }),
    scan(used, 2, 'S'),
    scan(theirs, 3, 'N'),
    scan(refunded, 4, 'S'),
    scan(fine, 5, 'S'),
    scan(fine, 6, 'N'),
    scan(passed, 7, 'W', { direction: 'out' }),
    scan(passed, 8, 'W'),
  ];
  await upload(gate, scans);
  const { scans: flagged } = await read(gate, show, { flagged: true });
  const told = flagged.map(({ scanId, flag, gate: name, earlier }) => [scanId, flag, name, earlier?.scanId ?? null]);
  assert.deepEqual(
    told.sort(),
    [
      [scans[2].scanId, 'no_reentry', 'S', scans[1].scanId],
      [scans[4].scanId, 'void', 'S', null],
      [scans[7].scanId, 'passed_on', 'W', scans[3].scanId],
      [scans[8].scanId, 'passed_on', 'W', scans[7].scanId],
    ].sort(),
  );
  const late = flagged.find(({ scanId }) => scanId === scans[4].scanId);
  assert.deepEqual(
    [late.outcome, late.direction, late.ticketId, late.seatId, late.scannedAt, late.reason],
    ['accepted', 'in', refunded.id, refunded.seatId, at(4), null],
  );
  const { scans: all } = await read(gate, show, {});
  assert.equal(all.length, scans.length);
  assert.equal(all.find(({ scanId }) => scanId === scans[6].scanId).outcome, 'duplicate');
  assert.ok(all.every((one, i) => i === 0 || one.receivedAt <= all[i - 1].receivedAt), 'the newest first');
  assert.equal((await read(gate, show, { flagged: false })).scans.length, scans.length - flagged.length);
});

test('the list has pages, for staff and admins, of shows that exist', async () => {
  const { show, tickets } = await fullHouse(10);
  const gate = await staff();
  const evening = (ticket, i) => [scan(ticket, i, 'N'), scan(ticket, i + 20, 'N', { direction: 'out' }), scan(ticket, i + 40, 'S')];
  await upload(gate, tickets.flatMap(evening));
  const { scans, pages } = await read(gate, show, { flagged: true, limit: 3 });
  assert.deepEqual([scans.length, pages, new Set(scans.map(({ id }) => id)).size], [10, 4, 10]);
  const path = `/shows/${show.id}/checkins/scans`;
  await (await admin()).get(path, { expect: 200 });
  await (await registerUser()).api.get(path, { expect: 403 });
  await client().get(path, { expect: 401 });
  for (const query of [{ flagged: 'maybe' }, { limit: 0 }, { cursor: 'x' }]) await gate.get(path, { query, expect: 422 });
  const nobody = '00000000-0000-4000-8000-000000000000';
  assert.equal((await gate.get(`/shows/${nobody}/checkins/scans`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
  const empty = await fullHouse(10);
  assert.deepEqual(await read(gate, empty.show, {}), { scans: [], pages: 1 });
});
