// Connections between nginx and the responders are kept. A responder that hangs up on one makes nginx answer the next request with 502.
import test from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { askKept } from '../support/fastcgi.mjs';
import { RESPONDERS } from '../support/processes.mjs';
import { state } from '../support/stack.mjs';
import { sleep } from '../support/world.mjs';

for (const name of RESPONDERS) {
  test(`${name} keeps a connection, however the records of a request arrive`, async () => {
    const socket = net.connect(join(state, 'run', `${name}.sock`));
    await once(socket, 'connect');
    try {
      for (const pause of [0, 60, 0, 60, 60]) {
        assert.match(await askKept(socket, '/-/ready', pause), /"ok"/);
        await sleep(20);
      }
    } finally {
      socket.destroy();
    }
  });
}
