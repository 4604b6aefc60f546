// ticketctl's verbs, on a stack of its own: each made from what tests/run has started once from nothing.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { assertNoComplaints, bareEnvironment, freePort, preparePrograms, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { RESPONDERS } from '../support/responders.mjs';
import { newFolder, root } from '../support/stack.mjs';
import { until } from '../support/world.mjs';

const folder = newFolder('tctl');
const own = join(folder, 'a');

const base = bareEnvironment(folder);
const ctl = (args, { state = own, env = {}, input } = {}) => ticketctlWith({ ...base, TICKETING_STATE: state, ...env }, args, input);

function ok(args, options) {
  const run = ctl(args, options);
  assert.equal(run.status, 0, run.output);
  return run.stdout;
}

const sql = (text, options) => ok(['psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1'], { input: text, ...options }).trim();
const pid = (name, state = own) => readFileSync(join(state, 'pid', `${name}.pid`), 'utf8').split(' ')[0];
const NAMES = ['postgres', ...RESPONDERS, 'nginx'];
// A process that is gone, or that only its parent still has to notice.
const ended = (id) => !existsSync(`/proc/${id}`) || /\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
let port;

before(async () => {
  port = await freePort();
  prepareStack(own);
  ok(['up'], { env: { PORT: String(port) } });
});

after(() => {
  for (const name of readdirSync(folder)) {
    if (existsSync(join(folder, name, 'pid'))) ctl(['down'], { state: join(folder, name) });
  }
  try {
    assertNoComplaints(own);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// What a second `up` must leave alone: processes, configuration, secrets, the database's content.
function picture() {
  const files = ['env', 'started-with', 'nginx/gateway.conf', 'nginx/locations.conf'].map((name) => [
    name,
    readFileSync(join(own, name), 'utf8'),
  ]);
  const rows = sql(`select (select count(*) from events), (select count(*) from shows), (select count(*) from seatmaps),
    (select md5(string_agg(u::text, '' order by id)) from auth.users u), (select count(*) from sqitch.events)`);
  return { pids: NAMES.map((name) => pid(name)), files, rows };
}

test('up twice changes nothing', () => {
  const first = picture();
  const said = ok(['up'], { env: { PORT: String(port) } });
  assert.deepEqual(picture(), first);
  assert.doesNotMatch(said, /takes over its new configuration/);
  assert.match(said, new RegExp(`http://localhost:${port}`));
  assert.match(said, /admin@example\.com +\S{12,}/);
});

// What a warm start takes is measured by tests/bench/run; here, that it does no more than start.
test('a warm up only starts: the first request after it is answered', async () => {
  const before = picture();
  ok(['down']);
  assert.notEqual(ctl(['status']).status, 0);
  const said = ok(['up'], { env: { PORT: String(port) } });
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/events`)).status, 200);
  assert.doesNotMatch(said, /configuring|creating|migrating|loading/);
  assert.deepEqual({ ...picture(), pids: [] }, { ...before, pids: [] });
  ok(['status']);
});

test('secrets are private, and no secret stands in an argument', () => {
  assert.equal(statSync(join(own, 'env')).mode & 0o777, 0o600);
  const secrets = [...readFileSync(join(own, 'env'), 'utf8').matchAll(/=(\S{16,})$/gm)].map(([, value]) => value);
  assert.ok(secrets.length >= 8);
  const commands = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => {
    try { return readFileSync(`/proc/${name}/cmdline`, 'utf8'); } catch { return ''; }
  }).join('\n');
  assert.deepEqual(secrets.filter((secret) => commands.includes(secret)), []);
});

test('each responder gets only its own settings', () => {
  const environment = (name) => {
    const child = spawnSync('pgrep', ['-P', pid(name), '^ticketing-'], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')[0]; // multiwatch may have just forked
    return new Map(
      readFileSync(`/proc/${child}/environ`, 'utf8')
        .split('\0')
        .filter(Boolean)
        .map((line) => [line.split('=')[0], line]),
    );
  };
  assert.ok(environment('checkout').has('PAYMENT_WEBHOOK_SECRET'));
  for (const name of ['auth', 'events', 'holds']) {
    assert.ok(!environment(name).has('PAYMENT_WEBHOOK_SECRET'), name);
    assert.ok(environment(name).get(`${name.toUpperCase()}_DATABASE_URL`).includes(`ticketing_${name}`));
    assert.ok(!environment(name).has('HOME') && !environment(name).has('OWNER_DB_PASSWORD'), name);
  }
});

test('as root, everything but nginx\'s master runs as an unprivileged user', { skip: process.getuid() !== 0 }, () => {
  const owner = (id) => statSync(`/proc/${id}`).uid;
  for (const name of NAMES.slice(0, 5)) assert.notEqual(owner(pid(name)), 0, name);
  for (const worker of spawnSync('pgrep', ['-P', pid('nginx')], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n'))
    assert.notEqual(owner(worker), 0);
});

test('role gives exactly the roles named', () => {
  const roles = () =>
    sql(
      "select string_agg(role, ' ' order by role) from auth.user_roles r join auth.users u on u.id = r.user_id " +
        "where email = 'staff@example.com'",
    );
  ok(['role', 'STAFF@example.com', 'user']);
  assert.equal(roles(), 'user');
  ok(['role', 'staff@example.com', 'user', 'staff']);
  assert.equal(roles(), 'staff user');
  assert.match(ctl(['role', 'staff@example.com', 'emperor']).stderr, /no role 'emperor'/);
  assert.equal(roles(), 'staff user');
  const unknown = ctl(['role', "o'brien@example.com", 'staff']);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /nobody is registered/);
});

test('check is quiet when all is well and fails on a violation', () => {
  ok(['check']);
  sql(`insert into seat_claims (show_id, seat_id, state, hold_id, order_id, ticket_id, changed)
    select id, 'A1', 'sold', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), pg_current_xact_id() from shows limit 1`);
  const run = ctl(['check']);
  assert.equal(run.status, 1, 'what it says when the database is away is 2');
  assert.match(run.output, /A1/);
  sql(`delete from seat_claims where seat_id = 'A1'`);
  ok(['check']);
});

test('a backup restores into an empty database, and only there', () => {
  const copy = join(folder, 'b');
  const file = join(folder, 'backup.dump');
  assert.match(ok(['backup', file]), /keep .*env and .*keys\/tickets\.json with it/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const refused = ctl(['restore', file]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /not empty/);
  preparePrograms(copy);
  assert.match(ok(['restore', file], { state: copy }), /the keys that sign tickets are not here/);
  const content = (state) => {
    const tables = sql(
      `select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
      { state },
    ).split('\n');
    return tables.map((table) => [
      table,
      sql(`select count(*), md5(string_agg(t::text, E'\\n' order by t::text)) from ${table} t`, { state }),
    ]);
  };
  const restored = content(copy);
  assert.ok(restored.length > 15);
  assert.deepEqual(restored, content(own));
  const rights = `select grantee, table_schema, table_name, privilege_type from information_schema.role_table_grants
    where grantee like 'ticketing\\_%' order by 1, 2, 3, 4`;
  assert.equal(sql(rights, { state: copy }), sql(rights));
  ok(['check'], { state: copy });
  assert.equal(ctl(['restore', join(folder, 'nothing.dump')], { state: copy }).status, 1);
  ok(['down'], { state: copy });
});

test('logs are readable lines', async () => {
  await fetch(`http://127.0.0.1:${port}/api/events`, { headers: { 'X-Request-Id': 'a-line-to-find-1' } });
  await new Promise((resolve) => setTimeout(resolve, 1300)); // nginx writes its log every second
  const lines = ok(['logs', '-n', '200']).split('\n').filter((line) => line.includes('a-line-to-find-1'));
  assert.ok(lines.some((line) => / nginx +access /.test(line)), lines.join('\n'));
  assert.ok(lines.some((line) => / events +request .*route=\/events /.test(line)), lines.join('\n'));
  assert.equal(ctl(['logs', 'nothing']).status, 1);
});

test('logrotate with the example as it stands: old lines are kept, new ones follow in a small file', async () => {
  const conf = join(folder, 'logrotate.conf');
  const logs = (suffix) => readdirSync(join(own, 'log')).filter((name) => name.endsWith(`.log${suffix}`));
  writeFileSync(conf, readFileSync(join(root, 'nginx/logrotate.conf.example'), 'utf8').replaceAll('@STATE@', own));
  const find = async (line) => {
    await fetch(`http://127.0.0.1:${port}/api/events`, { headers: { 'user-agent': line } });
    await until(() => readFileSync(join(own, 'log/access.log'), 'utf8').includes(line), { what: `${line} in access.log` });
  };
  await find('before-the-rotation');
  const rotate = spawnSync('logrotate', ['--force', '--state', join(folder, 'logrotate.state'), conf], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(rotate.status, 0, rotate.stderr);
  assert.ok(logs('.1').includes('access.log.1') && logs('.1').includes('events.log.1'), logs('.1').join(' '));
  assert.match(readFileSync(join(own, 'log/access.log.1'), 'utf8'), /before-the-rotation/);
  await find('after-the-rotation');
  const text = readFileSync(join(own, 'log/access.log'), 'latin1');
  assert.ok(!text.includes('before-the-rotation') && !text.includes('\0'), 'the file begins anew');
});

test('psql takes statements from standard input, url tells where the database is', () => {
  assert.equal(sql('select 40 + 2'), '42');
  assert.notEqual(ctl(['psql', '-v', 'ON_ERROR_STOP=1'], { input: 'select nothing' }).status, 0);
  const url = ok(['url', 'holds']).trim();
  const asHolds = spawnSync('psql', ['-X', '-At', url], { input: 'select count(*) from auth.users', encoding: 'utf8' });
  assert.match(asHolds.stderr, /permission denied/);
});

test('a port that is taken is told, with who has it and another one to choose', async () => {
  const run = ctl(['up'], { state: join(folder, 'c'), env: { PORT: String(port) } });
  assert.equal(run.status, 1);
  assert.match(run.stderr, new RegExp(`port ${port} is taken by nginx`));
  assert.match(run.stderr, new RegExp(`PORT=${port + 1} nginx/ticketctl up`));
});

test('wrong settings are named, all at once', async () => {
  const faults = ctl(['up'], { env: { PORT: 'many', RATE_LIMITS: 'perhaps', LISTEN_ADDRESS: 'here; evil' } });
  assert.equal(faults.status, 1);
  for (const name of ['PORT', 'RATE_LIMITS', 'LISTEN_ADDRESS']) assert.match(faults.stderr, new RegExp(`  ${name} `));
  const state = join(folder, 'd');
  preparePrograms(state);
  const other = String(await freePort());
  const run = ctl(['up'], { state, env: { PORT: other, JWT_SECRET: 'short-sesame', HOLD_TTL_SECONDS: 'soon', THREADS: '0', DEMO: 'off' } });
  assert.equal(run.status, 1);
  for (const name of ['JWT_SECRET', 'HOLD_TTL_SECONDS', 'THREADS']) assert.match(run.stderr, new RegExp(`${name}: `));
  assert.ok(!run.output.includes('sesame'));
  assert.ok(!existsSync(join(state, 'pg')), 'nothing was started for it');
  assert.equal(ctl(['restart', 'auth'], { env: { THREADS: '0' } }).status, 1);
  ok(['status']);
});

test('PostgreSQL logs a refused row without the row', () => {
  sql('CREATE TABLE public.once (who text UNIQUE)');
  const twice = ctl(['psql', '-X'], {
    input: "INSERT INTO public.once SELECT concat('logged-guest', '@example.com') FROM generate_series(1, 2);",
  });
  sql('DROP TABLE public.once');
  assert.match(twice.output, /unique constraint/);
  const log = readFileSync(join(own, 'log/postgres.log'), 'utf8');
  assert.match(log, /unique constraint "once_who_key"/);
  assert.doesNotMatch(log, /logged-guest@example\.com/);
});

test('what is unsafe on a network is refused before anything starts, unless a setting asks for it', async () => {
  const state = join(folder, 'unsafe');
  preparePrograms(state);
  const env = { PORT: String(await freePort()), DEMO: 'off', THREADS: '0' }; // THREADS stops the ones that are let through
  const said = (more) => ctl(['up'], { state, env: { ...env, ...more } }).stderr;
  assert.match(said({ LISTEN_ADDRESS: '*' }), /PAYMENT_PROVIDER=test .*ALLOW_TEST_PAYMENTS=1/s);
  assert.match(said({ SMTP_URL: 'smtp://mail.example.com:25' }), /SMTP_URL must be smtps:.*ALLOW_PLAIN_SMTP=1/s);
  const key = join(folder, 'jwt.pem');
  writeFileSync(key, 'a key', { mode: 0o640 });
  assert.match(said({ JWT_PRIVATE_KEY: key }), /JWT_PRIVATE_KEY: accounts other than the owner may read .*chmod 600/);
  chmodSync(key, 0o600);
  for (const fine of [
    { JWT_PRIVATE_KEY: key },
    { LISTEN_ADDRESS: '*', ALLOW_TEST_PAYMENTS: '1' },
    { LISTEN_ADDRESS: '*', PAYMENT_PROVIDER: 'manual' },
    { LISTEN_ADDRESS: '127.0.0.1' },
    { LISTEN_ADDRESS: '[::1]' },
    { SMTP_URL: 'smtp://127.0.0.1:2525' },
    { SMTP_URL: 'smtps://mail.example.com' },
    { SMTP_URL: 'smtp://user:secret@mail.example.com' },
    { SMTP_URL: 'smtp://mail.example.com', ALLOW_PLAIN_SMTP: '1' },
  ]) {
    const text = said(fine);
    assert.match(text, /THREADS/);
    assert.doesNotMatch(text, /ALLOW_/);
  }
  assert.ok(!existsSync(join(state, 'pg')), 'nothing was started');
});

test('without root, missing packages are told in one line to have run', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const path of ['/usr/bin', '/bin', '/usr/sbin']) {
    for (const name of readdirSync(path)) {
      if (['multiwatch', 'sqitch'].includes(name) || existsSync(join(bin, name))) continue;
      try { symlinkSync(join(path, name), join(bin, name)); } catch { /* a dangling link */ }
    }
  }
  const state = join(folder, 'e');
  mkdirSync(state);
  chmodSync(state, 0o777);
  const script = join(folder, 'copy');
  cpSync(join(root, 'nginx'), join(script, 'nginx'), { recursive: true, filter: (path) => basename(path) !== 'html' });
  cpSync(join(root, 'common/responders.h'), join(script, 'common/responders.h'));
  const asNobody = process.getuid() === 0 ? ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'] : [];
  const command = [...asNobody, join(bin, 'bash'), join(script, 'nginx/ticketctl'), 'up'];
  const run = spawnSync(command[0], command.slice(1), { encoding: 'utf8', env: { PATH: bin, TICKETING_STATE: state, PORT: '4999' } });
  assert.equal(run.status, 1, run.stdout + run.stderr);
  const lines = run.stderr.split('\n').filter((line) => line.includes('apt-get install'));
  assert.equal(lines.length, 1, run.stderr);
  assert.match(lines[0], /apt-get install .*multiwatch sqitch/);
  assert.ok(!lines[0].includes('spawn-fcgi'));
  assert.deepEqual(readdirSync(state), []);
});

test('a state folder that is too deep for sockets gets a short one; --no-demo leaves the database empty', async () => {
  const state = join(folder, 'x'.repeat(60), 'y'.repeat(40));
  prepareStack(state);
  chmodSync(join(folder, 'x'.repeat(60)), 0o755);
  const env = { PORT: String(await freePort()) };
  try {
    ok(['up'], { state, env });
    assert.equal((await fetch(`http://127.0.0.1:${env.PORT}/healthz`)).status, 200);
    assert.ok(realpathSync(join(state, 'run')).length < 71);
    sql('delete from shows; delete from events', { state });
    ok(['up', '--no-demo'], { state, env });
    assert.equal(sql('select count(*) from events', { state }), '0');
    ok(['up'], { state, env });
    assert.equal(sql('select count(*) from events', { state }), '3');
  } finally {
    ctl(['down'], { state });
    const run = realpathSync(join(state, 'run'));
    if (run.startsWith('/tmp/ticketing-')) rmSync(run, { recursive: true, force: true });
  }
});

test('up --no-nginx leaves nginx out; the include for a provider\'s nginx works', async () => {
  const state = join(folder, 'f');
  prepareStack(state);
  ok(['up', '--no-nginx'], { state });
  assert.ok(!existsSync(join(state, 'pid/nginx.pid')));
  const include = ok(['locations'], { state }).trim();
  const provider = join(folder, 'provider');
  const other = await freePort();
  mkdirSync(provider);
  const temp = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'].map((name) => `${name}_temp_path ${provider}/${name};`).join('\n');
  const user = process.getuid() === 0 ? 'user ticketing-web ticketing;' : '';
  writeFileSync(
    join(provider, 'nginx.conf'),
    `${user}
    pid ${provider}/pid; error_log ${provider}/error.log; events {}
    http { ${temp} access_log off; server { listen 127.0.0.1:${other}; include ${include}; } }`,
  );
  const nginx = (...more) =>
    spawnSync('/usr/sbin/nginx', ['-p', provider, '-e', join(provider, 'error.log'), '-c', join(provider, 'nginx.conf'), ...more], {
      encoding: 'utf8',
    });
  assert.equal(nginx().status, 0, nginx('-t').stderr);
  try {
    const answer = await fetch(`http://127.0.0.1:${other}/api/events`);
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).events.length, 3);
    assert.match(answer.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
    const missing = await fetch(`http://127.0.0.1:${other}/api/nothing`);
    assert.equal(missing.headers.get('content-type'), 'application/problem+json');
    assert.equal((await missing.json()).code, 'NOT_FOUND');
  } finally {
    nginx('-s', 'stop');
    ctl(['down'], { state });
  }
});

test('unknown verbs and arguments are refused, help is not', () => {
  assert.notEqual(ctl(['fly']).status, 0);
  assert.notEqual(ctl(['up', '--fast']).status, 0);
  assert.match(ok(['help']), /restore FILE/);
  for (const verb of ['down', 'status', 'check', 'migrate']) {
    assert.match(ok([verb, '--help']), /restore FILE/);
    assert.match(ctl([verb, 'everything']).stderr, /takes no arguments, not 'everything'/);
  }
  assert.ok(!ended(pid('nginx')), 'nothing was stopped');
});

test('down ends every process', () => {
  const pids = NAMES.map((name) => pid(name));
  ok(['down']);
  for (const id of pids) assert.ok(ended(id), id);
  ok(['down']);
});
