// The evening itself: many gates on the same tickets, gates without a network, and codes that somebody made up.
import test from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { client } from '../support/client.mjs';
import { fullHouse, OfflineGate, openPack, pack, ticketsOf, untilAnswered, upload } from '../support/gate.mjs';
import { checkInvariants, sql, ticketctl } from '../support/stack.mjs';
import { admin, buy, checkout, createShow, hold, registerUser, sleep, staff, until } from '../support/world.mjs';

test('32 gates and the same 500 tickets: each has one first entry, and the rest say when and where that was', async () => {
  const { show, tickets } = await fullHouse(500);
  const gate = await staff();
  const entries = new Map(); // ticket → gate and time of each first entry heard of
  const told = []; // what the others heard
  const hear = (ticket, entered, name, at) =>
    entered ? entries.set(ticket, [...(entries.get(ticket) ?? []), `${name} ${at}`]) : told.push([ticket, `${name} ${at}`]);
  await Promise.all(Array.from({ length: 32 }, async (_, g) => {
    const name = `Gate ${g}`;
    const mine = tickets.map((_ticket, i) => tickets[(i * 7 + g * 131) % tickets.length]); // each in an order of its own
    for (const { qr } of mine.slice(0, 40)) {
      const scanId = randomUUID();
      const { body } = await untilAnswered(() =>
        gate.post('/checkins', { qr, gate: name, showId: show.id, scanId }, { expect: [200, 503] }),
      );
      hear(body.ticketId, !body.alreadyCheckedIn, body.gate, body.checkedInAt);
    }
    const scans = mine.slice(40).map(({ qr }) => ({ qr, scanId: randomUUID(), scannedAt: new Date().toISOString(), gate: name }));
    for (const one of await upload(gate, scans, { check: false })) {
      const { gate: where, scannedAt } = one.outcome === 'accepted' ? one : one.earlier;
      hear(one.ticketId, one.outcome === 'accepted', where, scannedAt);
    }
  }));
  assert.equal(entries.size, 500);
  for (const [ticket, list] of entries) assert.equal(list.length, 1, `${ticket} came in through ${list}`);
  assert.equal(told.length, 31 * 500);
  for (const [ticket, entry] of told) assert.equal(entry, entries.get(ticket)[0]);
  const { body } = await gate.get(`/shows/${show.id}/checkins`, { expect: 200 });
  assert.deepEqual([body.tickets, body.checkedIn, body.inside], [500, 500, 500]);
  assert.deepEqual([body.gates.length, body.gates.reduce((sum, { entries: n }) => sum + n, 0)], [32, 500]);
  assert.deepEqual(sql(`SELECT count(*) FROM checkins WHERE show_id = '${show.id}'`), [['16000']]);
  checkInvariants();
});

test('two gates without a network: they let in what is valid, and the upload tells the conflicts with both scans', async () => {
  const { user, show, tickets } = await fullHouse(30);
  const [who, boss] = [await staff(), await admin()];
  const other = await fullHouse(10);
  await who.post('/checkins', { qr: tickets[0].qr, gate: 'Main' }, { expect: 200 }); // before they went off
  const answer = await pack(who, show);
  const [north, south] = [new OfflineGate('North', answer), new OfflineGate('South', answer)];
  assert.equal(north.scan(tickets[0].qr), false, 'already inside');
  assert.equal(north.scan(other.tickets[0].qr), false, 'another show');
  assert.equal(north.scan('https://example.com'), false);
  for (const ticket of tickets.slice(1, 21)) assert.equal(north.scan(ticket.qr, new Date(Date.now() - 60_000)), true);
  assert.equal(north.scan(tickets[1].qr), false, 'one gate sees its own doubles');
  for (const ticket of tickets.slice(11, 30)) assert.equal(south.scan(ticket.qr), true); // ten of them are inside through the other gate
  const first = await upload(who, north.scans);
  assert.ok(first.every(({ outcome }) => outcome === 'accepted'));
  const second = await upload(who, south.scans);
  const conflicts = second.filter(({ outcome }) => outcome === 'duplicate');
  assert.equal(conflicts.length, 10);
  for (const conflict of conflicts) {
    const mine = south.scans.find(({ scanId }) => scanId === conflict.scanId);
    const theirs = first.find(({ ticketId }) => ticketId === conflict.ticketId);
    assert.deepEqual([conflict.gate, conflict.earlier.gate, conflict.earlier.scanId], [mine.gate, 'North', theirs.scanId]);
    assert.deepEqual([conflict.earlier.scannedAt, conflict.earlier.receivedAt], [theirs.scannedAt, theirs.receivedAt]);
    assert.equal(Date.parse(conflict.scannedAt), Math.floor(Date.parse(mine.scannedAt) / 1000) * 1000);
  }
  assert.deepEqual([await upload(who, north.scans), await upload(who, south.scans)], [first, second]);
  const fresh = new OfflineGate('East', await pack(who, show));
  assert.equal([...fresh.inside.values()].filter(Boolean).length, 30);
  assert.ok(tickets.every(({ qr }) => fresh.judge(qr) === 'inside'));
  assert.equal(
    (await user.api.get('/tickets', { query: { limit: 100 } })).body.tickets.filter(({ status }) => status === 'checked_in').length,
    30,
  );
  await boss.delete(`/tickets/${tickets[5].id}/checkin`, { expect: 204 });
  fresh.update(await pack(who, show, fresh.version));
  assert.equal(fresh.judge(tickets[5].qr), undefined);
  checkInvariants();
});

test('a pack tells only what has changed since the last one', async () => {
  const { user, show, tickets } = await fullHouse(20);
  const who = await staff();
  const full = await pack(who, show);
  const start = openPack(full);
  assert.deepEqual([start.since, start.void, start.checkedIn, start.valid, start.revisions], [null, [], [], [], []]);
  assert.deepEqual(start.keys, (await client().get('/tickets/keys', { expect: 200 })).body.keys);
  assert.deepEqual([start.show.id, start.show.startsAt, start.show.reentry], [show.id, show.startsAt, false]);
  await who.post('/checkins', { qr: tickets[0].qr, gate: 'N' }, { expect: 200 });
  const order = await checkout(user, await hold(user, show, [(await freeSeat(show))]));
  await user.api.post(`/orders/${order.id}/cancel`, undefined, { expect: 200 }); // had no code: is not told
  await user.api.post(`/tickets/${tickets[1].id}/transfer`, { email: 'friend@example.com' }, { expect: 201 });
  const next = openPack(await pack(who, show, start.version));
  assert.equal(next.since, start.version);
  assert.deepEqual(next.checkedIn.map(({ ticketId, gate, inside }) => [ticketId, gate, inside]), [[tickets[0].id, 'N', true]]);
  assert.deepEqual([next.void, next.valid, next.revisions], [[], [tickets[1].id], [{ ticketId: tickets[1].id, revision: 1 }]]);
  const quiet = await until(async () => { // other transactions of the whole server may still hold the version back
    const latest = openPack(await pack(who, show));
    const changes = openPack(await pack(who, show, latest.version));
    return changes.checkedIn.length + changes.valid.length === 0 && changes;
  }, { what: 'a pack without changes' });
  assert.deepEqual([quiet.void, quiet.checkedIn, quiet.valid, quiet.revisions], [[], [], [], []]);
  for (const since of ['x', '-1', '1.5', '9'.repeat(19), '9'.repeat(64), `${start.version} `]) {
    assert.equal(openPack(await pack(who, show, since)).since, null, since);
  }
  assert.equal(openPack(await pack(who, show)).checkedIn.length, 1);
});

test('refunded tickets are void at every gate', async () => {
  const { show, tickets } = await fullHouse(20);
  const [who, boss] = [await staff(), await admin()];
  const gate = new OfflineGate('N', await pack(who, show));
  const [first, second] = [tickets[0], tickets.find(({ orderId }) => orderId !== tickets[0].orderId)];
  await boss.post(`/orders/${first.orderId}/refund`, { tickets: [first.id] }, { expect: [200, 202] });
  await boss.post(`/orders/${second.orderId}/refund`, {}, { expect: [200, 202] });
  gate.update(await pack(who, show, gate.version));
  const gone = tickets.filter(({ id, orderId }) => id === first.id || orderId === second.orderId);
  assert.equal(gone.length, 11);
  for (const { id, qr } of gone) {
    assert.equal(gate.judge(qr), 'void', id);
    const { code, body } = await who.post('/checkins', { qr }, { expect: 409 });
    assert.deepEqual([code, body.reason], ['TICKET_NOT_VALID', 'void']);
  }
  assert.deepEqual(openPack(await pack(who, show)).void, gone.map(({ id }) => id).sort());
  // An upload is what happened: eleven people are inside on tickets that were given back.
  const uploaded = await upload(
    who,
    tickets.map(({ qr }) => ({ qr, scanId: randomUUID(), scannedAt: new Date().toISOString(), gate: 'N' })),
  );
  assert.deepEqual(uploaded.filter(({ flag }) => flag === 'void').map(({ ticketId }) => ticketId).sort(), gone.map(({ id }) => id).sort());
  assert.deepEqual(uploaded.filter(({ outcome }) => outcome !== 'accepted'), []);
  assert.equal((await who.get(`/shows/${show.id}/checkins`, { expect: 200 })).body.inside, 20);
  checkInvariants();
});

test('refunds and scans of the same tickets at once: each ticket is in or void', async () => {
  const { show, tickets } = await fullHouse(40);
  const [who, boss] = [await staff(), await admin()];
  const orders = [...new Set(tickets.map(({ orderId }) => orderId))];
  const scans = tickets.map(({ qr }) => ({ qr, scanId: randomUUID(), scannedAt: new Date().toISOString(), gate: 'N' }));
  const [results, ...refunds] = await Promise.all([
    upload(who, scans),
    ...orders.map((id) => boss.post(`/orders/${id}/refund`, {}, { expect: [200, 202, 409] })),
  ]);
  assert.ok(results.every(({ outcome, reason }) => outcome === 'accepted' || reason === 'void'));
  assert.equal(refunds.length, 4);
  const { void: gone } = openPack(await pack(who, show));
  for (const { outcome, ticketId } of results) if (outcome === 'refused') assert.ok(gone.includes(ticketId));
  checkInvariants();
});

test('changes that commit late are not missed by a gate that asks meanwhile', async () => {
  const { show, tickets } = await fullHouse(20);
  const who = await staff();
  const gate = new OfflineGate('N', await pack(who, show));
  const scanning = Promise.all(
    tickets.map(({ qr }, i) => sleep(i * 10).then(() => who.post('/checkins', { qr, gate: 'M' }, { expect: 200 }))),
  );
  let busy = true;
  scanning.finally(() => { busy = false; });
  while (busy) gate.update(await pack(who, show, gate.version));
  await scanning;
  gate.update(await pack(who, show, gate.version));
  assert.deepEqual(tickets.map(({ qr }) => gate.judge(qr)), tickets.map(() => 'inside'));
});

test('a pack somebody has changed is not believed', async () => {
  const { show } = await fullHouse(10);
  const answer = await pack(await staff(), show);
  for (const text of [
    answer.text.replace('"void":[]', `"void":["${randomUUID()}"]`),
    answer.text.replace('"reentry":false', '"reentry":true'),
  ]) {
    assert.notEqual(text, answer.text);
    assert.throws(() => openPack({ text, body: JSON.parse(text) }), /signature/);
  }
});

test('scans and packs of a show that is gone say so', async () => {
  for (const statement of [
    "UPDATE shows SET deleted_at = now() WHERE id = '%'",
    "UPDATE events SET deleted_at = now() WHERE id = (SELECT event_id FROM shows WHERE id = '%')",
  ]) {
    const {
      show,
      tickets: [a, b],
    } = await fullHouse(10);
    const who = await staff();
    assert.equal(openPack(await pack(who, show)).show.deleted, false);
    sql(statement.replace('%', show.id));
    assert.equal(openPack(await pack(who, show)).show.deleted, true);
    const { code, body } = await who.post('/checkins', { qr: a.qr }, { expect: 404 });
    assert.deepEqual([code, body.reason], ['SHOW_NOT_FOUND', 'show_deleted']);
    const [late] = await upload(who, [{ qr: b.qr, scanId: randomUUID(), scannedAt: new Date().toISOString(), gate: 'N' }]);
    assert.deepEqual([late.outcome, late.flag], ['accepted', 'show_deleted']); // a person is inside
    checkInvariants();
  }
});

test('only staff and admins get a pack', async () => {
  const [user, show, who] = [await registerUser(), await createShow(), await staff()];
  await user.api.get(`/shows/${show.id}/gate-pack`, { expect: 403 });
  await client().get(`/shows/${show.id}/gate-pack`, { expect: 401 });
  assert.equal((await who.get(`/shows/${randomUUID()}/gate-pack`, { expect: 404 })).code, 'SHOW_NOT_FOUND');
  await (await admin()).get(`/shows/${show.id}/gate-pack`, { expect: 200 });
  const { body } = await who.get(`/shows/${show.id}/gate-pack`, { query: { since: 'x'.repeat(65) }, expect: 422 });
  assert.deepEqual(body.errors.map(({ path }) => path), ['since']);
});

test('every forged variant of a code is refused, online and offline', async () => {
  const { show, tickets: [ticket, second] } = await fullHouse(10);
  const who = await staff();
  const gate = new OfflineGate('N', await pack(who, show));
  const { qr } = ticket;
  const forged = new Set();
  for (let i = 0; i < qr.length; i += 1) {
    for (const other of [
      'A',
      'B',
      'Z',
      'a',
      '0',
      '-',
      '_',
      '~',
      ' ',
      String.fromCharCode(qr.charCodeAt(i) ^ 1),
      String.fromCharCode(qr.charCodeAt(i) ^ 32),
    ]) {
      forged.add(qr.slice(0, i) + other + qr.slice(i + 1));
    }
    forged.add(qr.slice(0, i)).add(qr.slice(i)).add(qr.slice(0, i) + qr.slice(i + 1)).add(qr.slice(0, i) + qr[i] + qr.slice(i));
  }
  for (const text of [
    `${qr}=`,
    qr.toLowerCase(),
    qr.toUpperCase(),
    qr + qr,
    qr.slice(0, -86) + second.qr.slice(-86),
    second.qr.slice(0, -86) + qr.slice(-86),
  ])
    forged.add(text);
  const { privateKey } = generateKeyPairSync('ed25519');
  const resign = (head) => head + sign(null, Buffer.from(head), privateKey).toString('base64url');
  forged.add(resign(qr.slice(0, -86))).add(resign(`T1${'AAA'}${qr.slice(5, -86)}`));
  forged.delete(qr);
  forged.delete(second.qr);
  const texts = [...forged];
  assert.ok(texts.length > 1500);
  assert.deepEqual(texts.filter((text) => gate.judge(text) === undefined), []);
  const results = await upload(
    who,
    texts.map((text) => ({ qr: text, scanId: randomUUID(), scannedAt: new Date().toISOString(), gate: 'N' })),
  );
  assert.deepEqual(results.filter(({ code }) => code !== 'QR_INVALID'), []);
  for (const text of texts.filter((_, i) => i % 40 === 0)) {
    const { status, code } = await who.post('/checkins', { qr: text }, { expect: 422 });
    assert.ok(status === 422 && ['QR_INVALID', 'VALIDATION_FAILED'].includes(code), text);
  }
  assert.deepEqual(sql(`SELECT count(*) FROM checkins WHERE ticket_id IN ('${ticket.id}', '${second.id}')`), [['0']]);
  assert.equal((await who.post('/checkins', { qr, showId: (await createShow()).id }, { expect: 409 })).code, 'WRONG_SHOW');
  assert.equal((await who.post('/checkins', { qr }, { expect: 200 })).body.alreadyCheckedIn, false);
});

test('codes of a removed key are refused, those of an old key are not', async () => {
  const { user, show, tickets: [first] } = await fullHouse(10);
  const who = await staff();
  const keys = async () => (await client().get('/tickets/keys', { expect: 200 })).body.keys.map(({ kid }) => kid);
  const [old] = await keys();
  assert.equal(first.qr.slice(2, 5), old);
  assert.equal(ticketctl(['keys', 'rotate']).status, 0);
  await until(async () => (await keys())[0] !== old, { what: 'the new key' });
  const [now] = (await ticketsOf(user)).filter(({ id }) => id === first.id);
  assert.notEqual(now.qr, first.qr);
  const gate = new OfflineGate('N', await pack(who, show));
  assert.equal(gate.judge(first.qr), undefined);
  gate.inside.clear();
  assert.equal(gate.judge(now.qr), undefined);
  assert.equal((await who.post('/checkins', { qr: first.qr, showId: randomUUID() }, { expect: 409 })).code, 'WRONG_SHOW'); // genuine
  assert.equal(ticketctl(['keys', 'remove', old]).status, 0);
  await until(async () => !(await keys()).includes(old), { what: 'the old key to go' });
  const { body } = await who.post('/checkins', { qr: first.qr }, { expect: 422 });
  assert.deepEqual([body.code, body.reason], ['QR_INVALID', 'qr_unknown_key']);
  const strict = new OfflineGate('N', await pack(who, show));
  assert.deepEqual([strict.judge(first.qr), strict.judge(now.qr)], ['unknown key', undefined]);
  assert.equal((await who.post('/checkins', { qr: now.qr }, { expect: 200 })).body.alreadyCheckedIn, false);
});

async function freeSeat(show) {
  const { body } = await client().get(`/shows/${show.id}/availability`, { expect: 200 });
  return body.availability.find(({ state: seat }) => seat === 'available').seatId;
}

test('what is bought while a gate is offline is valid there at once', async () => {
  const { show } = await fullHouse(10);
  const gate = new OfflineGate('N', await pack(await staff(), show));
  const late = await registerUser();
  await buy(late, show, [await freeSeat(show)]);
  assert.equal(gate.scan((await ticketsOf(late))[0].qr), true);
});

test('a version of a lost timeline gives the whole pack', async () => {
  const { show } = await fullHouse(10);
  const who = await staff();
  const { version } = (await pack(who, show)).body.pack;
  const [origin, transaction] = version.split('-');
  assert.equal((await pack(who, show, version)).body.pack.since, version);
  for (const other of [transaction, `0123456789abcdef-${transaction}`, `${origin}-0${'9'.repeat(18)}`, `${origin}-`, `${version}x`, 'x']) {
    assert.equal((await pack(who, show, other)).body.pack.since, null, other);
  }
});
