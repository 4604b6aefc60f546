// The programs as they are shipped (RELEASE: the folder they were built in), on a stack of their own: memory at rest.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, prepareStack } from '../support/own_stack.mjs';
import { RESPONDERS, residentBytes, responders } from '../support/processes.mjs';
import { newFolder, root } from '../support/stack.mjs';
import { sleep } from '../support/world.mjs';

const state = newFolder('release');
const MEBIBYTE = 2 ** 20;
let env;

function ok(...args) {
  const run = spawnSync(join(root, 'nginx/ticketctl'), args, { encoding: 'utf8', timeout: 120_000, env });
  assert.equal(run.status, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
}

const get = (path) => fetch(`http://127.0.0.1:${env.PORT}${path}`, { headers: { connection: 'close' } });

before(async () => {
  prepareStack(state);
  env = {
    PATH: process.env.PATH,
    HOME: state,
    TICKETING_STATE: state,
    TICKETING_BUILD: 'off',
    TICKETING_BUILD_DIR: process.env.RELEASE,
    PORT: String(await freePort()),
    RATE_LIMITS: 'off',
  };
  ok('up');
});

after(() => {
  ok('down');
  rmSync(state, { recursive: true, force: true });
});

test('the programs are free of sanitizers', () => {
  for (const name of RESPONDERS) {
    const [pid] = responders(name, state);
    assert.doesNotMatch(readFileSync(`/proc/${pid}/maps`, 'utf8'), /lib(asan|ubsan|gcov)/, name);
  }
});

test('who sends nothing out carries no libcurl', () => {
  const carriers = RESPONDERS.filter((name) => /libcurl/.test(readFileSync(`/proc/${responders(name, state)[0]}/maps`, 'utf8')));
  assert.deepEqual(carriers, ['auth', 'checkout']);
});

test('the four responders rest in less than 60 MB together', async () => {
  const { events } = await (await get('/api/events')).json();
  for (const event of events) {
    const { shows } = await (await get(`/api/events/${event.id}/shows`)).json();
    assert.ok(shows.length > 0, event.title);
    for (const show of shows) assert.equal((await get(`/api/shows/${show.id}/availability`)).status, 200);
  }
  assert.equal((await get('/healthz')).status, 200);
  await sleep(500);
  const each = RESPONDERS.map((name) => {
    const pids = responders(name, state);
    assert.equal(pids.length, 1, `${name}: multiwatch has one child, and none that is a leftover of the start`);
    return [name, pids.map(residentBytes).reduce((sum, bytes) => sum + bytes, 0)];
  });
  const total = each.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`# resident: ${each.map(([name, bytes]) => `${name} ${(bytes / MEBIBYTE).toFixed(1)}`).join(', ')} MiB`);
  assert.ok(total > 4 * MEBIBYTE && total < 60e6, JSON.stringify(each));
});
