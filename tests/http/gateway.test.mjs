// The gateway with its limits on, on a stack of its own: what nginx answers by itself, headers, health, limits, logs.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { assertNoComplaints, prepareStack } from '../support/own_stack.mjs';
import { RESPONDERS } from '../support/responders.mjs';
import { newFolder, root } from '../support/stack.mjs';

const folder = newFolder('gateway');
const state = join(folder, 'a');
let port;

function ctl(args, env = {}) {
  const own = {
    PATH: process.env.PATH,
    TICKETING_STATE: state,
    TICKETING_BUILD: 'off',
    TICKETING_BUILD_DIR: join(folder, 'no-build'),
    LOGIN_ATTEMPTS: '0',
    ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '',
  };
  return spawnSync(join(root, 'nginx/ticketctl'), args, { encoding: 'utf8', timeout: 120_000, env: { ...own, ...env } });
}

before(async () => {
  port = await new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const free = server.address().port;
      server.close(() => resolve(free));
    });
  });
  prepareStack(state);
  const run = ctl(['up'], { PORT: String(port) });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

after(() => {
  ctl(['down']);
  try {
    assertNoComplaints(state);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// Resolves to {status, headers, body}. `socketPath` reaches the internal server.
function ask(path, { method = 'GET', headers = {}, body, socketPath } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, socketPath, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer
        .setEncoding('utf8')
        .on('data', (part) => {
          text += part;
        })
        .on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
    });
    request.on('error', reject).end(body);
  });
}

// Sends bytes as they are; resolves to everything that came back.
function raw(text) {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (part) => { got += part; }).on('close', () => resolve(got)).on('error', reject);
  });
}

function isProblem({ status, headers, body }, wantedStatus, code) {
  assert.equal(status, wantedStatus, body);
  assert.equal(headers['content-type'], 'application/problem+json');
  const problem = JSON.parse(body);
  assert.equal(problem.status, wantedStatus);
  assert.equal(problem.code, code);
  assert.ok(problem.title.length > 5);
  assert.equal(problem.requestId, headers['x-request-id']);
  assert.match(problem.requestId, /^[A-Za-z0-9._-]{8,64}$/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  return problem;
}

const json = { 'Content-Type': 'application/json' };

test('what nginx refuses by itself is a problem with a request id', async () => {
  isProblem(await ask('/api/nothing'), 404, 'NOT_FOUND');
  isProblem(await ask('/api'), 404, 'NOT_FOUND');
  isProblem(await ask('/nothing.html'), 404, 'NOT_FOUND');
  isProblem(await ask('/api/shows/x%00y'), 400, 'INVALID_REQUEST');
  isProblem(await ask('/api/holds', { method: 'POST', headers: json, body: 'x'.repeat(65537) }), 413, 'BODY_TOO_LARGE');
  isProblem(await ask('/api/seatmaps/m1', { method: 'PUT', headers: json, body: 'x'.repeat((8 << 20) + 1) }), 413, 'BODY_TOO_LARGE');
  isProblem(await ask(`/api/${'a'.repeat(9000)}`), 414, 'INVALID_REQUEST');
  isProblem(await ask('/api/events', { headers: { 'X-Big': 'a'.repeat(9000) } }), 431, 'INVALID_REQUEST');
  isProblem(await ask('/', { method: 'POST', body: 'x' }), 405, 'METHOD_NOT_ALLOWED');
  assert.match((await ask('/', { method: 'DELETE' })).headers.allow, /GET/);
});

test('requests that could be read in two ways are refused', async () => {
  const both = await raw(
    'POST /api/holds HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' +
      'GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  assert.match(both, /^HTTP\/1\.1 400 /);
  assert.equal(both.match(/HTTP\/1\.1 \d+/g).length, 1, both);
  assert.match(await raw('POST /api/holds HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'), /^HTTP\/1\.1 400 /);
  assert.match(await raw('GET /api/events HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*INVALID_REQUEST/);
  assert.match(await raw('GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

test('a client\'s harmless request id is used, another one is not', async () => {
  assert.equal((await ask('/api/events', { headers: { 'X-Request-Id': 'order-4711.a_b' } })).headers['x-request-id'], 'order-4711.a_b');
  for (const id of ['short', 'a'.repeat(65), 'with space', 'quote"quote"']) {
    assert.match((await ask('/api/events', { headers: { 'X-Request-Id': id } })).headers['x-request-id'], /^[0-9a-f]{32}$/);
  }
});

test('pages carry a policy without exceptions, and the server names no version', async () => {
  for (const path of ['/', '/docs/', '/docs/openapi.yaml', '/shared/base.css', '/buyer/app.js', '/login', '/orders']) {
    const { status, headers } = await ask(path);
    assert.equal(status, 200, path);
    assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers.server, 'nginx');
  }
  const { body } = await ask('/');
  assert.doesNotMatch(body, /<script(?![^>]*src=)|style=|\son\w+="|https?:\/\//);
});

test('what nginx says by itself carries a policy that allows nothing', async () => {
  const own = [['/api/nothing'], ['/nothing.html'], ['/', { method: 'POST' }], ['/docs'], ['/healthz'], ['/metrics'], ['/api/shows/x%00y'],
    ['/metrics', { headers: { Forwarded: 'for=127.0.0.1' } }], [`/api/${'a'.repeat(9000)}`]];
  for (const [path, options] of own) {
    const { headers } = await ask(path, options);
    assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'", path);
    assert.equal(headers['strict-transport-security'], undefined, 'no TLS here');
  }
});

test('answers are compressed for who asks', async () => {
  const { headers } = await ask('/docs/openapi.yaml', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(headers['content-encoding'], 'gzip');
  assert.match(headers.vary, /Accept-Encoding/i);
});

test('a chunked body reaches the responder whole', async () => {
  const answer = await ask('/api/auth/register', {
    method: 'POST',
    headers: { ...json, 'Transfer-Encoding': 'chunked' },
    body: '{"email":"chunked@example.com","password":"pass1234","fullName":"C"}',
  });
  assert.equal(answer.status, 201, answer.body);
});

test('metrics are for this machine only', async () => {
  assert.match((await ask('/metrics')).body, /ticketing_up\{process="checkout"\} 1/);
  isProblem(await ask('/metrics', { headers: { 'X-Forwarded-For': '127.0.0.1' } }), 404, 'NOT_FOUND');
  isProblem(await ask('/metrics', { headers: { Forwarded: 'for=127.0.0.1' } }), 404, 'NOT_FOUND');
  isProblem(await ask('/-/metrics'), 404, 'NOT_FOUND');
  isProblem(await ask('/api/-/metrics'), 404, 'NOT_FOUND');
  const socketPath = join(state, 'run/internal.sock');
  assert.match((await ask('/metrics', { socketPath })).body, /ticketing_up/);
  for (const name of RESPONDERS) {
    assert.equal((await ask(`/ready/${name}`, { socketPath })).status, 200, name);
  }
  isProblemLike(await ask('/ready/nothing', { socketPath }));
});

function isProblemLike({ status, body }) {
  assert.equal(status, 404);
  assert.equal(JSON.parse(body).code, 'NOT_FOUND');
}

test('logging in is limited for each address, reading is not', async () => {
  const login = () =>
    ask('/api/auth/login', { method: 'POST', headers: json, body: '{"email":"nobody@example.com","password":"wrong-password"}' });
  const answers = [];
  for (let i = 0; i < 45; i += 5) answers.push(...await Promise.all(Array.from({ length: 5 }, login)));
  const limited = answers.filter(({ status }) => status === 429);
  assert.ok(limited.length >= 5 && limited.length <= 20, `${limited.length} of ${answers.length}`);
  isProblem(limited[0], 429, 'TOO_MANY_REQUESTS');
  assert.match(limited[0].headers['retry-after'], /^\d+$/);
  isProblem(await ask('/api/auth/register', { method: 'POST', headers: json, body: '{}' }), 429, 'TOO_MANY_REQUESTS');
  const reads = await Promise.all(Array.from({ length: 200 }, () => ask('/api/events')));
  assert.deepEqual([...new Set(reads.map(({ status }) => status))], [200]);
});

test('RATE_LIMITS=off lifts the limits', async () => {
  const run = ctl(['up'], { PORT: String(port), RATE_LIMITS: 'off' });
  assert.equal(run.status, 0, run.stderr);
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => ask('/api/auth/login', { method: 'POST', headers: json, body: '{}' })),
  );
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [422]);
});

test('the access log is JSON, whatever a client sends', async () => {
  await ask('/api/nothing%22%0a{}?secret=in-query', {
    headers: { 'User-Agent': 'a "quoted" \\ agent', 'X-Request-Id': 'look-for-this-one' },
  });
  await new Promise((resolve) => setTimeout(resolve, 1300));
  const lines = readFileSync(join(state, 'log/access.log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const line = lines.find(({ requestId }) => requestId === 'look-for-this-one');
  assert.equal(line.status, 404);
  assert.equal(line.agent, 'a "quoted" \\ agent');
  assert.ok(!JSON.stringify(lines).includes('in-query'));
});

// Begins uploads of 100 kB that never end; resolves to what came back at once, "" from those that wait.
async function slowUploads(count, line) {
  const sockets = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
    socket.got = '';
    socket.on('data', (part) => { socket.got += part; });
    socket.write(`${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 102400\r\n\r\n${'x'.repeat(90_000)}`);
  })));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const held = heldBodies();
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { answers: sockets.map(({ got }) => got), held };
}

// The bytes of the files that hold bodies: nginx unlinks them at once, so they are seen as open files of its workers only.
function heldBodies() {
  const master = readFileSync(join(state, 'pid/nginx.pid'), 'utf8').split(' ')[0];
  const workers = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
  const files = workers.flatMap((worker) => readdirSync(`/proc/${worker}/fd`).map((name) => `/proc/${worker}/fd/${name}`));
  return files
    .filter((file) => readlinkSync(file).startsWith(join(realpathSync(state), 'nginx/client_body')))
    .map((file) => statSync(file).size);
}

for (const [line, most] of [['POST /api/checkins/batch', 24], ['PUT /api/seatmaps/m1', 8]]) {
  test(`large bodies that wait are few, the others are told to come again: ${line}`, async () => {
    const { answers, held } = await slowUploads(40, line);
    const refused = answers.filter((text) => text !== '');
    assert.ok(held.length > 0 && held.length <= most, `${held.length} bodies on the disk`);
    assert.ok(refused.length >= 40 - most, `${refused.length} of 40`);
    for (const text of refused) assert.match(text, /^HTTP\/1\.1 429 [^]*application\/problem\+json[^]*TOO_MANY_REQUESTS/);
  });
}

test('health names who is ill: a responder, then events itself', async () => {
  assert.equal((await ask('/healthz')).status, 200);
  const end = (name) => {
    const id = readFileSync(join(state, `pid/${name}.pid`), 'utf8').split(' ')[0];
    // Health is shared for 0.1 s.
    spawnSync('bash', ['-c', `kill -KILL -- -${id}; while kill -0 -- -${id} 2>/dev/null; do sleep 0.02; done; sleep 0.2`]);
  };
  end('holds');
  const ill = await ask('/healthz');
  assert.equal(ill.status, 503);
  assert.notEqual(JSON.parse(ill.body).responders.holds, 'ok');
  assert.equal(JSON.parse(ill.body).responders.auth, 'ok');
  isProblem(await ask('/api/holds'), 502, 'UNAVAILABLE');
  assert.match((await ask('/api/holds')).headers['retry-after'], /^\d+$/);
  end('events');
  const large = { method: 'PUT', headers: json, body: 'x'.repeat(102400) };
  isProblem(await ask('/api/seatmaps/m1', large), 502, 'UNAVAILABLE');
  const problem = isProblem(await ask('/healthz'), 503, 'UNAVAILABLE');
  assert.deepEqual(problem.responders, { events: 'down' });
  assert.notEqual(ctl(['status']).status, 0);
  assert.equal(ctl(['up', '--forget'], { PORT: String(port) }).status, 0);
  assert.equal((await ask('/healthz')).status, 200);
});
