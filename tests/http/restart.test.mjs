// A graceful restart under load: not one request fails.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Load } from '../support/load.mjs';
import { RESPONDERS, responders } from '../support/processes.mjs';
import { checkInvariants, ticketctlMeanwhile } from '../support/stack.mjs';
import { sleep } from '../support/world.mjs';

for (const keepAlive of [true, false]) {
  test(`ticketctl restart under load, clients ${keepAlive ? 'keep' : 'do not keep'} their connections`, async () => {
    const load = await Load.prepare({ keepAlive });
    const before = RESPONDERS.map((name) => responders(name)[0]);
    load.start();
    await sleep(700);
    const began = Date.now();
    assert.equal(await ticketctlMeanwhile(['restart']), 0);
    const took = Date.now() - began;
    await sleep(700);
    await load.stop();
    assert.deepEqual(load.failures(), []);
    RESPONDERS.forEach((name, index) => assert.notEqual(responders(name)[0], before[index], `${name} is a new process`));
    assert.ok(load.count(201, began) > 10, `${load.count(201, began)} holds and orders while it lasted (${took} ms)`);
    assert.deepEqual(await load.verify(), []);
    checkInvariants();
  });
}
