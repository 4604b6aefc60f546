// The running stack as its operator sees it: its settings, database, invariants, processes. Needs TICKETING_STATE (tests/run sets it).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const state = resolve(process.env.TICKETING_STATE ?? join(root, 'var'));

// A folder for a stack or a server of a test's own: sockets need short paths, and as root other users must be able to enter it. tests/run
// says where, and there takes down what an interrupted test has left.
export function newFolder(name) {
  const folder = mkdtempSync(join(process.env.TEST_FOLDER ?? '/tmp', `${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

// A setting from the environment or from the stack's env file.
export function setting(name, folder = state) {
  if (process.env[name] !== undefined && folder === state) return process.env[name];
  const line = readFileSync(join(folder, 'env'), 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}=`));
  assert.ok(line, `${name} is neither in the environment nor in ${folder}/env`);
  return line.slice(name.length + 1).replace(/^(["'])(.*)\1$/, '$2');
}

// Runs nginx/ticketctl: {status, stdout, stderr}.
export function ticketctl(args, { input = '', env = {}, timeout = 60_000 } = {}) {
  const run = spawnSync(join(root, 'nginx/ticketctl'), args, {
    input,
    encoding: 'utf8',
    timeout,
    maxBuffer: 64 << 20,
    env: { ...process.env, TICKETING_STATE: state, ...env },
  });
  if (run.error) throw run.error;
  return run;
}

// Runs SQL as the owner; rows as arrays of texts. Straight to the cluster's socket: tests ask too often to start ticketctl each time.
export function sql(text, folder = state) {
  const run = spawnSync('psql', ['-X', '-A', '-t', '-q', '-F', '\t', '-v', 'ON_ERROR_STOP=1'], {
    input: text,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 << 20,
    env: {
      ...process.env,
      PGHOST: join(folder, 'run/pg'),
      PGUSER: 'ticketing',
      PGDATABASE: 'ticketing',
      PGPASSWORD: setting('OWNER_DB_PASSWORD', folder),
    },
  });
  if (run.error) throw run.error;
  assert.equal(run.status, 0, `psql: ${run.stderr}`);
  return run.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

// Fails with the list of violations when schema/check_invariants.sql finds any.
export function checkInvariants(options) {
  const run = ticketctl(['check'], options);
  assert.equal(run.status, 0, `invariants violated:\n${run.stdout}${run.stderr}`);
}

// Like ticketctl(), but lets this process go on meanwhile; resolves to the exit status.
export function ticketctlMeanwhile(args) {
  const child = spawn(join(root, 'nginx/ticketctl'), args, { stdio: 'ignore', env: { ...process.env, TICKETING_STATE: state } });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
