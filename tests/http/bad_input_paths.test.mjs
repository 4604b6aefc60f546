// Paths out of the service, ids that are none, methods that are not offered.
import test from 'node:test';
import assert from 'node:assert/strict';
import { operations } from '../support/contract.mjs';
import { fingerprint } from '../support/fingerprint.mjs';
import { exchange } from '../support/http.mjs';
import { BASE_URL, client } from '../support/client.mjs';
import { admin } from '../support/world.mjs';

const SECRET = /root:.*:0:0|JWT_SECRET|PAYMENT_WEBHOOK_SECRET|fastcgi_pass|CREATE TABLE/;

test('no path leads out of the service', async () => {
  const before = fingerprint();
  const climbs = ['..', '%2e%2e', '..%2f..', '..%5c..', '%2e%2e%2f%2e%2e', '..;', '....', '%252e%252e', '%c0%ae%c0%ae', '..%00', '.%2e'];
  const starts = ['/', '/docs/', '/api/', '/api/events/', '/api/seatmaps/', '/api/holds/', '/assets/', '/-/', '/api/-/', '/api/shows/'];
  for (const start of starts) {
    for (const climb of climbs) {
      for (const target of ['etc/passwd', 'env', 'nginx.conf', '.git/config']) {
        const path = `${start}${`${climb}/`.repeat(6)}${target}`;
        const { status, headers, bytes } = await exchange(BASE_URL, { path });
        assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
        assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, `${path}: ${status}`);
        assert.doesNotMatch(bytes.toString(), SECRET, path);
      }
    }
  }
  assert.deepEqual(fingerprint(), before);
});

test('what is meant for the inside cannot be reached from outside', async () => {
  for (const path of [
    '/api/-/ready',
    '/api/-/metrics',
    '/api/-/healthz',
    '/api/-/metrics-all',
    '/-/ready',
    '/-/metrics',
    '/api//-/ready',
    '/api/%2d/ready',
    '/api/events/../-/ready',
    '/.git/config',
    '/../env',
  ]) {
    const { status } = await exchange(BASE_URL, { path });
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
  }
});

test('an id that is none is 404, and an unknown path too', async () => {
  const boss = await admin();
  const before = fingerprint();
  const ids = [
    '1',
    'x',
    '00000000-0000-0000-0000-00000000000',
    '00000000-0000-0000-0000-0000000000000',
    "1'--",
    '%27%20OR%201=1',
    '{}',
    '%00',
    '%ff',
    '*',
    '-',
    'a'.repeat(3000),
    'null',
  ];
  for (const { method, path, operation } of operations.filter((one) => one.path.includes('{id}'))) {
    for (const id of ids) {
      const asked = path.replace('{id}', id).replace('{session}', id);
      if (path === '/seatmaps/{id}' && method === 'PUT') continue; // any word may become a seat map's id
      const body = operation.requestBody?.content['application/json'].example;
      const answer = await boss.send(method, asked, { body, check: false });
      const right = id === '%00' || id.length > 2000 ? answer.status >= 400 && answer.status < 500 : answer.status === 404;
      assert.ok(
        right && /problem\+json/.test(answer.headers['content-type']),
        `${method} ${asked.slice(0, 100)}: ${answer.status} ${answer.text.slice(0, 200)}`,
      );
    }
  }
  for (const path of [
    '/nothing',
    '/holds/',
    '/events/',
    '/Events',
    '/events/x/y/z',
    '/auth',
    '/auth/',
    '/checkout/',
    '/tickets/checkin',
    '',
  ]) {
    const answer = await boss.get(path, { check: false });
    assert.deepEqual([answer.status, answer.code], [404, 'NOT_FOUND'], `${path}: ${answer.text}`);
  }
  assert.deepEqual(fingerprint(), before);
});

test('every other method on a known path is 405 with Allow', async () => {
  const boss = await admin();
  const before = fingerprint();
  const paths = new Map();
  for (const { method, path } of operations) paths.set(path, [...(paths.get(path) ?? []), method]);
  for (const [path, methods] of paths) {
    if (path === '/healthz') continue;
    const nothing = '00000000-0000-4000-8000-000000000000';
    const asked = path
      .replace('{id}', path.startsWith('/seatmaps') ? 'm1' : nothing)
      .replace('{session}', nothing)
      .replace('{seat}', 'A1')
      .replace('{provider}', 'test');
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'].filter(
      (one) => !methods.includes(one),
    )) {
      const answer = await boss.send(method, asked, { check: false });
      assert.equal(answer.status, 405, `${method} ${asked}: ${answer.text.slice(0, 200)}`);
      if (method === 'TRACE') continue; // nginx answers that one itself
      assert.equal(answer.code, 'METHOD_NOT_ALLOWED');
      const allowed = answer.headers.allow
        .split(/, */)
        .filter((one) => one !== 'HEAD')
        .sort();
      assert.deepEqual(allowed, [...methods].sort(), `${method} ${asked}`);
    }
  }
  assert.deepEqual(fingerprint(), before);
});

test('a request id that is none is replaced, a right one is kept', async () => {
  for (const id of ['short', 'x'.repeat(65), 'with space in it', '"><script>', 'new%0aline-here', '{}{}{}{}{}']) {
    const { headers } = await client().get('/events', { headers: { 'X-Request-Id': id }, expect: 200 });
    assert.notEqual(headers['x-request-id'], id);
  }
  const { headers } = await client().get('/events', { headers: { 'X-Request-Id': 'my-own.request_id-1' }, expect: 200 });
  assert.equal(headers['x-request-id'], 'my-own.request_id-1');
});
