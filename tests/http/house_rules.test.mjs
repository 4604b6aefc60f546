// Rules of operation that hold for the running service as a whole: what stands in logs, files and metrics.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { RESPONDERS, responders } from '../support/processes.mjs';
import { setting, sql, state } from '../support/stack.mjs';
import { buy, createShow, hold, registerUser, sleep, unique } from '../support/world.mjs';

const logs = () => readdirSync(join(state, 'log')).filter((name) => name.endsWith('.log'));
const log = (name) => readFileSync(join(state, 'log', name), 'utf8');

test('no secret, password or token is ever logged', async () => {
  const password = `hunter2-${unique('x')}`;
  const user = await registerUser({ password });
  await client().post('/auth/login', { email: user.email, password: `${password}-wrong` }, { expect: 401 });
  await user.api.put('/auth/password', { currentPassword: password, newPassword: `${password}-new` }, { expect: 204 });
  await client().post('/auth/login', { email: user.email, password: 1, [password]: 1 }, { expect: 422 });
  await sleep(1500);
  for (const name of logs()) {
    const text = log(name);
    for (const secret of [password, user.token, user.refreshToken, setting('JWT_SECRET'), setting('PAYMENT_WEBHOOK_SECRET')]) {
      assert.ok(!text.includes(secret), `${name} contains a secret`);
    }
  }
});

test('every line of the responders and of the access log is one JSON object', async () => {
  await client().get(`/events?q=${encodeURIComponent('"\\\n\u001b[31m')}`, { headers: { 'User-Agent': 'a"b\\c' } });
  await sleep(1500);
  for (const name of [...RESPONDERS.map((one) => `${one}.log`), 'access.log']) {
    const lines = log(name).split('\n').slice(0, -1);
    assert.ok(lines.length > 0, name);
    for (const line of lines) {
      if (!line.startsWith('{')) continue; // multiwatch and spawn-fcgi speak plainly
      assert.equal(typeof JSON.parse(line), 'object', `${name}: ${line}`);
    }
    assert.ok(lines.filter((line) => line.startsWith('{')).length > lines.length / 2, name);
  }
});

test('only a hash of a password and of a refresh token is stored', async () => {
  const user = await registerUser({ password: 'pass123' });
  const [[hash]] = sql(`SELECT password_hash FROM auth.users WHERE id = '${user.id}'`);
  assert.match(hash, /^\$y\$/);
  const [[count]] = sql(`SELECT count(*) FROM auth.refresh_tokens t WHERE t::text LIKE '%' || '${user.refreshToken}' || '%'`);
  assert.equal(count, '0');
});

test('metrics count what happened', async () => {
  const inside = () =>
    spawnSync('curl', ['-sS', '--unix-socket', join(state, 'run/internal.sock'), 'http://localhost/metrics'], { encoding: 'utf8' });
  const [user, show] = [await registerUser(), await createShow()];
  const before = inside();
  assert.equal(before.status, 0, before.stderr);
  await buy(user, show, ['A1']);
  await hold(user, show, ['A2']);
  await user.api.post('/holds', { showId: show.id, seats: ['A1'] }, { expect: 409 });
  const after = inside().stdout;
  assert.notEqual(after, before.stdout);
  for (const line of after.split('\n')) assert.match(line, /^$|^# (HELP|TYPE) |^[a-z_:]+(\{.*\})? [-+0-9.eInfNa]+$/, line);
  const sum = (text, pattern) =>
    text
      .split('\n')
      .filter((line) => pattern.test(line))
      .reduce((total, line) => total + Number(line.split(' ').pop()), 0);
  for (const pattern of [
    /^ticketing_\w*holds?\w*.*grant/,
    /^ticketing_\w*holds?\w*.*refus/,
    /^ticketing_\w*orders/,
    /^ticketing_\w*tickets_sold/,
    /^ticketing_\w*requests?\w*(_count|_total)\b.*/,
    /^ticketing_\w*_bucket/,
  ]) {
    assert.ok(sum(after, pattern) > sum(before.stdout, pattern), `${pattern}`);
  }
});

test('each responder has a database role that cannot do the work of the others', () => {
  const may = (role, table, right) => sql(`SELECT has_table_privilege('ticketing_${role}', '${table}', '${right}')`)[0][0] === 't';
  for (const role of ['events', 'holds', 'checkout'])
    assert.equal(may(role, 'auth.users', 'SELECT'), false, `${role} reads password hashes`);
  for (const role of ['auth', 'events', 'holds']) {
    for (const table of ['orders', 'payments', 'tickets']) {
      assert.equal(
        may(role, table, 'UPDATE') || may(role, table, 'INSERT') || may(role, table, 'DELETE'),
        false,
        `${role} writes ${table}`,
      );
    }
  }
  assert.equal(may('checkout', 'events', 'UPDATE'), false);
  for (const role of RESPONDERS) assert.equal(may(role, 'audit_log', 'DELETE'), false);
});

test('as root nothing that serves runs as root', { skip: process.getuid() !== 0 && 'not root' }, () => {
  for (const name of RESPONDERS) {
    for (const pid of responders(name)) assert.notEqual(statSync(`/proc/${pid}`).uid, 0, name);
  }
});
