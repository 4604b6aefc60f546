// What ticketctl keeps of its settings from one `up` to the next, and what it says when something is away; on a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bareEnvironment, freePort, preparePrograms, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { newFolder, root } from '../support/stack.mjs';

const folder = newFolder('settings');
const own = join(folder, 'a');
const base = bareEnvironment(folder);
const ctl = (args, { state = own, env = {}, input } = {}) => ticketctlWith({ ...base, TICKETING_STATE: state, ...env }, args, input);
let port;

function ok(args, options) {
  const run = ctl(args, options);
  assert.equal(run.status, 0, run.output);
  return run.stdout;
}

const answers = async (where) => (await fetch(`http://127.0.0.1:${where}/healthz`).catch(() => ({ status: 0 }))).status;

before(async () => {
  port = await freePort();
  prepareStack(own);
  ok(['up'], { env: { PORT: String(port) } });
});

after(() => {
  ctl(['down']);
  ctl(['down'], { state: join(folder, 'b') });
  rmSync(folder, { recursive: true, force: true });
});

test('up from a shell that does not have the setting leaves the service where it is', async () => {
  const said = ok(['up']);
  assert.equal(await answers(port), 200);
  assert.match(said, new RegExp(`http://localhost:${port}\\n`));
  assert.doesNotMatch(said, / now/);
  ok(['down']);
  ok(['up']);
  assert.equal(await answers(port), 200, 'after down, too');
});

test('a setting that changes is said, a secret without its value', async () => {
  const other = await freePort();
  const secret = 'a-secret-of-32-characters-or-more';
  const said = ok(['up'], { env: { PORT: String(other), THREADS: '16', PAYMENT_WEBHOOK_SECRET: secret } });
  assert.match(said, new RegExp(`PORT is ${other} now; it was ${port}\\n`));
  assert.match(said, /PAYMENT_WEBHOOK_SECRET is another one now/);
  assert.ok(!said.includes('a-secret-of'));
  assert.deepEqual([await answers(other), await answers(port)], [200, 0]);
  const env = readFileSync(join(own, 'env'), 'utf8');
  writeFileSync(join(own, 'env'), `${env}PORT=${port}\n`);
  const back = ok(['up']);
  assert.match(back, new RegExp(`PORT is ${port} now; it was ${other}\\n`), 'what is written into env counts');
  assert.match(back, /PAYMENT_WEBHOOK_SECRET is another one now/);
  assert.doesNotMatch(back, /THREADS/);
  assert.equal(await answers(port), 200);
  assert.match(ok(['up', '--forget']), /THREADS is 32 now; it was 16/);
  assert.doesNotMatch(readFileSync(join(own, 'started-with'), 'utf8'), /THREADS/);
});

test('while the database is away, verbs say so in one line, with an exit code of its own', () => {
  ok(['down']);
  for (const args of [['check'], ['psql'], ['role', 'a@example.com', 'user'], ['backup', join(folder, 'never')]]) {
    const run = ctl(args);
    assert.equal(run.status, 2, args.join(' '));
    assert.match(run.stderr, /^ticketctl: the database does not answer: it does not run\n {2}Try: ticketctl up/, args.join(' '));
    assert.doesNotMatch(run.output, /psql: error|pg_dump/);
  }
  ok(['up']);
  ok(['check']);
});

test('a restore before the saved env is here is told, and so is the env that comes too late', () => {
  const [late, file] = [join(folder, 'b'), join(folder, 'backup')];
  ok(['backup', file]);
  preparePrograms(late);
  assert.match(ok(['restore', file], { state: late }), /new secrets were made.*put the saved env there, restore again/s);
  copyFileSync(join(own, 'env'), join(late, 'env'));
  const run = ctl(['up'], { state: late, env: { PORT: String(port) } });
  assert.equal(run.status, 1);
  ok(['down']);
  const again = ctl(['up'], { state: late, env: { PORT: String(port) } });
  assert.equal(again.status, 1);
  assert.match(again.stderr, /PostgreSQL runs, and does not take the password OWNER_DB_PASSWORD.*put the saved env/s);
  assert.match(ctl(['check'], { state: late }).stderr, /its password is not the one in the settings/);
  ok(['down'], { state: late });
});

test('a build is said when there is something to build, and only then', () => {
  const source = join(folder, 'source');
  const build = join(folder, 'build');
  mkdirSync(join(source, 'nginx'), { recursive: true });
  mkdirSync(join(source, 'common'));
  mkdirSync(build);
  cpSync(join(root, 'nginx/ctl'), join(source, 'nginx/ctl'), { recursive: true });
  cpSync(join(root, 'nginx/ticketctl'), join(source, 'nginx/ticketctl'));
  cpSync(join(root, 'common/responders.h'), join(source, 'common/responders.h'));
  writeFileSync(join(source, 'CMakeLists.txt'), 'cmake_minimum_required(VERSION 3.20)\nproject(one C)\nadd_executable(one one.c)\n');
  writeFileSync(join(source, 'one.c'), 'int main(void) { return 0; }\n');
  const script = `set -euo pipefail; here=${source}/nginx; CHECKOUT=${source}; STATE=${folder}
    for part in base settings build; do . "$here/ctl/$part.sh"; done; build_configure ${build} Debug; build_run ${build}`;
  const run = () => spawnSync('bash', ['-c', script], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  const [first, second] = [run(), run()];
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /building/);
  assert.equal(second.stdout, '');
  writeFileSync(join(source, 'one.c'), 'int main(void) { return 1; }\n');
  assert.match(run().stdout, /building/);
});
