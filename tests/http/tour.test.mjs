// The way from registration to the gate, with curl and jq: step by step with checks. tests/release/readmes.test.mjs
// runs the tour exactly as the README prints it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BASE_URL } from '../support/client.mjs';
import { checkInvariants, setting } from '../support/stack.mjs';
import { createShow, unique } from '../support/world.mjs';

test('the cURL tour, every answer checked', async () => {
  const script = fileURLToPath(new URL('../support/tour.sh', import.meta.url));
  const show = await createShow({ seatMapId: 'm1' });
  const env = { ...process.env, STAFF_PASSWORD: setting('DEMO_STAFF_PASSWORD'), SHOW: show.id, EMAIL: `${unique('user')}@example.com` };
  const run = spawnSync(script, [`${BASE_URL}/api`], { encoding: 'utf8', timeout: 60_000, env });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /second check-in says so: 200 true North/);
  checkInvariants();
});
