// TLS by nginx/tls.conf.example in front of a gateway, on a stack of its own: the example works as it stands, and
// browsers are told to stay with TLS.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { freePort, ownStack } from '../support/own_stack.mjs';
import { newFolder, root } from '../support/stack.mjs';
import { until } from '../support/world.mjs';

const folder = newFolder('tls');
const certificate = join(folder, 'fullchain.pem');
let stack;
let plain;
let secure;

const nginx = (...more) =>
  spawnSync('/usr/sbin/nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf'), ...more], {
    encoding: 'utf8',
  });

function run(command, ...args) {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

// The example with this test's name, ports and certificate.
function render() {
  const temp = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n');
  const example = readFileSync(join(root, 'nginx/tls.conf.example'), 'utf8')
    .replaceAll('/etc/letsencrypt/live/tickets.example.com', folder)
    .replaceAll('tickets.example.com', 'localhost')
    .replace(/listen \[::\]:.*\n/g, '')
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${secure} ssl http2;`)
    .replace('http://127.0.0.1:4000', `http://127.0.0.1:${stack.port}`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; error_log ${folder}/error.log; events {} http { ${temp} access_log off; ${example} }`,
  );
}

before(async () => {
  [plain, secure] = [await freePort(), await freePort()];
  stack = await ownStack({ PUBLIC_URL: 'https://localhost', REAL_IP_FROM: '127.0.0.1 ::1' });
  mkdirSync(folder, { recursive: true });
  run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', join(folder, 'privkey.pem'), '-out', certificate);
  render();
  assert.equal(nginx().status, 0, nginx('-t').stderr);
});

after(() => {
  nginx('-s', 'stop');
  try {
    stack?.down();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// A GET that trusts only the test's certificate: {status, headers, raw: names and values as they came, body}.
const get = (path, headers = {}) => new Promise((resolve, reject) => {
  const ca = readFileSync(certificate);
  https
    .get(
      { host: '127.0.0.1', port: secure, servername: 'localhost', ca, path, headers: { Host: 'localhost', ...headers }, agent: false },
      (answer) => {
        let body = '';
        answer
          .on('data', (part) => {
            body += part;
          })
          .on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, raw: answer.rawHeaders, body }));
      },
    )
    .on('error', reject);
});

test('every answer over TLS says once that browsers must stay with it', async () => {
  for (const [path, status] of [
    ['/', 200],
    ['/docs/', 200],
    ['/api/events', 200],
    ['/api/nothing', 404],
    ['/healthz', 200],
    ['/metrics', 404],
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, status, path);
    const names = answer.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    assert.equal(names.filter((name) => name === 'strict-transport-security').length, 1, `${path}: ${names}`);
    assert.match(answer.headers['strict-transport-security'], /^max-age=\d{8}$/);
  }
});

test('a gateway whose PUBLIC_URL is https says it too, for what else may end TLS before it', async () => {
  const status = await fetch(`http://127.0.0.1:${stack.port}/api/events`);
  assert.match(status.headers.get('strict-transport-security'), /^max-age=\d{8}$/);
});

test('plain HTTP is sent to TLS, with its path', async () => {
  const answer = await new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port: plain, path: '/show.html?id=7', headers: { Host: 'localhost' }, agent: false }, resolve)
      .on('error', reject);
  });
  answer.resume();
  assert.equal(answer.statusCode, 308);
  assert.equal(answer.headers.location, 'https://localhost/show.html?id=7');
});

test('the gateway sees the buyer and not the proxy, whatever the buyer claims', async () => {
  await get('/api/events', { 'X-Forwarded-For': '203.0.113.9', 'User-Agent': 'behind-tls' });
  const line = await until(
    () =>
      readFileSync(join(stack.state, 'log/access.log'), 'utf8')
        .split('\n')
        .find((text) => text.includes('behind-tls')),
    { what: 'the line in access.log' },
  );
  assert.equal(JSON.parse(line).remote, '127.0.0.1');
});
