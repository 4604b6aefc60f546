// What somebody killed or started by hand, on a stack of its own: `up` and `down` mend it, and PostgreSQL comes back by itself.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { assertNoComplaints, bareEnvironment, freePort, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { newFolder, sql } from '../support/stack.mjs';
import { responders, watcher } from '../support/processes.mjs';
import { until } from '../support/world.mjs';

const folder = newFolder('mend');
const state = join(folder, 'a');
const base = bareEnvironment(folder);
let port;

const ctl = (...args) => ticketctlWith({ ...base, TICKETING_STATE: state, PORT: String(port) }, args);

function ok(...args) {
  const run = ctl(...args);
  assert.equal(run.status, 0, run.output);
  return run.output;
}

// A process that is gone, or that only its parent still has to notice.
const ended = (id) => !existsSync(`/proc/${id}`) || /\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
const children = (id) => readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
// The status of an answer on a new connection; 0: there is none.
const answers = (path = '/api/events') => new Promise((resolve) => {
  http.get({ host: '127.0.0.1', port, path, agent: false }, (answer) => resolve(answer.resume().statusCode)).on('error', () => resolve(0));
});

// Every living process that has a log of this stack open: what `down` must have ended.
function left() {
  const logs = join(realpathSync(state), 'log/');
  return readdirSync('/proc').filter((id) => /^\d+$/.test(id) && !ended(id)).filter((id) => {
    try {
      return readdirSync(`/proc/${id}/fd`).some((name) => readlinkSync(`/proc/${id}/fd/${name}`).startsWith(logs));
    } catch {
      return false; // gone meanwhile
    }
  });
}

function kill(id) {
  process.kill(id, 'SIGKILL');
  return until(() => ended(id), { what: `the end of ${id}` });
}

const postmaster = () => Number(readFileSync(join(state, 'pg/postmaster.pid'), 'utf8').split('\n')[0]);

// pg_ctl as the cluster's owner calls it.
function pgCtl(verb) {
  const [bin] = readdirSync('/usr/lib/postgresql')
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin/pg_ctl`);
  const owner =
    process.getuid() === 0
      ? [
          'setpriv',
          '--reuid',
          spawnSync('stat', ['-c', '%U', join(state, 'pg')], { encoding: 'utf8' }).stdout.trim(),
          '--init-groups',
          '--regid',
          spawnSync('stat', ['-c', '%G', join(state, 'pg')], { encoding: 'utf8' }).stdout.trim(),
          '--',
        ]
      : [];
  const [command, ...args] = [...owner, bin, '-D', join(state, 'pg'), '-m', 'fast', '-w', '-t', '60', '-l', '/dev/null', verb];
  assert.equal(spawnSync(command, args, { cwd: '/', stdio: 'ignore' }).status, 0, `pg_ctl ${verb}`);
}

before(async () => {
  port = await freePort();
  prepareStack(state);
  ok('up');
});

after(() => {
  ctl('down');
  try {
    assertNoComplaints(state);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

for (const name of ['nginx', 'live']) {
  test(`${name}: the master is killed, its workers stay and keep the sockets`, async () => {
    for (const verb of ['up', 'down']) {
      const workers = children(watcher(name, state));
      assert.ok(workers.length > 0);
      await kill(watcher(name, state));
      assert.ok(!ended(workers[0]), 'the workers stay');
      ok(verb);
      for (const id of workers) assert.ok(ended(id), `worker ${id} after ${verb}`);
      if (verb === 'down') assert.deepEqual(left(), []);
      ok('up');
      ok('status');
      assert.equal(await answers(), 200);
    }
  });
}

test('multiwatch is killed, its responder is an orphan', async () => {
  for (const verb of ['up', 'restart', 'down']) {
    const [orphan] = responders('holds', state);
    await kill(watcher('holds', state));
    assert.ok(!ended(orphan), 'the responder stays');
    ok(verb, ...(verb === 'restart' ? ['holds'] : []));
    assert.ok(ended(orphan), `the orphan after ${verb}`);
    if (verb === 'down') assert.deepEqual(left(), []);
    ok('up');
    ok('status');
    assert.equal(await answers(), 200);
  }
});

test('somebody restarted the cluster with pg_ctl: up takes it over, down ends it', async () => {
  for (const verb of ['up', 'down']) {
    const watching = watcher('postgres', state);
    process.kill(watching, 'SIGSTOP'); // else either of the two may be the one that starts it
    pgCtl('restart');
    process.kill(watching, 'SIGCONT');
    await until(() => answers().then((status) => status === 200), { what: 'an answer from the database' });
    const foreign = postmaster();
    assert.ok(!children(watching).includes(foreign), 'it is not the one that ticketctl started');
    ok(verb);
    if (verb === 'down') {
      assert.ok(ended(foreign), 'down has ended it');
      assert.deepEqual(left(), []);
    }
    ok('up');
    ok('status');
    assert.ok(children(watcher('postgres', state)).includes(postmaster()), 'it is watched');
    assert.equal(await answers(), 200);
  }
});

test('the watcher of PostgreSQL is killed: up takes the cluster over, down ends it', async () => {
  for (const verb of ['up', 'down']) {
    const orphan = postmaster();
    await kill(watcher('postgres', state));
    assert.ok(!ended(orphan), 'the server stays');
    ok(verb);
    assert.ok(ended(orphan), `the orphan after ${verb}`);
    if (verb === 'down') assert.deepEqual(left(), []);
    ok('up');
    ok('status');
    assert.equal(await answers(), 200);
  }
});

test('a killed PostgreSQL starts again by itself, and nothing acknowledged is lost', async () => {
  const rows = () => sql('SELECT count(*) FROM events', state)[0][0];
  const before = rows();
  for (let i = 0; i < 3; i++) {
    const killed = postmaster();
    await kill(killed);
    await until(() => answers('/healthz').then((status) => status === 200 && postmaster() !== killed), {
      what: 'PostgreSQL again',
      timeout: 60_000,
    });
  }
  assert.equal(rows(), before);
  ok('status');
});
