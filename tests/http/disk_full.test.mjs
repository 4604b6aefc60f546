// The database's disk runs full, on a stack of its own: writing ends before PostgreSQL does, reading goes on, and all comes back by itself.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { assertNoComplaints, bareEnvironment, freePort, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { newFolder, sql } from '../support/stack.mjs';
import { until } from '../support/world.mjs';

const MB = 1 << 20;
const folder = newFolder('disk');
const state = join(folder, 'a');
const cluster = join(state, 'pg');
const filler = join(cluster, 'filler');
const env = { ...bareEnvironment(folder), TICKETING_STATE: state };
let api;
let mounted = false;

function ok(args, settings = {}) {
  const run = ticketctlWith({ ...env, PORT: String(port), ...settings }, args);
  assert.equal(run.status, 0, run.output);
}

// The cluster moves to a small file system of its own, if this user and this machine can make one.
function mountSmall() {
  if (process.getuid() !== 0) return false;
  const aside = join(folder, 'pg');
  const run = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' }).status === 0;
  mkdirSync(aside);
  if (!run('mount', '-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', aside)) return false;
  assert.ok(run('cp', '-a', '-T', cluster, aside));
  rmSync(cluster, { recursive: true });
  mkdirSync(cluster);
  return run('mount', '--move', aside, cluster) || (run('umount', aside), run('mount', '-t', 'tmpfs', 'tmpfs', cluster), false);
}

const fresh = () => ({ email: `guest-${Math.random()}@example.com`, password: 'pass123', fullName: 'A Guest' });
const register = async (expect) => (await api.post('/auth/register', fresh(), { expect })).body;
const health = async () => (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json());
const diskState = (wanted) => until(async () => (await health()).databaseDisk?.state === wanted, { what: `databaseDisk ${wanted}` });
const read = () => api.get('/events', { expect: 200 });
let port;

// Each test has a port of its own: a connection that the client has kept ends with the gateway.
async function choosePort() {
  port = await freePort();
  api = client({ baseUrl: `http://127.0.0.1:${port}`, state });
}

before(() => prepareStack(state));

after(() => {
  ticketctlWith(env, ['down']);
  if (mounted) spawnSync('umount', [cluster]);
  try {
    assertNoComplaints(state);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('below the limit nothing is written, reading goes on; health and metrics tell', async () => {
  await choosePort();
  ok(['up']);
  await register(201);
  assert.equal((await health()).databaseDisk.state, 'ok');
  const { bavail, bsize } = statfsSync(cluster);
  const free = Math.floor((bavail * bsize) / MB);
  ok(['up'], { DATABASE_DISK_LOW_MB: String(free + 100_000) });
  await diskState('low');
  await register(201);
  ok(['up'], { DATABASE_DISK_FULL_MB: String(free + 100_000) });
  await diskState('full');
  const problem = await register(503);
  assert.equal(problem.code, 'UNAVAILABLE');
  assert.match(problem.detail, /space/);
  const refused = await fetch(`http://127.0.0.1:${port}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"email":"a@example.com","password":"pass123"}',
  });
  assert.match(refused.headers.get('retry-after'), /^\d+$/);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  await read();
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200, 'a load balancer goes on sending readers');
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  for (const name of ['free', 'low', 'full'])
    assert.match(metrics, new RegExp(`^ticketing_database_disk_${name}_bytes{process="events"} \\d+$`, 'm'));
  ok(['up', '--forget']);
  await register(201);
  ok(['down']);
});

test('a disk that is full to the last byte stops PostgreSQL, and with space it comes back by itself', async (t) => {
  mounted = mountSmall();
  if (!mounted) return t.skip('no file system can be mounted here');
  await choosePort();
  const limits = { DATABASE_DISK_LOW_MB: '120', DATABASE_DISK_FULL_MB: '60' };
  ok(['up'], limits);
  await diskState('ok');
  const fill = (left) => {
    const { bavail, bsize } = statfsSync(cluster);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - left * MB), { flag: 'a' });
  };
  fill(100);
  await diskState('low');
  await register(201);
  fill(40);
  await diskState('full');
  await register(503);
  await read();
  // What an owner does by hand is not refused: the log grows until it cannot.
  assert.throws(() => sql("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, 400)", state));
  await until(() => api.get('/events').then(({ status }) => status !== 200), { what: 'an end of PostgreSQL' });
  rmSync(filler);
  await until(() => api.get('/events').then(({ status }) => status === 200), { what: 'PostgreSQL again', timeout: 60_000 });
  await diskState('ok');
  await until(() => api.post('/auth/register', fresh()).then(({ status }) => status === 201), { what: 'a registration' });
  ok(['status'], limits);
});
