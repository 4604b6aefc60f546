// A whole stack of a test's own, with settings of its own, made from what tests/run has started once from nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { client } from './client.mjs';
import { checkInvariants, newFolder, root, sql, state as mainState } from './stack.mjs';

export const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

// What tests/lib/stack.sh looks for in the logs of the common stacks.
export function assertNoComplaints(folder) {
  for (const name of readdirSync(join(folder, 'log')).filter((file) => file.endsWith('.log'))) {
    const found = /.*(Sanitizer|runtime error:|Assertion .* failed|\*\*\* .* detected \*\*\*)[^]{0,3000}/.exec(
      readFileSync(join(folder, 'log', name), 'utf8'),
    );
    assert.equal(found, null, `${name}: ${found?.[0]}`);
  }
}

// Only what is said here reaches ticketctl: no setting of the stack under test.
export const bareEnvironment = (folder) => ({
  PATH: process.env.PATH,
  HOME: folder,
  TICKETING_BUILD: 'off',
  TICKETING_BUILD_DIR: join(folder, 'no-build'),
  RATE_LIMITS: 'off',
  LOGIN_ATTEMPTS: '0',
  DEMO_SALES: 'off',
  ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '',
});

// {status, stdout, stderr, output: both}
export function ticketctlWith(env, args, input = '') {
  const run = spawnSync(join(root, 'nginx/ticketctl'), args, { encoding: 'utf8', input, timeout: 120_000, env });
  if (run.error) throw run.error;
  return { ...run, output: run.stdout + run.stderr };
}

// The programs as `up` would have installed them, and no database.
export function preparePrograms(folder) {
  mkdirSync(join(folder, 'app'), { recursive: true });
  cpSync(join(mainState, 'app'), join(folder, 'app'), { recursive: true });
}

// Makes a stopped stack: with its programs, and its database with the demo, as tests/run has left one. A test that is run by hand gets the
// programs of the stack under test, and its first `up` does the rest.
export function prepareStack(folder) {
  if (process.env.TEMPLATE_STATE === undefined) {
    preparePrograms(folder);
  } else {
    mkdirSync(dirname(folder), { recursive: true });
    const { status, stderr } = spawnSync('cp', ['-a', '-T', process.env.TEMPLATE_STATE, folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
}

// {state, base, api, sql, checkInvariants, down}; `settings` are those of config.h.
export async function ownStack(settings) {
  const state = newFolder('own');
  prepareStack(state);
  const port = await freePort();
  const env = { ...bareEnvironment(state), TICKETING_STATE: state, PORT: String(port), ...settings };
  const up = ticketctlWith(env, ['up']);
  if (up.status !== 0) throw new Error(`ticketctl up: ${up.output}`);
  const api = client({ baseUrl: `http://127.0.0.1:${port}`, state });
  return {
    state, port, api,
    sql: (text) => sql(text, state),
    checkInvariants: () => checkInvariants({ env: { TICKETING_STATE: state } }),
    down() {
      ticketctlWith(env, ['down']);
      try {
        assertNoComplaints(state);
      } finally {
        rmSync(state, { recursive: true, force: true });
      }
    },
  };
}
