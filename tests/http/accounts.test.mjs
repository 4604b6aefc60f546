// Who of the operating system runs what and can read what, on a stack of its own: as root, an account for each that has secrets.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ownStack } from '../support/own_stack.mjs';
import { RESPONDERS, responders, watcher } from '../support/processes.mjs';
import { root } from '../support/stack.mjs';
import { registerUser, until } from '../support/world.mjs';

const asRoot = { skip: process.getuid() !== 0 && 'accounts are made by root' };
const SECRETS = {
  JWT_SECRET: RESPONDERS,
  SMTP_URL: ['auth', 'checkout'],
  PAYMENT_WEBHOOK_SECRET: ['checkout'],
  STRIPE_SECRET_KEY: ['checkout'],
  STRIPE_WEBHOOK_SECRET: ['checkout'],
  TICKET_KEYS_FILE: ['checkout'],
  ADMIN_EMAIL: ['auth'],
  ...Object.fromEntries(RESPONDERS.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, [name]])),
};
let stack;

before(async () => {
  stack = await ownStack({
    SMTP_URL: 'smtps://sender:mail-password@127.0.0.1:1', STRIPE_SECRET_KEY: `sk_test_${'a'.repeat(24)}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${'b'.repeat(32)}`, ADMIN_EMAIL: 'boss@example.com',
  });
});
after(() => stack.down());

const responder = (name) => until(() => responders(name, stack.state)[0], { what: `a process of ${name}` });
const environment = (pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean).map((line) => line.split('=')[0]);
const uid = (pid) => statSync(`/proc/${pid}`).uid;
const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const account = (id) => spawnSync('id', ['-un', String(id)], { encoding: 'utf8' }).stdout.trim();

// A shell's test(1) as an account: may it do that to the file?
function may(who, flag, path) {
  const { status } = spawnSync('setpriv', ['--reuid', who, '--regid', 'ticketing', '--init-groups', '--', 'test', flag, path]);
  return status === 0;
}

test('a secret reaches the responders that need it, and no other process', async () => {
  const seen = {};
  for (const name of RESPONDERS) seen[name] = environment(await responder(name));
  for (const [secret, readers] of Object.entries(SECRETS)) {
    assert.deepEqual(RESPONDERS.filter((name) => seen[name].includes(secret)), readers, secret);
  }
  for (const name of RESPONDERS) assert.ok(!seen[name].some((key) => /OWNER|DEMO_|^HOME$/.test(key)), name);
  const database = environment(children(watcher('postgres', stack.state))[0]);
  assert.deepEqual(database.filter((key) => /SECRET|PASSWORD|URL|KEY/.test(key)), []);
});

test('each of the database, the gateway and the responders has an account of its own', asRoot, async () => {
  const owners = { database: uid(children(watcher('postgres', stack.state))[0]) };
  for (const name of RESPONDERS) owners[name] = uid(await responder(name));
  const workers = [...children(watcher('nginx', stack.state)), ...children(watcher('live', stack.state))].map(uid);
  owners.gateway = workers[0];
  assert.deepEqual([...new Set(workers)], [owners.gateway]);
  assert.equal(new Set(Object.values(owners)).size, 6, JSON.stringify(owners));
  assert.ok(!Object.values(owners).includes(0));
  const names = Object.fromEntries(Object.entries(owners).map(([name, id]) => [name, account(id)]));
  const own = Object.fromEntries(RESPONDERS.map((name) => [name, `ticketing-${name}`]));
  assert.deepEqual(names, { database: 'ticketing-db', gateway: 'ticketing-web', ...own });
});

test('files are readable by who needs them', asRoot, () => {
  const ALL = ['db', 'web', ...RESPONDERS].map((name) => `ticketing-${name}`);
  const readers = (flag, path) => ALL.filter((who) => may(who, flag, join(stack.state, path)));
  assert.deepEqual(readers('-r', 'env'), []);
  assert.deepEqual(readers('-r', 'started-with'), []);
  assert.deepEqual(readers('-r', 'keys/tickets.json'), ['ticketing-checkout']);
  assert.deepEqual(readers('-r', 'pg/PG_VERSION'), ['ticketing-db']);
  assert.deepEqual(readers('-w', 'mail'), ['ticketing-auth', 'ticketing-checkout']);
  assert.deepEqual(readers('-r', 'mail'), ['ticketing-auth', 'ticketing-checkout']);
  assert.deepEqual(readers('-r', 'log/auth.log'), []);
  assert.deepEqual(readers('-w', 'run'), [], 'none can take the place of another one\'s socket');
  for (const name of RESPONDERS) assert.ok(readers('-w', `run/${name}.sock`).includes('ticketing-web'), name);
  for (const path of ['env', 'started-with']) assert.equal(statSync(join(stack.state, path)).mode & 0o777, 0o600, path);
});

test('somebody without an account of the service reaches neither sockets nor secrets', asRoot, () => {
  const nobody = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];
  const stranger = (flag, path) => spawnSync('setpriv', [...nobody, 'test', flag, path]).status === 0;
  const run = realpathSync(join(stack.state, 'run'));
  for (const name of readdirSync(run)) assert.ok(!stranger('-e', join(run, name)), name);
  for (const path of ['mail', 'keys', 'log', 'pg', 'env']) assert.ok(!stranger('-r', join(stack.state, path)), path);
});

test('with accounts of their own all of them still work together, after a restart as well', async () => {
  const [[show]] = stack.sql('SELECT id FROM shows LIMIT 1');
  const live = await fetch(`http://127.0.0.1:${stack.port}/api/shows/${show}/live`);
  assert.equal(live.status, 200);
  await live.body.cancel();
  await registerUser({ api: stack.api });
  const { status, stdout, stderr } = spawnSync(join(root, 'nginx/ticketctl'), ['restart'], {
    encoding: 'utf8', env: { PATH: process.env.PATH, TICKETING_STATE: stack.state },
  });
  assert.equal(status, 0, stdout + stderr);
  await registerUser({ api: stack.api });
  assert.equal((await stack.api.health()).body.status, 'ok');
});
