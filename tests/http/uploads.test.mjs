// Slow uploads of a few addresses leave a gate of another one its place, on a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { ownStack } from '../support/own_stack.mjs';
import { staff } from '../support/world.mjs';

let stack;
const sockets = [];
before(async () => { stack = await ownStack({ RATE_LIMITS: 'on', PASSWORD_COST: '1', REAL_IP_FROM: '127.0.0.1' }); });
after(() => {
  for (const socket of sockets) socket.destroy();
  stack?.down();
});

// Begins uploads that never end; resolves to how many were refused at once.
async function slow(line, address, count) {
  const answers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const socket = net.connect(stack.port, '127.0.0.1').on('error', reject);
    sockets.push(socket);
    let text = '';
    socket.on('data', (data) => {
      text += data;
      if (text.includes('"requestId"')) resolve(text);
    });
    socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\n` +
      `Content-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`);
    setTimeout(() => resolve(''), 1500);
  })));
  const refused = answers.filter((text) => text !== '');
  for (const text of refused) assert.match(text, /^HTTP\/1\.1 429 /);
  return refused.length;
}

test('two addresses that send slowly take half of the places, whatever they send; a gate\'s batch comes in', async () => {
  for (const line of ['PUT /api/seatmaps/m1', 'POST /api/checkins/batch']) {
    for (const address of ['192.0.2.1', '198.51.100.7']) assert.ok(await slow(line, address, 20) > 0, `${line} of ${address}`);
  }
  const gate = (await staff(stack.api)).with({ headers: { 'X-Forwarded-For': '203.0.113.9' } });
  const qr = `T1${'x'.repeat(100)}`;
  const scans = Array.from({ length: 700 }, () => ({ gate: 'North', qr, scanId: randomUUID(), scannedAt: '2026-01-01T20:00:00Z' }));
  const batch = { sentAt: new Date().toISOString(), scans };
  assert.ok(JSON.stringify(batch).length > 100_000, 'larger than what stays in memory');
  const { body } = await gate.post('/checkins/batch', batch, { expect: 200 });
  assert.equal(body.results.length, scans.length);
  const seatmaps = await Promise.all(Array.from({ length: 30 }, () => stack.api.get('/seatmaps/m1')));
  assert.deepEqual([...new Set(seatmaps.map(({ status }) => status))], [200], 'reading seat maps is no upload');
});
