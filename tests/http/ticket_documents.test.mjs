// Tickets as codes, pages and calendar entries: read by other people's programs, they say what was bought.
import assert from 'node:assert/strict';
import test from 'node:test';
import { client } from '../support/client.mjs';
import { pdfFonts, pdfInfo, pdfText, readQr, scanPdf, scanPng, scanSvg } from '../support/documents.mjs';
import { sql } from '../support/stack.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, pay, registerUser, staff } from '../support/world.mjs';

const TITLE = 'Đêm nhạc Trịnh Công Sơn – Nối vòng tay lớn';
const VENUE = 'Nhà hát Lớn Hà Nội';
const BUYER = 'Nguyễn Thị Hồng Phượng';
const FILES = ['qr.svg', 'qr.png', 'ticket.pdf', 'event.ics'];

const buyer = await registerUser({ fullName: BUYER });
const event = await createEvent({ title: TITLE, venue: VENUE });
const show = await createShow({ eventId: event.id, startsAt: '2031-12-01T12:30:00Z', endsAt: '2031-12-01T15:00:00Z' });
const order = await buyer.api.get(`/orders/${(await buy(buyer, show, ['A1', 'A20', 'F30'])).id}`, { expect: 200 }).then(({ body }) => body);
const ids = order.tickets.map(({ id }) => id);
const read = async (id) => (await buyer.api.get(`/tickets/${id}`, { expect: 200 })).body;
const keys = async () => (await client().get('/tickets/keys', { expect: 200 })).body.keys;

test('the text of the code is signed, short, and the same each time', async () => {
  const list = (await buyer.api.get('/tickets', { expect: 200 })).body.tickets;
  for (const id of ids) {
    const ticket = await read(id);
    assert.equal((await read(id)).qr, ticket.qr);
    assert.equal(list.find((one) => one.id === id).qr, ticket.qr);
    assert.ok(ticket.qr.length <= 150);
    assert.deepEqual(readQr(ticket.qr, await keys()), {
      ticketId: id,
      showId: show.id,
      seat: ticket.seatId,
      revision: 0,
      keyId: ticket.qr.slice(2, 5),
    });
  }
});

test('the keys are public halves only, and carry an ETag', async () => {
  const answer = await client().get('/tickets/keys', { expect: 200 });
  assert.ok(answer.body.keys.every((key) => !('d' in key)));
  await client().get('/tickets/keys', { headers: { 'If-None-Match': answer.headers.etag }, expect: 304 });
});

test('zbarimg reads the exact text from SVG, PNG and PDF at 150 dpi', async () => {
  for (const id of ids) {
    const { qr } = await read(id);
    const svg = await buyer.api.get(`/tickets/${id}/qr.svg`, { expect: 200 });
    assert.equal(svg.headers['content-type'], 'image/svg+xml');
    assert.match(svg.text, /viewBox="0 0 57 57"/, 'version 8 is 49 modules, and 4 of quiet on each side');
    assert.deepEqual(scanSvg(svg.bytes), [qr]);
    const png = await buyer.api.get(`/tickets/${id}/qr.png`, { expect: 200 });
    assert.equal(png.headers['content-type'], 'image/png');
    assert.deepEqual(scanPng(png.bytes), [qr]);
    const pdf = await buyer.api.get(`/tickets/${id}/ticket.pdf`, { expect: 200 });
    assert.equal(pdf.headers['content-type'], 'application/pdf');
    assert.deepEqual(scanPdf(pdf.bytes), [[qr]]);
  }
});

test('the page says it all in words, Vietnamese ones too, at the time of the venue', async () => {
  const pdf = await buyer.api.get(`/tickets/${ids[0]}/ticket.pdf`, { expect: 200 });
  const text = pdfText(pdf.bytes).normalize('NFC').replace(/\s+/g, ' ');
  const { seatId, zone } = await read(ids[0]);
  for (const part of [
    TITLE,
    VENUE,
    BUYER,
    'Monday, 1 December 2031',
    '19:30',
    'Asia/Ho_Chi_Minh (UTC+7)',
    zone,
    seatId.slice(1),
    `Order ${order.id}`,
    `Ticket ${ids[0]}`,
    'VND',
  ]) {
    assert.ok(text.includes(part), `"${part}" is not in: ${text}`);
  }
  assert.match(text, /\b(1,200,000|800,000|500,000) VND\b/);
  assert.match(pdfInfo(pdf.bytes), /Page size: +595\.\d+ x 841\.\d+ pts \(A4\)/);
  const fonts = pdfFonts(pdf.bytes);
  assert.ok(fonts.length > 0 && fonts.every(({ name, embedded }) => embedded && name.includes('DejaVu')), JSON.stringify(fonts));
  assert.equal(pdf.headers['cache-control'], 'no-store');
});

test('an order is printed a page a ticket', async () => {
  const pdf = await buyer.api.get(`/orders/${order.id}/tickets.pdf`, { expect: 200 });
  const codes = scanPdf(pdf.bytes);
  assert.equal(codes.length, 3);
  assert.deepEqual(codes.flat().sort(), (await Promise.all(ids.map(read))).map(({ qr }) => qr).sort());
});

test('a sheet has three tickets to cut out on each page, every code readable, everything said', async () => {
  const many = await buy(buyer, show, ['B11', 'B12', 'C3', 'D4', 'E5', 'F6', 'F7']);
  const pdf = await buyer.api.get(`/orders/${many.id}/tickets.pdf`, { query: { layout: 'sheet' }, expect: 200 });
  assert.equal(pdf.headers['content-type'], 'application/pdf');
  assert.match(pdfInfo(pdf.bytes), /Pages: +3\n[^]*Page size: +595\.\d+ x 841\.\d+ pts \(A4\)/);
  const codes = scanPdf(pdf.bytes);
  assert.deepEqual(codes.map((page) => page.length), [3, 3, 1]);
  const tickets = await Promise.all(many.tickets.map(({ id }) => read(id)));
  assert.deepEqual(codes.flat().sort(), tickets.map(({ qr }) => qr).sort());
  const text = pdfText(pdf.bytes).normalize('NFC').replace(/\s+/g, ' ');
  for (const part of [TITLE, VENUE, BUYER, 'Monday, 1 December 2031', '19:30 · Asia/Ho_Chi_Minh (UTC+7)', `Order ${many.id}`]) {
    assert.equal(text.split(part).length - 1, 7, `"${part}" in: ${text}`);
  }
  for (const { id } of tickets) assert.ok(text.includes(`Ticket ${id}`), id);
  assert.ok(pdfFonts(pdf.bytes).every(({ name, embedded }) => embedded && name.includes('DejaVu')));
  const pages = await buyer.api.get(`/orders/${many.id}/tickets.pdf`, { query: { layout: 'page' }, expect: 200 });
  assert.match(pdfInfo(pages.bytes), /Pages: +7\n/);
  assert.deepEqual(
    (await buyer.api.get(`/orders/${many.id}/tickets.pdf`, { query: { layout: 'poster' }, expect: 422 })).body.errors.map(
      ({ path }) => path,
    ),
    ['layout'],
  );
});

test('an order is printed without the tickets that were passed on', async () => {
  const mine = await buy(buyer, show, ['C10', 'C11', 'C12']);
  const print = async (user, options) =>
    scanPdf((await user.api.get(`/orders/${mine.id}/tickets.pdf`, { expect: 200, ...options })).bytes)
      .flat()
      .sort();
  const [passed, ...kept] = mine.tickets.map(({ id }) => id);
  const codes = (await Promise.all(kept.map(read))).map(({ qr }) => qr).sort();
  const before = (await read(passed)).qr;
  assert.ok((await print(buyer)).includes(before));
  const friend = await registerUser();
  const { claimCode } = (await buyer.api.post(`/tickets/${passed}/transfer`, { email: friend.email }, { expect: 201 })).body;
  assert.deepEqual(await print(buyer), codes, 'from the moment it is on its way');
  await friend.api.post('/tickets/claim', { code: claimCode }, { expect: 200 });
  for (const layout of ['page', 'sheet']) assert.deepEqual(await print(buyer, { query: { layout } }), codes, layout);
  await friend.api.get(`/orders/${mine.id}/tickets.pdf`, { expect: 404 });
  await buyer.api.get(`/tickets/${passed}/ticket.pdf`, { expect: 404 });
  const { qr } = (await friend.api.get(`/tickets/${passed}`, { expect: 200 })).body;
  assert.notEqual(qr, before);
  assert.deepEqual(scanPdf((await friend.api.get(`/tickets/${passed}/ticket.pdf`, { expect: 200 })).bytes), [[qr]]);
  for (const id of kept) {
    const other = await registerUser();
    const started = (await buyer.api.post(`/tickets/${id}/transfer`, { email: other.email }, { expect: 201 })).body;
    await other.api.post('/tickets/claim', { code: started.claimCode }, { expect: 200 });
  }
  assert.equal((await buyer.api.get(`/orders/${mine.id}/tickets.pdf`, { expect: 409 })).code, 'TICKET_NOT_VALID');
});

test('the calendar entry has the times, folded and escaped', async () => {
  const answer = await buyer.api.get(`/tickets/${ids[0]}/event.ics`, { expect: 200 });
  assert.equal(answer.headers['content-type'], 'text/calendar; charset=utf-8; method=PUBLISH');
  assert.ok(answer.text.endsWith('END:VCALENDAR\r\n'));
  assert.ok(answer.text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
  const lines = answer.text.replaceAll('\r\n ', '').split('\r\n');
  for (const line of ['DTSTART:20311201T123000Z', 'DTEND:20311201T150000Z', `SUMMARY:${TITLE}`, `LOCATION:${VENUE}`]) {
    assert.ok(lines.includes(line), `${line} is not in ${answer.text}`);
  }
});

test('only the owner and staff get them', async () => {
  const other = await registerUser();
  for (const file of FILES) {
    const path = `/tickets/${ids[0]}/${file}`;
    await client().get(path, { expect: 401 });
    assert.equal((await other.api.get(path, { expect: 404 })).code, 'TICKET_NOT_FOUND');
    await (await staff()).get(path, { expect: 200 });
    await buyer.api.get(`/tickets/nonsense/${file}`, { expect: 404 });
    await buyer.api.post(path, undefined, { expect: 405 });
  }
  assert.equal((await other.api.get(`/orders/${order.id}/tickets.pdf`, { expect: 404 })).code, 'ORDER_NOT_FOUND');
});

test('what is not paid or no longer valid has none', async () => {
  const unpaid = await checkout(buyer, await hold(buyer, show, ['B1']));
  assert.equal((await buyer.api.get(`/orders/${unpaid.id}/tickets.pdf`, { expect: 409 })).code, 'ORDER_NOT_PAID');
  for (const file of FILES) await buyer.api.get(`/tickets/${unpaid.tickets[0].id}/${file}`, { expect: 404 });
  await pay(unpaid);
  const [id] = unpaid.tickets.map((ticket) => ticket.id);
  assert.notEqual((await read(id)).qr, null);
  sql(`UPDATE tickets SET status = 'void' WHERE id = '${id}'`);
  try {
    assert.equal((await read(id)).qr, null);
    for (const file of FILES.filter((name) => name !== 'event.ics')) {
      assert.equal((await buyer.api.get(`/tickets/${id}/${file}`, { expect: 409 })).code, 'TICKET_NOT_VALID');
    }
    assert.equal((await buyer.api.get(`/orders/${unpaid.id}/tickets.pdf`, { expect: 409 })).code, 'TICKET_NOT_VALID');
  } finally {
    sql(`UPDATE tickets SET status = 'valid' WHERE id = '${id}'`);
  }
});

test('a ticket of the next revision has another code', async () => {
  const before = (await read(ids[1])).qr;
  sql(`UPDATE tickets SET revision = revision + 1 WHERE id = '${ids[1]}'`);
  const after = (await read(ids[1])).qr;
  assert.notEqual(after, before);
  assert.equal(readQr(after, await keys()).revision, 1);
});

test('the venue may be in any time zone', async () => {
  const paris = await createEvent({ title: 'Paris', timeZone: 'Europe/Paris' });
  assert.equal(paris.timeZone, 'Europe/Paris');
  const summer = await createShow({ eventId: paris.id, startsAt: '2031-07-14T19:00:00Z', currency: 'EUR', priceTiers: { VIP: 1250 } });
  const bought = await buy(buyer, summer, ['A1']);
  const text = pdfText((await buyer.api.get(`/tickets/${bought.tickets[0].id}/ticket.pdf`, { expect: 200 })).bytes);
  for (const part of ['Monday, 14 July 2031', '21:00', 'Europe/Paris (UTC+2)', '12.50 EUR']) assert.ok(text.includes(part), text);
});

test('time zones are those of the IANA database', async () => {
  assert.equal(event.timeZone, 'Asia/Ho_Chi_Minh', 'the default');
  for (const timeZone of ['Mars/Olympus', 'EST5EDT', '+07', 'CET-1', "Asia/Ho_Chi_Minh'", 'x'.repeat(65), 7, '']) {
    const answer = await (await admin()).post('/events', { title: 'x', timeZone }, { expect: 422 });
    assert.deepEqual(answer.body.errors.map(({ path }) => path), ['timeZone'], String(timeZone));
  }
  const made = await createEvent({ timeZone: 'America/Argentina/Buenos_Aires' });
  const put = await (await admin()).put(`/events/${made.id}`, { title: 'x' }, { expect: 200 });
  assert.equal(put.body.timeZone, 'Asia/Ho_Chi_Minh', 'PUT sets the whole object');
  await (await admin()).put(`/events/${made.id}`, { title: 'x', timeZone: 'Nowhere/Land' }, { expect: 422 });
});

test('many at once are drawn or told to come back, never broken', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => buyer.api.get(`/orders/${order.id}/tickets.pdf`, { expect: [200, 503] })),
  );
  const drawn = answers.filter(({ status }) => status === 200);
  assert.ok(drawn.length >= 1);
  for (const { bytes } of drawn) assert.ok(bytes.subarray(-6).toString().includes('%%EOF'));
});

test('the written example is right', async () => {
  const page = (await client().site('/docs/qr.html', { expect: 200, check: false })).text;
  const text = /<pre id="example"[^>]*>([^<]+)</.exec(page)[1];
  const key = JSON.parse(/<pre[^>]*>(\{"kty.*\})<\/pre>/.exec(page)[1]);
  assert.deepEqual(readQr(text, [key]), {
    ticketId: '0193a5c0-7b1e-7c3a-9d2f-6a1b2c3d4e5f',
    showId: 'de300000-0000-4000-8000-000000000101',
    seat: 'A12',
    revision: 1,
    keyId: '7QK',
  });
  assert.equal(readQr(text.replace('A12', 'A13'), [key]), null);
});
