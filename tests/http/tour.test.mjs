// The way from registration to the gate, with curl and jq: step by step with checks, and exactly as the README prints it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BASE_URL } from '../support/client.mjs';
import { checkInvariants, root, setting } from '../support/stack.mjs';
import { createShow, unique } from '../support/world.mjs';

const options = (env) => ({ encoding: 'utf8', timeout: 60_000, env: { ...process.env, STAFF_PASSWORD: setting('DEMO_STAFF_PASSWORD'), ...env } });

test('the cURL tour, every answer checked', async () => {
  const script = fileURLToPath(new URL('../support/tour.sh', import.meta.url));
  const show = await createShow({ seatMapId: 'm1' });
  const run = spawnSync(script, [`${BASE_URL}/api`], options({ SHOW: show.id, EMAIL: `${unique('user')}@example.com` }));
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /second check-in says so: 200 true North/);
  checkInvariants();
});

test('the cURL tour as the README prints it, on the demo data', { skip: process.env.FRESH_STACK !== 'yes' && 'sells seats of the demo show, so once per stack' }, () => {
  const block = /## A tour with cURL\n+```sh\n([^]*?)\n```/.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  assert.ok(block, 'the README has a tour');
  // The events of other tests lie in Mỹ Đình as well, which the search finds without its accents.
  const script = block[1].replaceAll('http://localhost:4000', BASE_URL).replace('q=My+Dinh', 'q=My+Dinh+Spring');
  assert.notEqual(script, block[1]);
  // What a person sees on one terminal: standard error is a pipe too, which `tee /dev/stderr` can open.
  const run = spawnSync('bash', ['-c', '{ bash -eu -o pipefail -c "$1"; echo "exit $?"; } 2>&1 | cat', 'tour', script], options());
  assert.match(run.stdout, /exit 0\n$/, run.stdout);
  const lines = run.stdout.replace(/\s+/g, ' ');
  assert.match(lines, /"roles": ?\["user"\]/);
  assert.match(lines, /\b150\b/);
  assert.match(lines, /"seatId": ?"A1", ?"state": ?"held" } { ?"seatId": ?"A2", ?"state": ?"held" }/);
  assert.match(lines, /\b204\b/);
  assert.match(lines, /"status": ?"valid"/);
  assert.match(lines, /"alreadyCheckedIn": ?false.*"alreadyCheckedIn": ?true/);
  checkInvariants();
});
