// What an offline gate sends later: many scans in one upload, again and again, with one answer.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { fullHouse, upload } from '../support/gate.mjs';
import { killAndWait, residentBytes, responders } from '../support/processes.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';
import { registerUser, sleep, staff, unique } from '../support/world.mjs';

const minute = (n) => new Date(Date.now() - 3_600_000 + n * 60_000).toISOString();
const scan = (ticket, n, gate, more = {}) => ({ qr: ticket.qr, scanId: unique('scan'), scannedAt: minute(n), gate, ...more });
const memory = () => Math.max(...responders('checkout').map(residentBytes));

test('each scan has a result, in the order sent', async () => {
  const { show, tickets } = await fullHouse(10);
  const [a, b, c] = tickets;
  const gate = await staff();
  const scans = [
    scan(a, 0, 'N'),
    scan(b, 1, 'N'),
    scan(a, 2, 'S'),
    scan({ qr: 'WIFI:S:x\u0007;;' }, 3, 'S'),
    scan({ qr: '' }, 3, 'S'),
    scan({ qr: `${a.qr}A` }, 3, 'S'),
    scan(c, 4, 'S', { showId: randomUUID() }),
    scan(b, 5, 'S', { direction: 'out' }),
    scan(b, 6, 'S'),
    scan(c, 7, null),
  ];
  const results = await upload(gate, scans);
  assert.deepEqual(results.map(({ scanId }) => scanId), scans.map(({ scanId }) => scanId));
  assert.deepEqual(
    results.map(({ outcome, code, reason }) => [outcome, code, reason].filter(Boolean).join(' ')),
    [
      'accepted',
      'accepted',
      'duplicate',
      'refused QR_INVALID qr_malformed',
      'refused QR_INVALID qr_malformed',
      'refused QR_INVALID qr_forged',
      'refused WRONG_SHOW wrong_show',
      'accepted',
      'accepted',
      'accepted',
    ],
  );
  assert.equal(results[8].flag, 'no_reentry', 'the gate had let in: it happened');
  const second = (text) => text.replace(/\.\d+Z$/, 'Z');
  assert.deepEqual(
    { ...results[0], receivedAt: null },
    {
      scanId: scans[0].scanId,
      outcome: 'accepted',
      direction: 'in',
      ticketId: a.id,
      showId: show.id,
      seatId: a.seatId,
      gate: 'N',
      scannedAt: second(scans[0].scannedAt),
      receivedAt: null,
      reentry: false,
    },
  );
  const { receivedAt, ...earlier } = results[2].earlier;
  assert.deepEqual(earlier, { scanId: scans[0].scanId, gate: 'N', direction: 'in', scannedAt: second(scans[0].scannedAt) });
  assert.equal(results[2].scannedAt, second(scans[2].scannedAt));
  assert.deepEqual(sql(`SELECT checked_in_at = '${scans[0].scannedAt}', checked_in_gate FROM tickets WHERE id = '${a.id}'`), [['t', 'N']]);
  const online = (await gate.post('/checkins', { qr: a.qr, gate: 'W' }, { expect: 200 })).body;
  assert.deepEqual([online.alreadyCheckedIn, online.gate, online.checkedInAt], [true, 'N', second(scans[0].scannedAt)]);
  assert.deepEqual(await upload(gate, scans), results);
  assert.deepEqual(await upload(gate, [...scans].reverse()), [...results].reverse());
  checkInvariants();
});

test('what is no scan, or names no gate in one line, is refused alone', async () => {
  const { tickets: [a, b] } = await fullHouse(10);
  const results = await upload(await staff(), [scan(a, 0, 'N'), null, 7, 'x', [], scan(b, 1, 'N\nS'), scan(b, 2, 'N')]);
  assert.deepEqual(results.map(({ outcome, reason }) => reason ?? outcome), ['accepted', ...Array(5).fill('scan_invalid'), 'accepted']);
  assert.match(results[1].detail, /must be an object/);
  assert.match(results[5].detail, /^gate: /);
  checkInvariants();
});

test('a scanId twice in one upload', async () => {
  const { tickets: [a, b] } = await fullHouse(10);
  const gate = await staff();
  const one = scan(a, 0, 'N');
  const scans = [one, one, { ...scan(b, 1, 'N'), scanId: one.scanId }, { ...one, direction: 'out' }];
  const results = await upload(gate, scans);
  assert.deepEqual(results.map(({ outcome, code }) => code ?? outcome), ['accepted', 'accepted', 'SCAN_ID_REUSED', 'SCAN_ID_REUSED']);
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(await upload(gate, scans), results);
  assert.deepEqual(sql(`SELECT count(*) FROM checkins WHERE scan_id = '${one.scanId}'`), [['1']]);
  checkInvariants();
});

test('10,000 scans in one upload, twice, in bounded memory', async () => {
  const { show, tickets } = await fullHouse(500);
  const gate = await staff();
  const scans = Array.from({ length: 10_000 }, (_, i) => {
    const ticket = tickets[i % tickets.length];
    const qr = i % 20 === 19 ? ticket.qr.replace(/.{5}$/, 'AAAAA') : ticket.qr;
    return { qr, scanId: randomUUID(), scannedAt: minute(i / 1000), gate: `Gate ${i % 7}` };
  });
  const first = await upload(gate, scans);
  const before = memory();
  const count = (outcome) => first.filter((one) => one.outcome === outcome).length;
  const reachable = new Set(scans.filter((_, i) => i % 20 !== 19).map(({ qr }) => qr)).size;
  assert.deepEqual([count('accepted'), count('duplicate'), count('refused')], [reachable, 9500 - reachable, 500]);
  for (let i = 0; i < 2; i += 1) assert.deepEqual(await upload(gate, scans, { check: false }), first);
  const room = process.env.BUILD_TYPE === 'Release' ? 100 : 600; // MiB; a sanitizer keeps 256 MiB of freed memory and pads the rest
  assert.ok(memory() < before + room * 2 ** 20, `the responder grew from ${before} to ${memory()} bytes`);
  const { body } = await gate.get(`/shows/${show.id}/checkins`, { expect: 200 });
  assert.equal(body.checkedIn, reachable);
  assert.equal(body.gates.reduce((sum, { entries, duplicates }) => sum + entries + duplicates, 0), 9500);
  checkInvariants();
});

test('the same upload from two connections at once gets the same answers', async () => {
  const { tickets } = await fullHouse(20);
  const gate = await staff();
  const scans = Array.from({ length: 1200 }, (_, i) =>
    scan(i % 9 === 8 ? { qr: `no code ${i}` } : tickets[(i * 7) % 20], i / 60, `G${i % 3}`),
  );
  const [one, two, three] = await Promise.all([upload(gate, scans), upload(gate, scans), upload(gate, scans)]);
  assert.deepEqual(two, one);
  assert.deepEqual(three, one);
  checkInvariants();
});

test('bad uploads change nothing and name each fault', async () => {
  const { tickets: [a, b] } = await fullHouse(10);
  const [gate, user] = [await staff(), await registerUser()];
  const send = (scans, expect = 422) => gate.post('/checkins/batch', { scans }, { expect });
  const paths = ({ body }) => body.errors.map(({ path }) => path).sort();
  const good = scan(a, 0, 'N');
  for (const scans of [undefined, null, {}, 'x', []]) assert.match(paths(await send(scans))[0], /^scans/);
  assert.deepEqual(paths(await send(Array.from({ length: 10_001 }, () => good))), ['scans']);
  await gate.send('POST', '/checkins/batch', {
    raw: `{"scans":[],"x":"${'x'.repeat(9 << 20)}"}`,
    headers: { 'Content-Type': 'application/json' },
    expect: 413,
  });
  await user.api.post('/checkins/batch', { scans: [good] }, { expect: 403 });
  await client().post('/checkins/batch', { scans: [good] }, { expect: 401 });
  assert.deepEqual(sql(`SELECT count(*) FROM checkins WHERE ticket_id IN ('${a.id}', '${b.id}')`), [['0']]);
});

test('a body that would become a gigabyte of values is refused before it does', async () => {
  const gate = await staff();
  const [pid] = responders('checkout');
  const before = residentBytes(pid);
  for (const one of ['{},', '0,', '[],']) {
    const raw = `{"scans":[${one.repeat(Math.floor((7.9 * (1 << 20)) / one.length))}0]}`;
    const { body } = await gate.send('POST', '/checkins/batch', { raw, headers: { 'Content-Type': 'application/json' }, expect: 422 });
    assert.deepEqual(body.errors.map(({ path }) => path), ['$']);
  }
  assert.ok(residentBytes(pid) < before + (100 << 20));
});

test('kill -9 while scanning: sent again, each scan has the answer that was recorded', async () => {
  const { tickets } = await fullHouse(60);
  const gate = (await staff()).with({ keepAlive: false });
  const scans = tickets.map((ticket) => scan(ticket, 1, 'N'));
  const heard = new Map();
  const send = async (one, expect) => {
    const { status, body } = await gate.post('/checkins', { qr: one.qr, gate: one.gate, scanId: one.scanId }, { expect, check: false });
    if (status === 200) {
      if (heard.has(one.scanId)) assert.deepEqual(body, heard.get(one.scanId));
      heard.set(one.scanId, body);
    }
    return status;
  };
  const running = scans.map(async (one, i) => {
    await sleep(i * 20);
    return send(one, [200, 502, 503]).catch(() => 0); // the connection may break as well
  });
  for (let i = 0; i < 3; i += 1) {
    await sleep(150);
    await killAndWait('checkout');
  }
  await Promise.all(running);
  for (const one of scans) {
    for (let tries = 0; (await send(one, [200, 502, 503])) !== 200; tries += 1) {
      assert.ok(tries < 100, 'the responder does not come back');
      await sleep(100);
    }
    await send(one, 200);
  }
  for (const body of heard.values()) assert.equal(body.alreadyCheckedIn, false);
  assert.deepEqual(
    sql(`SELECT count(*), count(DISTINCT ticket_id) FROM checkins WHERE ticket_id IN (${tickets.map(({ id }) => `'${id}'`)})`),
    [['60', '60']],
  );
  checkInvariants();
});

test('scans are judged one by one: one that cannot be read holds up no other', async () => {
  const { tickets: [a, b, c, d] } = await fullHouse(10);
  const gate = await staff();
  const faulty = [
    { ...scan(b, 0, 'N'), gate: 'x'.repeat(65) },
    { ...scan(b, 0, 'N'), gate: '' },
    { ...scan(b, 0, 'N'), scannedAt: '2026-12-01T18:04:00' },
    { ...scan(b, 0, 'N'), qr: 7 },
  ];
  const results = await upload(gate, [
    scan({ qr: 'a\u0000b' }, 0, 'N'),
    scan({ qr: 'x\ud800' }, 0, 'N'),
    scan({ qr: '\udc00\ud83c\udfab' }, 0, 'N'),
    ...faulty,
    scan(a, 1, 'N'),
  ]);
  assert.deepEqual(
    results.map(({ outcome, reason }) => reason ?? outcome),
    ['qr_malformed', 'qr_malformed', 'qr_malformed', 'scan_invalid', 'scan_invalid', 'scan_invalid', 'scan_invalid', 'accepted'],
  );
  assert.match(results[5].detail, /^scannedAt: /);
  await gate.send('POST', '/checkins/batch', { raw: '{"scans":[', headers: { 'Content-Type': 'application/json' }, expect: 400 });
  // What hand scanners add.
  const typed = [`${c.qr}\n`, `\t ${c.qr}\r\n`, `\ufeff${c.qr}`, `]Q1${c.qr}\t`];
  assert.deepEqual(
    (
      await upload(
        gate,
        typed.map((qr) => scan({ qr }, 2, 'S')),
      )
    ).map(({ outcome }) => outcome),
    ['accepted', 'duplicate', 'duplicate', 'duplicate'],
  );
  const german = d.qr.replace(/[yzYZ_-]/g, (key) => ({ y: 'z', z: 'y', Y: 'Z', Z: 'Y', '-': 'ß', _: '?' })[key]);
  const french = d.qr.replace(
    /[aqzwAQZWmM0-9_-]/g,
    (key) =>
      ({ a: 'q', q: 'a', z: 'w', w: 'z', A: 'Q', Q: 'A', Z: 'W', W: 'Z', m: ',', M: '?', '-': ')', _: '°' })[key] ?? 'à&é"\'(-è_ç'[key],
  );
  for (const qr of [german, french]) {
    const { body } = await gate.post('/checkins', { qr, gate: 'S' }, { expect: 422 });
    assert.deepEqual([body.code, body.reason], ['QR_INVALID', 'qr_layout']);
  }
  checkInvariants();
});

test('a gate whose clock is an hour slow says when it sends', async () => {
  const { show, tickets: [a] } = await fullHouse(10, { admissionStartAt: new Date(Date.now() - 1_800_000).toISOString() });
  const gate = await staff();
  const slow = (ms) => new Date(Date.now() - 3_600_000 + ms).toISOString();
  const scans = [{ ...scan(a, 0, 'N'), scannedAt: slow(-60_000) }];
  const { body } = await gate.post('/checkins/batch', { scans, sentAt: slow(0) }, { expect: 200 });
  assert.deepEqual(body.results.map(({ outcome, flag }) => [outcome, flag]), [['accepted', undefined]]);
  assert.ok(Math.abs(Date.parse(body.results[0].scannedAt) - Date.now() + 60_000) < 30_000);
  assert.equal((await gate.get(`/shows/${show.id}/checkins`, { expect: 200 })).body.inside, 1);
});
