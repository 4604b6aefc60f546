// The database is the house's own, as on shared hosting: reached over TCP with a password, owned by somebody who may not create roles;
// then through PgBouncer in transaction mode. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { asServer, Cluster } from '../support/cluster.mjs';
import { ticketsOf } from '../support/gate.mjs';
import { assertNoComplaints, bareEnvironment, freePort, preparePrograms, ticketctlWith } from '../support/own_stack.mjs';
import { newFolder } from '../support/stack.mjs';
import { buy, checkout, createShow, hold, pay, registerUser, staff, taken, until } from '../support/world.mjs';

const OWNER = 'hoster';
const PASSWORD = 'p@ss/w:rd%?&#';
const folder = newFolder('owndb');
const state = join(folder, 'stack');
let cluster;
let pooler;
let port;
let env;
let api;

const url = (at, database = 'venue') => `postgresql://${OWNER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${at}/${database}`;

const ticketctl = (...args) => ticketctlWith(env, args);

function ok(...args) {
  const { status, output } = ticketctl(...args);
  assert.equal(status, 0, output);
  return output;
}

before(async () => {
  const databases = join(folder, 'databases');
  mkdirSync(databases, { mode: 0o755 });
  cluster = new Cluster(databases, 'pg', { port: await freePort() }).create();
  cluster.start();
  cluster.sql(
    `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD '${PASSWORD}'; CREATE DATABASE venue OWNER ${OWNER};`,
    'postgres',
  );
  preparePrograms(state);
  port = await freePort();
  env = { ...bareEnvironment(folder), PASSWORD_COST: '1', TICKETING_STATE: state, PORT: String(port), DATABASE_URL: url(cluster.port) };
  api = client({ baseUrl: `http://127.0.0.1:${port}`, state });
});

after(() => {
  ticketctl('down');
  pooler?.kill('SIGTERM');
  cluster.control('-m', 'fast', 'stop');
  try {
    assertNoComplaints(state);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// A house opens, people buy, the gate lets in.
async function evening() {
  const show = await createShow({}, api);
  const [one, other] = await Promise.all([registerUser({ api }), registerUser({ api })]);
  const order = await buy(one, show, ['A1', 'A2']);
  assert.equal(order.status, 'paid');
  const held = await hold(other, show, ['A3']);
  await other.api.post('/holds', { showId: show.id, seats: ['A2', 'A3'] }, { expect: 409 });
  assert.deepEqual(await taken(show, api), { A1: 'sold', A2: 'sold', A3: 'held' });
  await other.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  const [ticket] = await ticketsOf(one);
  const entry = await (await staff(api)).post(`/tickets/${ticket.id}/checkin`, { gate: 'North' }, { expect: 200 });
  assert.equal(entry.body.status, 'checked_in');
  return show;
}

test('up makes all it needs in a database whose owner may do nothing else', async () => {
  const said = ok('up');
  assert.match(said, new RegExp(`http://localhost:${port}`));
  assert.ok(!said.includes(encodeURIComponent(PASSWORD)) && !said.includes(PASSWORD), 'the password is not shown');
  assert.ok(!existsSync(join(state, 'pg')), 'no cluster of ticketctl was made');
  const roles = () =>
    cluster.sql("SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname !~ '^pg_'", 'postgres').trim().split(' ').sort();
  assert.deepEqual(roles(), [OWNER, 'ticketing']);
  await evening();
  assert.match(ok('check'), /all invariants hold/);
  assert.match(ok('status'), /postgres +up.*DATABASE_URL/);
  assert.match(ok('up'), /http/, 'a second time');
});

test('its server is not ours to restart, and its being away is told', async () => {
  const refused = ticketctl('restart', 'postgres');
  assert.notEqual(refused.status, 0);
  assert.match(refused.output, /DATABASE_URL is not ours/);
  cluster.control('-m', 'fast', 'stop');
  const away = ticketctl('up');
  assert.notEqual(away.status, 0);
  assert.match(away.output, /the database in DATABASE_URL does not answer/);
  assert.ok(!away.output.includes(PASSWORD) && !away.output.includes(encodeURIComponent(PASSWORD)), away.output);
  assert.equal((await api.get('/events')).status, 503);
  cluster.start();
  await until(async () => (await api.get('/events')).status === 200, { what: 'an answer after the database came back' });
});

test('its backup is restored into another such database', async () => {
  const file = join(folder, 'backup');
  ok('backup', file);
  cluster.sql(`CREATE DATABASE venue2 OWNER ${OWNER}`, 'postgres');
  const restore = (from = file) =>
    ticketctlWith({ ...env, TICKETING_STATE: join(folder, 'other'), DATABASE_URL: url(cluster.port, 'venue2') }, ['restore', from]);
  const bytes = readFileSync(file);
  writeFileSync(`${file}.cut`, bytes.subarray(0, bytes.length - 1000));
  assert.match(restore(`${file}.cut`).output, /nothing was changed/);
  // The last step of a restore renews the marks of change; here it fails.
  cluster.sql(
    `CREATE SCHEMA trap;
     GRANT USAGE ON SCHEMA trap TO public;
     CREATE FUNCTION trap.spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the trap has sprung'; END $$;
     CREATE FUNCTION trap.lay() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
       IF to_regclass('public.tickets') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'trap') THEN
         CREATE TRIGGER trap BEFORE UPDATE ON public.tickets EXECUTE FUNCTION trap.spring();
       END IF;
     END $$;
     CREATE EVENT TRIGGER trap ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION trap.lay()`,
    'venue2',
  );
  const failed = restore();
  assert.notEqual(failed.status, 0);
  assert.match(failed.output, /the trap has sprung[^]*nothing was changed/);
  cluster.sql('DROP EVENT TRIGGER trap; DROP SCHEMA trap CASCADE', 'venue2');
  const restored = restore();
  assert.equal(restored.status, 0, restored.output);
  const rows = (database) =>
    cluster.sql('SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM tickets), (SELECT count(*) FROM seatmaps)', database).trim();
  assert.equal(rows('venue2'), rows('venue'));
});

test('over TLS, when root started ticketctl and nobody else may enter its home', async () => {
  const key = join(cluster.data, 'server.key');
  const [command, args] = asServer(
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=127.0.0.1', '-keyout', key, '-out', join(cluster.data, 'server.crt')],
  );
  assert.equal(spawnSync(command, args, { cwd: cluster.folder }).status, 0);
  cluster.sql('ALTER SYSTEM SET ssl = on', 'postgres');
  const ssl = () => cluster.sql('SELECT pg_reload_conf(); SHOW ssl', 'postgres').includes('on');
  await until(ssl, { what: 'TLS' });
  const home = join(folder, 'home');
  mkdirSync(join(home, '.postgresql'), { recursive: true, mode: 0o700 });
  const seeded = ticketctlWith({ ...env, HOME: home, DATABASE_URL: `${url(cluster.port)}?sslmode=require` }, ['seed']);
  assert.equal(seeded.status, 0, seeded.output);
});

// 1.18 knows no prepared statements of its clients in this mode: whoever uses one that has a name fails.
async function startPooler() {
  const databases = cluster.folder;
  const at = await freePort();
  writeFileSync(join(databases, 'users'), `"${OWNER}" "${PASSWORD}"\n`, { mode: 0o644 });
  writeFileSync(join(databases, 'pgbouncer.ini'), `[databases]
venue = host=127.0.0.1 port=${cluster.port} dbname=venue
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${at}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(databases, 'users')}
admin_users = ${OWNER}
pool_mode = transaction
default_pool_size = 4
`);
  pooler = spawn(...asServer('/usr/sbin/pgbouncer', join(databases, 'pgbouncer.ini')), { stdio: 'ignore', cwd: databases });
  const ask = (text) => spawnSync('psql', [url(at, 'pgbouncer'), '-X', '-A', '-t', '-c', text], { encoding: 'utf8', timeout: 10_000 });
  await until(() => ask('SHOW VERSION').status === 0, { what: 'an answer of PgBouncer' });
  return {
    at,
    transactions: () =>
      Number(
        ask('SHOW STATS')
          .stdout.split('\n')
          .find((line) => line.startsWith('venue|'))
          ?.split('|')[1] ?? 0,
      ),
  };
}

test('behind PgBouncer in transaction mode', async () => {
  const { at, transactions } = await startPooler();
  for (const name of ['AUTH', 'EVENTS', 'HOLDS', 'CHECKOUT']) env[`${name}_DATABASE_URL`] = url(at);
  env.DATABASE_POOLED = '1';
  ok('up');
  const idle = transactions();
  const show = await evening();
  assert.ok(transactions() > idle + 10, 'the responders are behind PgBouncer');

  // More buyers at once than the pooler has connections, two for each pair of seats.
  const buyers = await Promise.all(Array.from({ length: 16 }, () => registerUser({ api })));
  const wanted = (n) => [`B${1 + 2 * (n >> 1 & 3)}`, `B${2 + 2 * (n >> 1 & 3)}`];
  const answers = await Promise.all(
    buyers.map((buyer, n) => buyer.api.post('/holds', { showId: show.id, seats: wanted(n) }, { expect: [201, 409] })),
  );
  const won = answers.flatMap((answer, n) => (answer.status === 201 ? [n] : []));
  assert.equal(won.length, 4, 'each pair has one winner');
  await Promise.all(won.map(async (n) => pay(await checkout(buyers[n], answers[n].body), undefined, api)));
  const sold = Object.entries(await taken(show, api)).filter(([seat, what]) => seat.startsWith('B') && what === 'sold');
  assert.equal(sold.length, 8);
  assert.match(ok('check'), /all invariants hold/);
});

test('ticketctl loads seat maps through PgBouncer when the settings that it was started with say so', () => {
  const { DATABASE_POOLED, ...rest } = env;
  assert.equal(DATABASE_POOLED, '1');
  env = { ...rest, DATABASE_URL: env.EVENTS_DATABASE_URL };
  for (let i = 0; i < 3; i++) ok('seed');
});
