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
    const found = /.*(Sanitizer|runtime error:|Assertion .* failed|\*\*\* .* detected \*\*\*)[^]{0,3000}/.exec(readFileSync(join(folder, 'log', name), 'utf8'));
    assert.equal(found, null, `${name}: ${found?.[0]}`);
  }
}

// Makes a stopped stack: with its programs, and its database with the demo, as tests/run has left one. A test that is run by hand gets the
// programs of the stack under test, and its first `up` does the rest.
export function prepareStack(folder) {
  if (process.env.TEMPLATE_STATE === undefined) {
    mkdirSync(join(folder, 'app'), { recursive: true });
    cpSync(join(mainState, 'app'), join(folder, 'app'), { recursive: true });
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
  const env = { PATH: process.env.PATH, HOME: state, TICKETING_BUILD: 'off', TICKETING_BUILD_DIR: join(state, 'no-build'), RATE_LIMITS: 'off', ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '', TICKETING_STATE: state, PORT: String(port), ...settings };
  const ctl = (...args) => spawnSync(join(root, 'nginx/ticketctl'), args, { encoding: 'utf8', timeout: 120_000, env });
  const up = ctl('up');
  if (up.status !== 0) throw new Error(`ticketctl up: ${up.stdout}${up.stderr}`);
  const api = client({ baseUrl: `http://127.0.0.1:${port}`, state });
  return {
    state, port, api,
    sql: (text) => sql(text, state),
    checkInvariants: () => checkInvariants({ env: { TICKETING_STATE: state } }),
    down() {
      ctl('down');
      try {
        assertNoComplaints(state);
      } finally {
        rmSync(state, { recursive: true, force: true });
      }
    },
  };
}
