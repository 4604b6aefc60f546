// Tickets that are drawn leave threads for other calls and places for mails: a flood is told to come back. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { ownStack } from '../support/own_stack.mjs';
import { buy, createShow, registerUser, until } from '../support/world.mjs';

let stack;
before(async () => { stack = await ownStack({ THREADS: '2' }); });
after(() => stack.down());

const mails = (orders) =>
  stack.sql(`SELECT d.attempts, d.state FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE e.kind = 'mail' AND d.key IN (${orders.map(({ id }) => `'${id}'`).join()})`);
const mailed = (orders) =>
  until(() => mails(orders).filter(([, state]) => state === 'delivered').length === orders.length, { what: 'the mails', every: 200 });

// Its mail has been drawn.
async function bigOrder() {
  const user = await registerUser({ api: stack.api });
  const show = await createShow({ seatMapId: 'theatre' }, stack.api);
  const { body } = await user.api.get(`/shows/${show.id}/seatmap`, { expect: 200 });
  const order = await buy(user, show, body.seats.slice(0, 10).map(({ seatId }) => seatId));
  await mailed([order]);
  return { user, show, order, seats: body.seats, draw: () => user.api.get(`/orders/${order.id}/tickets.pdf`, { expect: [200, 503] }) };
}

test('a flood of tickets to draw is turned away at once, and an order is read while one is drawn', async () => {
  const { user, order, draw } = await bigOrder();
  await draw(); // fonts are loaded
  let drawn = 0;
  const flood = Array.from({ length: 24 }, async () => {
    const answer = await draw();
    drawn += answer.status === 200 ? 1 : 0;
    return answer;
  });
  const first = await Promise.race(flood);
  assert.equal(first.status, 503, 'the first answer is a refusal: a page takes longer');
  assert.equal(first.code, 'UNAVAILABLE');
  assert.ok(Number(first.headers['retry-after']) >= 1, first.headers['retry-after']);
  assert.equal((await user.api.get(`/orders/${order.id}`)).status, 200);
  const before = drawn;
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  assert.ok(before < statuses.filter((status) => status === 200).length, `GET /orders/:id waited for ${before} of ${statuses}`);
  assert.ok(statuses.includes(503) && (await draw()).status === 200, 'places are given back');
});

test('a mail is drawn at its first attempt, however many others want to draw', async () => {
  const { draw, show, seats } = await bigOrder();
  let over = false;
  const flood = Array.from({ length: 6 }, async () => {
    while (!over) await draw();
  });
  const orders = [];
  try {
    for (const i of [10, 11, 12, 13, 14, 15]) orders.push(await buy(await registerUser({ api: stack.api }), show, [seats[i].seatId]));
    await mailed(orders);
  } finally {
    over = true;
    await Promise.all(flood);
  }
  assert.deepEqual(mails(orders).filter(([attempts]) => attempts !== '1'), []);
  stack.checkInvariants();
});
