// kill -9 of each responder, and PostgreSQL gone, under load: what was answered 2xx stays true, and the service comes back by itself.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { Load } from '../support/load.mjs';
import { killAndWait, RESPONDERS, responders, watcher } from '../support/processes.mjs';
import { checkInvariants, ticketctlMeanwhile } from '../support/stack.mjs';
import { sleep, until } from '../support/world.mjs';

const shown = (list) => JSON.stringify(list.slice(0, 5), null, 1);
const healthy = (what) =>
  until(async () => (await client({ keepAlive: false }).health().catch(() => ({}))).status === 200, {
    what,
    timeout: 20_000,
    every: 20,
  });

for (const name of RESPONDERS) {
  test(`kill -9 of ${name} under load, three times`, async () => {
    const load = await Load.prepare();
    const multiwatch = watcher(name);
    load.start();
    await sleep(700);
    for (let i = 0; i < 3; i += 1) {
      const killed = Date.now();
      await killAndWait(name);
      await healthy(`health after the death of ${name}`);
      const back = Date.now();
      assert.ok(back - killed < 8000, `${back - killed} ms until it served again`);
      await sleep(1200);
      const failures = load.failures(back);
      assert.equal(failures.length, 0, `after the restart: ${shown(failures)}`);
    }
    await load.stop();
    assert.equal(watcher(name), multiwatch, 'the same multiwatch');
    assert.ok(load.count(201) > 30, `${load.count(201)} answers 201`);
    assert.deepEqual(await load.verify(), []);
    checkInvariants();
  });
}

test('five deaths of one responder in a row: multiwatch does not give up', async () => {
  for (let i = 0; i < 5; i += 1) {
    await killAndWait('holds');
    await healthy('health');
  }
  assert.equal(responders('holds').length, 1);
});

test('all responders killed at once', async () => {
  const load = await Load.prepare();
  load.start();
  await sleep(700);
  await Promise.all(RESPONDERS.map(killAndWait));
  await healthy('health after the death of all');
  const back = Date.now();
  await sleep(1500);
  await load.stop();
  assert.equal(load.failures(back).length, 0, shown(load.failures(back)));
  assert.deepEqual(await load.verify(), []);
  checkInvariants();
});

test('PostgreSQL is restarted under load: 503 with Retry-After, then all is well without restarting anything', async () => {
  const load = await Load.prepare();
  const before = RESPONDERS.map((name) => responders(name)[0]);
  load.start();
  await sleep(1000);
  const away = Date.now();
  assert.equal(await ticketctlMeanwhile(['restart', 'postgres']), 0, 'ticketctl restart postgres');
  await healthy('health after the restart');
  const back = Date.now();
  await sleep(2500);
  await load.stop();
  const meanwhile = load.failures(away, back);
  assert.ok(meanwhile.length > 0, 'the restart was noticed');
  for (const failure of meanwhile) {
    assert.equal(failure.status, 503, JSON.stringify(failure));
    assert.match(failure.retryAfter ?? '', /^\d+$/);
  }
  assert.equal(load.failures(back).length, 0, `after the restart: ${shown(load.failures(back))}`);
  assert.ok(load.count(201, back) > 5, 'holds are granted again');
  assert.deepEqual(RESPONDERS.map((name) => responders(name)[0]), before, 'no responder was restarted');
  assert.deepEqual(await load.verify(), []);
  checkInvariants();
});
