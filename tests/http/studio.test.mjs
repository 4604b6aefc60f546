// `ticketctl studio`: Debian's Adminer on loopback, with a password of this start and a login that may only read; on a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import http from 'node:http';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bareEnvironment, freePort, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { newFolder, root, setting, sql } from '../support/stack.mjs';
import { until } from '../support/world.mjs';

const folder = newFolder('studio');
const state = join(folder, 'a');
const env = { ...bareEnvironment(folder), TICKETING_STATE: state };
const ctl = (...args) => ticketctlWith(env, args);
const ended = (child) => new Promise((resolve) => child.on('exit', resolve));

before(async () => {
  prepareStack(state);
  const run = ticketctlWith({ ...env, PORT: String(await freePort()) }, ['up']);
  assert.equal(run.status, 0, run.output);
});

after(() => {
  ctl('down');
  rmSync(folder, { recursive: true, force: true });
});

// {child, url, password}
async function open() {
  const child = spawn(join(root, 'nginx/ticketctl'), ['studio', '--yes'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { said += text; });
  await until(() => /password {2}(\S+)\n/.test(said) || child.exitCode !== null, { timeout: 300_000, what: 'the studio' });
  assert.equal(child.exitCode, null, said);
  return { child, url: /http:\/\/127\.0\.0\.1:\d+\//.exec(said)[0], password: /password {2}(\S+)\n/.exec(said)[1] };
}

// A browser of few words: keeps cookies, follows where it is sent.
function visitor(url) {
  const jar = new Map();
  const visit = async (path, form) => {
    const answer = await fetch(new URL(path, url), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      body: form && new URLSearchParams(form),
    });
    // Debian's Node 18 has no getSetCookie(): several cookies stand in one header, with commas, which a date has too.
    const cookies = (answer.headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,\s]+=)/).filter(Boolean);
    for (const cookie of cookies) jar.set(...cookie.split(';')[0].split(/=(.*)/s).slice(0, 2));
    const next = answer.headers.get('location');
    return next ? visit(new URL(next, new URL(path, url))) : { status: answer.status, text: await answer.text() };
  };
  return visit;
}

const form = (password) => ({
  'auth[driver]': 'pgsql',
  'auth[server]': '',
  'auth[username]': 'studio_reader',
  'auth[db]': 'ticketing',
  'auth[password]': password,
});
const home = '/?pgsql=&username=studio_reader&db=ticketing&ns=studio';
const readers = () => sql("select count(*) from pg_roles where rolname = 'studio_reader'", state)[0][0];
const views = () => sql("select count(*) from information_schema.views where table_schema = 'studio'", state)[0][0];

test('who has the password reads the tables, and is refused every write', async () => {
  const { child, url, password } = await open();
  const visit = visitor(url);
  assert.match((await visit('/')).text, /password that ticketctl printed/);
  await visit('/', form(password));
  const list = (await visit(home)).text;
  for (const name of ['events', 'orders', 'tickets', 'users']) assert.match(list, new RegExp(`select=${name}['"&]`), name);
  assert.match((await visit(`${home}&select=events`)).text, /My Dinh Spring Concert/);
  const people = (await visit(`${home}&select=users`)).text;
  assert.match(people, /staff@example\.com/);
  assert.doesNotMatch(people, /password_hash|\$[a-z0-9]+\$/);
  const token = /name=["']token["'] value=["']([^"']+)/.exec((await visit(`${home}&sql=`)).text)[1];
  for (const [query, refusal] of [
    ["update studio.events set title = 'mine'", /read-only transaction|permission denied/],
    ["set default_transaction_read_only = off; update studio.events set title = 'mine'", /permission denied/],
    ['select * from auth.users', /permission denied/],
    ['select * from public.webhook_endpoints', /permission denied/],
    ['set role ticketing', /permission denied/],
    ['create table studio.mine (id int)', /read-only transaction|permission denied/],
    ["copy (select 1) to program 'id'", /permission denied|must be superuser|read-only/],
    ["select pg_read_file('/etc/passwd')", /permission denied/],
  ]) {
    const { text } = await visit(`${home}&sql=`, { query, limit: '10', token });
    assert.match(text, refusal, query);
  }
  assert.equal(sql("select count(*) from events where title = 'mine'", state)[0][0], '0');
  child.kill('SIGINT');
  assert.equal(await ended(child), 0);
  assert.deepEqual([readers(), views()], ['0', '0'], 'nothing is left of it');
  await assert.rejects(fetch(url));
});

test('nobody else comes in: a wrong password, another name of this machine, another address', async () => {
  const { child, url } = await open();
  const visit = visitor(url);
  await visit('/', form('not it'));
  const refused = await visit(home);
  assert.equal(refused.status, 403);
  assert.doesNotMatch(refused.text, /select=orders/);
  const { port } = new URL(url);
  const status = (options) => new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', ...options }, (answer) => { answer.resume(); resolve(answer.statusCode); }).on('error', reject);
  });
  assert.equal(await status({ headers: { host: `rebound.example.com:${port}` } }), 421);
  assert.equal(await status({ path: '/adminer/index.php' }), 404);
  const listening = spawnSync('ss', ['-ltnH', `sport = :${port}`], { encoding: 'utf8' }).stdout;
  assert.ok(listening === '' || /^LISTEN.*127\.0\.0\.1:/.test(listening), listening);
  const secrets = ['OWNER_DB_PASSWORD', 'JWT_SECRET', 'CHECKOUT_DB_PASSWORD'].map((name) => setting(name, state));
  const environment = readFileSync(`/proc/${readFileSync(join(state, 'pid/studio.pid'), 'utf8').split(' ')[0]}/environ`, 'utf8');
  assert.ok(!secrets.some((secret) => environment.includes(secret)), 'its process has no secret of the service');
  assert.match(ctl('studio', '--yes').stderr, /open already/);
  const closed = ctl('studio', '--stop');
  assert.equal(closed.status, 0, closed.output);
  await ended(child);
  assert.deepEqual([readers(), views(), existsSync(join(state, 'studio'))], ['0', '0', false]);
});

test('no column that the studio shows has the name of a secret', async () => {
  const { child } = await open();
  const shown = sql("select table_name || '.' || column_name from information_schema.columns where table_schema = 'studio'", state).flat();
  assert.ok(shown.includes('users.email') && shown.includes('orders.total') && shown.includes('refresh_tokens.created_at'));
  const secret = /\..*(hash|secret|token|password|digest)|\.(url|payload|body)$/;
  assert.deepEqual(shown.filter((name) => secret.test(name)), []);
  ctl('down');
  await ended(child);
  assert.equal(ctl('up').status, 0);
  assert.deepEqual([readers(), views()], ['0', '0'], 'down closes it');
});
