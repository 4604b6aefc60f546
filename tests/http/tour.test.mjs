// The way of the README: from registration to the gate, with curl and jq.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BASE_URL } from '../support/client.mjs';
import { checkInvariants, setting } from '../support/stack.mjs';
import { createShow, unique } from '../support/world.mjs';

const script = fileURLToPath(new URL('../support/tour.sh', import.meta.url));

function walk(show) {
  const run = spawnSync(script, [`${BASE_URL}/api`], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, SHOW: show, EMAIL: `${unique('user')}@example.com`, STAFF_PASSWORD: setting('DEMO_STAFF_PASSWORD') },
  });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /second check-in says so: 200 true North/);
}

test('the cURL tour on a show of m1', async () => {
  walk((await createShow({ seatMapId: 'm1' })).id);
  checkInvariants();
});

test('the cURL tour on the demo show of a fresh installation', { skip: process.env.FRESH_STACK !== 'yes' && 'needs a stack nobody has used' }, () => {
  walk('');
});
