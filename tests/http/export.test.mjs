// Exports as CSV: what is in them, that no spreadsheet runs a name, and that a file which is not complete does not look so.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { join } from 'node:path';
import { BASE_URL } from '../support/client.mjs';
import { killAndWait, residentBytes, responders } from '../support/processes.mjs';
import { checkInvariants, root, sql } from '../support/stack.mjs';
import { admin, adminToken, buy, checkout, createEvent, createShow, hold, login, registerUser, staff, until } from '../support/world.mjs';

const boss = await admin();

// Rows as objects, read by Python's parser.
function parse(bytes, separator = ',') {
  const parser = join(root, 'tests/support/parse_csv.py');
  const run = spawnSync('python3', [parser, separator], { input: bytes, encoding: 'utf8', maxBuffer: 1 << 29 });
  assert.equal(run.status, 0, run.stderr);
  const [columns, ...rows] = JSON.parse(run.stdout);
  for (const row of rows) assert.equal(row.length, columns.length);
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))) };
}
const read = async (show, file, query = '') => parse((await boss.get(`/shows/${show.id}/${file}.csv${query}`, { expect: 200 })).bytes);

test('attendees and orders of a show, as the database has them', async () => {
  const event = await createEvent({ timeZone: 'Europe/Berlin' });
  const show = await createShow({ eventId: event.id });
  const [one, two] = [await registerUser({ fullName: 'Anna, "the" Buyer' }), await registerUser()];
  const [paid, other] = [await buy(one, show, ['A1', 'A2']), await buy(two, show, ['B1'])];
  const waiting = await checkout(two, await hold(two, show, ['C1']));
  await boss.post(`/orders/${paid.id}/refund`, { tickets: [paid.tickets[0].id] }, { expect: 200 });
  await (await staff()).post(`/tickets/${other.tickets[0].id}/checkin`, { gate: '=North' }, { expect: 200 });
  const { headers } = await boss.get(`/shows/${show.id}/attendees.csv`, { expect: 200 });
  assert.match(headers['content-disposition'], /^attachment; filename="attendees-\d{4}-\d\d-\d\d-[0-9a-f]{8}\.csv"$/);
  const { rows } = await read(show, 'attendees');
  assert.deepEqual(
    rows.map((row) => [row.seat, row.status, row.buyer_name, row.buyer_email, row.gate, row.inside, row.passed_on, row.time_zone]),
    [
      ['A2', 'valid', 'Anna, "the" Buyer', one.email, '', 'no', 'no', 'Europe/Berlin'],
      ['B1', 'checked_in', 'Test Buyer', two.email, "'=North", 'yes', 'no', 'Europe/Berlin'],
    ],
  );
  assert.deepEqual([rows[0].ticket_id, rows[0].order_id], [paid.tickets[1].id, paid.id]);
  assert.deepEqual([rows[0].price_minor, rows[0].currency], [String(paid.tickets[1].price), paid.currency]);
  assert.deepEqual((await read(show, 'attendees', '?notArrived=1')).rows.map(({ seat }) => seat), ['A2']);
  const orders = (await read(show, 'orders')).rows;
  assert.deepEqual(
    orders.map((row) => [row.order_id, row.status, row.tickets, row.seats, row.total_minor, row.refunded_minor]),
    [
      [paid.id, 'partially_refunded', '2', 'A1 A2', String(paid.total), String(paid.tickets[0].price)],
      [other.id, 'paid', '1', 'B1', String(other.total), '0'],
      [waiting.id, 'pending', '1', 'C1', String(waiting.total), '0'],
    ],
  );
  assert.deepEqual(sql(`SELECT count(*) FROM audit_log WHERE action = 'show.export' AND subject = 'show ${show.id}'`), [['4']]);
});

test('decimals, separators, a byte order mark, and columns that stay', async () => {
  const show = await createShow({ currency: 'EUR', seatMapId: 'm1' });
  const order = await buy(await registerUser({ fullName: 'Semi; Colon' }), show, ['A1']);
  const { bytes } = await boss.get(`/shows/${show.id}/attendees.csv?separator=%3B&bom=1`, { expect: 200 });
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const { columns, rows } = parse(bytes.subarray(3), ';');
  assert.equal(
    columns.join(),
    'ticket_id,order_id,seat,zone,zone_name,row,number,status,price,price_minor,currency,buyer_name,buyer_email,passed_on,paid_at,' +
      'checked_in_at,gate,inside,time_zone',
  );
  assert.deepEqual([rows[0].buyer_name, rows[0].price], ['Semi; Colon', (order.total / 100).toFixed(2)]);
  assert.equal(
    (await read(show, 'orders')).columns.join(),
    'order_id,status,created_at,paid_at,buyer_name,buyer_email,tickets,seats,total,total_minor,refunded,refunded_minor,currency,' +
      'payment_provider,payment_id,payment_status,note,admin_note,time_zone',
  );
  assert.equal((await read(await createShow(), 'attendees')).rows.length, 0);
});

test('no name becomes a formula or another row', async () => {
  const show = await createShow();
  const formulas = ['=1+1', '+84 90', '-1', '@SUM(A1)', '\t=1', '＝1', '=HYPERLINK("http://x","y")'];
  const names = [...formulas, '"', "'", 'a\r\nb,c', '<script>', '\u202eabc', '🎫'];
  const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'B1', 'B2', 'B3', 'B4'];
  const ids = [];
  for (const seat of seats) ids.push((await buy(await registerUser(), show, [seat])).id);
  names.forEach((name, i) => sql(`UPDATE orders SET buyer_name = $name$${name}$name$ WHERE id = '${ids[i]}'`));
  for (const query of ['', '?separator=%3B']) {
    const { bytes } = await boss.get(`/shows/${show.id}/attendees.csv${query}`, { expect: 200 });
    const found = parse(bytes, query ? ';' : ',').rows.map(({ buyer_name: name }) => name);
    assert.deepEqual(found, names.map((name) => (/^[=+\-@\t\r＝]/.test(name) ? `'${name}` : name)));
  }
  assert.deepEqual((await read(show, 'orders')).rows.map(({ buyer_name: name }) => name.replace(/^'(.)/, '$1')), names);
});

test('only admins, as long as they are', async () => {
  const show = await createShow();
  const user = await registerUser();
  for (const file of ['attendees', 'orders']) {
    const path = `/shows/${show.id}/${file}.csv`;
    await user.api.get(path, { expect: 403 });
    await (await staff()).get(path, { expect: 403 });
    await user.api.get(path, { expect: 401, token: null });
    await boss.get(`/shows/${randomUUID()}/${file}.csv`, { expect: 404 });
    for (const query of ['separator=x', 'bom=2', 'separator=%3B%3B'])
      await boss.get(`${path}?${query}`, { expect: 422, request: false });
    await boss.send('HEAD', path, { expect: 200, check: false });
  }
  const path = `/shows/${show.id}/attendees.csv`;
  await boss.put(`/auth/users/${user.id}/roles`, { roles: ['user', 'admin'] }, { expect: 200 });
  const { api } = await login(user.email, user.password);
  await api.get(path, { expect: 200 });
  await boss.put(`/auth/users/${user.id}/roles`, { roles: ['user'] }, { expect: 200 });
  assert.ok([401, 403].includes((await api.get(path)).status));
});

// A show of 200,000 tickets in 50,000 orders that no hold led to; gone afterwards.
const great = { id: randomUUID() };
const TICKETS = 200_000;
function build() {
  const [[event]] = sql('SELECT id FROM events WHERE deleted_at IS NULL LIMIT 1');
  sql(`INSERT INTO shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)
         SELECT '${great.id}', '${event}', id, version, now() + interval '9 days', 'EUR' FROM seatmaps WHERE id = 'm1' LIMIT 1;
       INSERT INTO holds (id, show_id, user_id, seats, state, created_at, expires_at)
         SELECT md5('${great.id}' || 'h' || i)::uuid, '${great.id}', md5('u' || i)::uuid, ARRAY['x'], 'consumed',
                now() - interval '2 h', now()
         FROM generate_series(1, ${TICKETS / 4}) i`);
  sql(`INSERT INTO orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, created_at, expires_at, paid_at)
         SELECT md5('${great.id}' || 'o' || i)::uuid, '${great.id}', md5('${great.id}' || 'h' || i)::uuid, md5('u' || i)::uuid,
                'guest' || i || '@example.com', '=Guest "' || i || '"', 'paid', 4000, 'EUR', now() - interval '1 h' + i * interval '1 ms',
                now(), now() - interval '1 h'
         FROM generate_series(1, ${TICKETS / 4}) i`);
  const part = TICKETS / 4;
  for (let first = 0; first < TICKETS; first += part)
    sql(`INSERT INTO tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status)
         SELECT md5('${great.id}' || 't' || i)::uuid, md5('${great.id}' || 'o' || (1 + i / 4))::uuid, '${great.id}',
                md5('u' || (1 + i / 4))::uuid, 'S-' || i, 'Z', 'R', i, 1000, 'valid'
         FROM generate_series(${first}, ${first + part - 1}) i`);
}
function remove() {
  for (const table of ['tickets', 'orders', 'holds', 'sales_sums']) sql(`DELETE FROM ${table} WHERE show_id = '${great.id}'`);
  sql(`DELETE FROM buyers WHERE email LIKE 'guest%@example.com' AND name LIKE '=Guest %';
       DELETE FROM shows WHERE id = '${great.id}'; ANALYZE tickets, orders`);
}

// Starts to read a file and stops after its first bytes. `rest()` reads on and resolves to {complete, length}.
async function begin(file, token) {
  const url = new URL(`/api/shows/${great.id}/${file}.csv`, BASE_URL);
  const answer = await new Promise((resolve, reject) =>
    http.get(url, { headers: { Authorization: `Bearer ${token}` }, agent: false }, resolve).on('error', reject),
  );
  const state = { status: answer.statusCode, headers: answer.headers, length: 0, close: () => answer.destroy() };
  answer.on('error', () => {});
  if (state.status === 200) {
    await new Promise((resolve) => answer.once('data', (bytes) => resolve((state.length += bytes.length))));
    answer.pause();
  } else answer.resume();
  const closed = new Promise((resolve) => answer.on('close', resolve));
  state.rest = async () => {
    answer.on('data', (bytes) => (state.length += bytes.length));
    answer.resume();
    await closed;
    return { complete: answer.complete, length: state.length };
  };
  return state;
}

test('200,000 tickets', async (t) => {
  build();
  t.after(remove);
  const token = await adminToken();

  await t.test('all of them, in memory that does not grow with them', async () => {
    const [pid] = responders('checkout');
    const warm = await begin('attendees', token);
    assert.equal((await warm.rest()).complete, true);
    const before = residentBytes(pid);
    const { bytes } = await boss.get(`/shows/${great.id}/attendees.csv`, { expect: 200 });
    const grown = residentBytes(pid) - before;
    // A sanitizer keeps what is freed for a while.
    if (process.env.BUILD_TYPE !== 'Sanitize') assert.ok(grown < 10 << 20, `${grown} bytes more`);
    const { rows } = parse(bytes);
    assert.equal(rows.length, TICKETS);
    assert.equal(new Set(rows.map(({ ticket_id: id }) => id)).size, TICKETS);
    const sample = sql(`SELECT id, order_id, seat_id, number FROM tickets WHERE show_id = '${great.id}' ORDER BY seat_id`);
    assert.deepEqual(rows.map((row) => [row.ticket_id, row.order_id, row.seat, row.number]), sample);
    assert.ok(rows.every((row) => row.buyer_name === `'=Guest "${1 + Math.floor(row.number / 4)}"` && row.price === '10.00'));
    const orders = (await read(great, 'orders')).rows;
    assert.deepEqual([orders.length, orders[7].order_id, orders[7].tickets], [
      TICKETS / 4, sql(`SELECT md5('${great.id}o8')::uuid`)[0][0], '4',
    ]);
  });

  await t.test('slow readers hold no thread; four are enough', async () => {
    const slow = [];
    for (let i = 0; i < 4; i++) slow.push(await begin('attendees', token));
    const fifth = await begin('orders', token);
    assert.deepEqual([fifth.status, fifth.headers['retry-after']], [503, '10']);
    await Promise.all(Array.from({ length: 50 }, () => boss.get('/orders?status=paid&limit=1', { expect: 200 })));
    const all = await slow[0].rest();
    assert.deepEqual(all.complete, true);
    for (const reader of slow.slice(1)) reader.close();
    await until(async () => (await boss.get(`/shows/${great.id}/orders.csv`)).status === 200, { what: 'a free place' });
  });

  await t.test('what the database refuses in the middle is no complete file', async () => {
    const reader = await begin('orders', token);
    sql('REVOKE SELECT ON refunds FROM ticketing_checkout');
    try {
      assert.equal((await reader.rest()).complete, false);
    } finally {
      sql('GRANT SELECT ON refunds TO ticketing_checkout');
    }
  });

  await t.test('a responder that dies in the middle leaves no complete file, and nothing behind', async () => {
    const reader = await begin('attendees', token);
    await killAndWait('checkout');
    assert.equal((await reader.rest()).complete, false);
    const path = `/shows/${great.id}/attendees.csv`;
    await until(async () => (await boss.get(path, { check: false })).status === 200, { what: 'the next export' });
  });
});

test('nothing is left of it', () => checkInvariants());
