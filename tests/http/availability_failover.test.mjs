// The database is replaced under a responder by one with another history: a standby that was promoted without the last commits, and
// a server that was killed. What the responder knew from before must not show.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, run } from '../support/cluster.mjs';
import { responders } from '../support/processes.mjs';
import { secondEvents } from '../support/second_events.mjs';
import { newFolder, root } from '../support/stack.mjs';
import { until } from '../support/world.mjs';

const SHOW = 'de300000-0000-4000-8000-000000000101'; // of the demo data, seat map m1

// A seat is taken, as a hold does it.
function claim(cluster, seat, state = 'held') {
  cluster.sql(`INSERT INTO seat_claims (show_id, seat_id, state, hold_id, expires_at, changed)
    VALUES ('${SHOW}', '${seat}', 'held', gen_random_uuid(), now() + interval '1 hour', pg_current_xact_id())
    ON CONFLICT (show_id, seat_id) DO UPDATE SET state = '${state}',
      expires_at = CASE WHEN '${state}' = 'held' THEN now() + interval '1 hour' END, changed = pg_current_xact_id()`);
}

test('a promoted standby without the last commits, and a killed server', { timeout: 120_000 }, async (t) => {
  const folder = newFolder('failover');
  const primary = new Cluster(folder, 'one').create();
  const standby = new Cluster(folder, 'two');
  let serving = primary;
  t.after(() => {
    serving.control('-m', 'immediate', 'stop');
    rmSync(folder, { recursive: true, force: true });
  });
  primary.start();
  run('createdb', ['-h', folder, '-U', 'ticketing', 'ticketing']);
  const url = `postgresql://ticketing@/ticketing?host=${folder}`;
  run('sqitch', ['deploy', '--quiet', '--target', `db:${url}`], { cwd: join(root, 'schema') });
  const seatmaps = readdirSync(join(root, 'seatmaps')).filter((name) => ['m1.json', 'theatre.json', 'stadium.json'].includes(name));
  const program = (name) => join(run('readlink', [`/proc/${responders('events')[0]}/exe`]).trim(), '..', name);
  run(program('ticketing-seatmap'), ['load', ...seatmaps.map((name) => join(root, 'seatmaps', name))], { env: { DATABASE_URL: url } });
  const demo = readdirSync(join(root, 'schema')).find((name) => /demo.*\.sql$/.test(name));
  primary.sql(`\\i ${join(root, 'schema', demo)}`);

  const events = await secondEvents(responders('events')[0], { EVENTS_DATABASE_URL: url });
  t.after(() => events.stop());
  const compact = async () => {
    const { status, body } = await events.ask(`/shows/${SHOW}/availability?format=compact`);
    return status === 200 ? body : undefined;
  };
  const answered = () => until(compact, { what: 'an answer' });
  const since = async (version) => (await events.ask(`/shows/${SHOW}/availability?since=${version}`)).body;

  claim(primary, 'A1');
  assert.equal((await compact()).states.slice(0, 3), 'haa');
  standby.program('pg_basebackup', '-h', folder, '-U', 'ticketing', '-D', standby.data, '--no-sync', '-c', 'fast', '-R');
  claim(primary, 'A2'); // the standby never hears of this one
  const before = await compact();
  assert.equal(before.states.slice(0, 3), 'hha');

  primary.control('-m', 'immediate', 'stop');
  serving = standby;
  standby.start();
  standby.control('promote');
  const after = await answered();
  assert.equal(after.states.slice(0, 3), 'haa', 'what the other server never had is gone');
  assert.equal((await since(before.version)).states?.slice(0, 3), 'haa', 'a version of the other history is of no use');
  // Transaction ids of the new history overlap with those that the responder had seen in the old one.
  for (const seat of ['A3', 'A2', 'A1']) claim(standby, seat, 'released');
  claim(standby, 'A3');
  assert.equal((await compact()).states.slice(0, 3), seatsOf(standby));

  claim(standby, 'B1');
  const killed = await compact();
  standby.control('-m', 'immediate', 'stop');
  standby.start();
  assert.equal((await answered()).states, killed.states, 'the same states after a crash');
  claim(standby, 'B2');
  assert.equal((await compact()).states.slice(20, 22), 'hh');
});

function seatsOf(cluster) {
  const rows = cluster
    .sql(`SELECT seat_id, state FROM seat_claims WHERE show_id = '${SHOW}'`)
    .trim()
    .split('\n')
    .map((row) => row.split('|'));
  const states = new Map(rows);
  return ['A1', 'A2', 'A3'].map((seat) => (states.get(seat) === 'held' ? 'h' : 'a')).join('');
}
