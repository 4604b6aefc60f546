// Bodies that are no JSON, no UTF-8, empty, huge or deep, sent to every call that takes one. Always a 4xx problem, never a changed row.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { BASE_URL, client } from '../support/client.mjs';
import { operations } from '../support/contract.mjs';
import { fingerprint } from '../support/fingerprint.mjs';
import { RESPONDERS, responders } from '../support/processes.mjs';
import { admin } from '../support/world.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const signed = (one) => one.operation.operationId === 'paymentWebhook'; // looks at the signature first: 400 for all of these
const withBody = operations.filter(({ operation }) => operation.requestBody);
const fill = (path) => path.replace('{id}', path.startsWith('/seatmaps') ? 'bad' : randomUUID()).replace('{provider}', 'test');
const text = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const inText = (...bytes) => text('{"x":"', bytes, '"}');

// [what, bytes, statuses, codes]
const SYNTAX = [
  ['a lone brace', '{'],
  ['a comma too many', '{"x":1,}'],
  ['something behind it', '{}x'],
  ['two of them', '{}{}'],
  ['single quotes', "{'x':1}"],
  ['a comment', '{/* */}'],
  ['NaN', '{"x":NaN}'],
  ['a bare word', 'hello'],
  ['a form', 'email=user%40example.com'],
  ['a byte order mark', text([0xef, 0xbb, 0xbf], '{}')],
  ['UTF-16', Buffer.from('{"x":1}', 'utf16le')],
  ['a NUL byte', text('{"x":"a', [0], 'b"}')],
  ['a NUL byte behind it', text('{}', [0])],
  ['only NUL bytes', Buffer.alloc(1000)],
  ['a newline in a text', '{"x":"a\nb"}'],
  ['the byte FF', inText(0xff)],
  ['an overlong slash', inText(0xc0, 0xaf)],
  ['a surrogate', inText(0xed, 0xa0, 0x80)],
  ['a code point beyond Unicode', inText(0xf5, 0x80, 0x80, 0x80)],
  ['a cut sequence', inText(0xe2, 0x82)],
  ['a lone continuation', inText(0x80)],
  ['half an escaped surrogate pair', '{"x":"\\ud800"}'],
  ['depth 10,000, arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
  ['depth 10,000, objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
  ['depth 10,000, never closed', '['.repeat(10_000)],
];
const MEANING = [
  ['an escaped NUL', '{"email":"a\\u0000b"}'],
  ['a name twice', '{"email":"a","email":"b"}'],
  ['an integer of 400 digits', `{"email":${'9'.repeat(400)}}`],
  ['a number beyond double', '{"email":1e999}'],
  ['a number below int64', '{"email":-9223372036854775809}'],
  ['2,000 unknown fields', `{${Array.from({ length: 2000 }, (_, i) => `"f${i}":1`).join(',')}}`],
  ['a name of 10,000 letters', `{"${'n'.repeat(10_000)}":1}`],
];

for (const one of withBody) {
  test(`${one.method} ${one.path}: bodies that are no JSON`, async () => {
    const boss = await admin();
    const path = fill(one.path);
    const before = fingerprint();
    const wrong = [];
    const send = async (what, raw, headers, statuses, code) => {
      try {
        const answer = await boss.send(one.method, path, { raw, headers });
        const right = statuses.includes(answer.status) && (code === undefined || signed(one) || answer.code === code);
        if (!right) wrong.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
        if (!answer.body?.detail) wrong.push(`${what}: does not say what is wrong`);
      } catch (error) {
        wrong.push(`${what}: ${error.message.slice(0, 300)}`);
      }
    };
    // A gate's upload is judged scan by scan, so half a pair in one text is no fault of the whole.
    const halfPairs = one.operation.operationId === 'checkInBatch' ? [400, 422] : [400];
    for (const [what, raw] of SYNTAX) {
      const lenient = what === 'half an escaped surrogate pair' && halfPairs.length > 1;
      await send(what, raw, JSON_TYPE, lenient ? halfPairs : [400], lenient ? undefined : 'INVALID_JSON');
    }
    // An edit looks its thing up before the members: what does not exist has none.
    const looksUpFirst = ['putEvent', 'patchEvent', 'putShow', 'patchShow', 'updateEvent', 'updateShow'].includes(
      one.operation.operationId,
    );
    for (const [what, raw] of MEANING) {
      await send(
        what,
        raw,
        JSON_TYPE,
        signed(one) ? [400] : looksUpFirst ? [422, 404] : [422],
        looksUpFirst ? undefined : 'VALIDATION_FAILED',
      );
    }
    if (one.operation.requestBody.required) {
      await send('nothing', '', JSON_TYPE, [400]);
      for (const type of [
        undefined,
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/jsonx',
        'multipart/form-data; boundary=x',
        '',
      ]) {
        await send(`Content-Type ${type}`, '{}', type === undefined ? {} : { 'Content-Type': type }, signed(one) ? [400] : [415]);
      }
    } else if (one.operation.operationId !== 'checkInTicket') { // which keeps a row of every scan, also of no ticket
      await send('nothing', '', JSON_TYPE, [404]); // the thing does not exist; the body is fine
    }
    const large = `{"x":"${'x'.repeat(1 << 20)}"}`;
    if (['putSeatMap', 'checkInBatch'].includes(one.operation.operationId)) {
      await send('1 MiB', large, JSON_TYPE, [422], 'VALIDATION_FAILED');
      await send('9 MiB', `{"x":"${'x'.repeat(9 << 20)}"}`, JSON_TYPE, [413], 'BODY_TOO_LARGE');
    } else {
      await send('1 MiB', large, JSON_TYPE, [413], 'BODY_TOO_LARGE');
      await send('64 KiB and one byte', `"${'x'.repeat((64 << 10) - 1)}"`, JSON_TYPE, [413], 'BODY_TOO_LARGE');
      await send('64 KiB', `"${'x'.repeat((64 << 10) - 2)}"`, JSON_TYPE, signed(one) ? [400] : [422]);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(fingerprint(), before, 'no row changed');
  });
}

test('a body on calls that take none changes nothing about the answer', async () => {
  const boss = await admin();
  for (const raw of ['{', '[[[[', Buffer.alloc(100)]) {
    await boss.send('GET', '/events', { raw, headers: JSON_TYPE, expect: 200 });
    await boss.send('DELETE', `/holds/${randomUUID()}`, { raw, headers: JSON_TYPE, expect: 404 });
    await boss.send('POST', `/orders/${randomUUID()}/cancel`, { raw, headers: JSON_TYPE, expect: 404 });
  }
});

test('a chunked body is read like any other', async () => {
  const answer = await client().post('/auth/login', undefined, {
    raw: '{"email":"nobody@example.com"}',
    headers: { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' },
  });
  assert.deepEqual([answer.status, answer.body.errors?.[0]?.path], [422, 'password']);
});

// Bytes on a bare connection; the first line of the answer, or '' when the server just closed.
function speak(bytes) {
  const { hostname, port } = new URL(BASE_URL);
  return new Promise((resolve) => {
    let heard = '';
    const socket = net.connect({ host: hostname, port }, () => socket.end(bytes));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (data) => (heard += data));
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

test('requests that are no HTTP', async () => {
  const before = RESPONDERS.map((name) => responders(name)[0]);
  const host = `Host: x\r\n`;
  for (const [what, bytes] of [
    ['noise', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 256))],
    ['no HTTP version', `GET /api/events${' '.repeat(3)}\r\n\r\n`],
    ['no Host', 'GET /api/events HTTP/1.1\r\n\r\n'],
    ['two lengths', `POST /api/holds HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['length and chunks', `POST /api/holds HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a length that is no number', `POST /api/holds HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
    ['a chunk that is none', `POST /api/holds HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['a header line of 64 KiB', `GET /api/events HTTP/1.1\r\n${host}X-Long: ${'x'.repeat(65_536)}\r\n\r\n`],
    ['a path of 64 KiB', `GET /api/${'x'.repeat(65_536)} HTTP/1.1\r\n${host}\r\n`],
    ['a NUL in the path', `GET /api/ev\0ents HTTP/1.1\r\n${host}\r\n`],
    ['a NUL in a header', `GET /api/events HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`],
  ]) {
    const heard = await speak(bytes);
    if (what === 'no HTTP version' && heard.startsWith('{')) {
      // HTTP/0.9: the answer is the body; whether it comes before our end is seen, is a race
      assert.ok(Array.isArray(JSON.parse(heard).events));
      continue;
    }
    assert.match(heard, /^(HTTP\/1\.[01] 4\d\d |$)/, `${what}: ${heard.slice(0, 200)}`);
    if (heard !== '' && /\r\n\r\n./.test(heard)) assert.match(heard, /application\/problem\+json/, `${what}: ${heard.slice(0, 600)}`);
  }
  assert.deepEqual(RESPONDERS.map((name) => responders(name)[0]), before);
});

test('a body that never comes does not hold a thread', async () => {
  const { hostname, port } = new URL(BASE_URL);
  const sockets = Array.from({ length: 100 }, () => {
    const socket = net.connect({ host: hostname, port });
    socket.on('error', () => {});
    socket.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    return socket;
  });
  await client().get('/events', { expect: 200 });
  await client().post('/auth/login', { email: 'nobody@example.com' }, { expect: 422 });
  assert.equal(sockets.filter((socket) => socket.closed).length, 0, 'they were answered while the bodies were still to come');
  sockets.forEach((socket) => socket.destroy());
});
