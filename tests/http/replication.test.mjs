// With a synchronous standby that is not there: a COMMIT whose wait was cancelled has an unknown outcome. It is never told as done, nor is
// what a repetition finds of it, until the standby has it. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { setting } from '../support/stack.mjs';
import { ownStack } from '../support/own_stack.mjs';
import { checkout, createShow, hold, registerUser, until } from '../support/world.mjs';

let stack, user, show;
before(async () => {
  stack = await ownStack({});
  [user, show] = await Promise.all([registerUser({ api: stack.api }), createShow({}, stack.api)]);
});
after(() => stack?.down());

// Those of the responders that wait for the standby in a statement like `text`.
const waiting = (text) => stack.sql(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query ~ '${text}'`).flat();

async function standby(name) {
  stack.sql(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  stack.sql('SELECT pg_reload_conf()');
  const said = "SELECT format('%L', current_setting('synchronous_standby_names'))";
  await until(() => stack.sql(said)[0][0] === `'${name}'`, { what: 'the setting' });
}

// `ask` waits for a standby that does not come, until `end` ends its wait.
async function waitInVain(ask, text, end = 'pg_cancel_backend') {
  const answer = ask();
  const [pid] = await until(() => (waiting(text).length > 0 ? waiting(text) : false), { what: `${text} waits for the standby` });
  stack.sql(`SELECT ${end}(${pid})`);
  return answer;
}

const attempts = [
  ['a hold', (headers) => user.api.post('/holds', { showId: show.id, seats: ['A1'] }, { headers }), 'take_seats|COMMIT'],
  ['an order', (headers) => user.api.post('/checkout', { holdId: attempts.held.holdId }, { headers }), 'COMMIT'],
];

for (const [name, ask, text] of attempts) {
  test(`${name}: a cancelled wait is 503, and so is the repetition under its key until the standby is there`, async () => {
    if (name === 'an order') attempts.held = await hold(user, show, ['B1']);
    const key = { 'Idempotency-Key': randomUUID() };
    await standby('nobody');
    try {
      for (const end of ['pg_cancel_backend', 'pg_terminate_backend', 'pg_cancel_backend']) {
        const answer = await waitInVain(() => ask(key), text, end);
        assert.deepEqual([answer.status, answer.code], [503, 'UNAVAILABLE'], end);
        assert.ok(Number(answer.headers['retry-after']) >= 1);
      }
    } finally {
      await standby('');
    }
    const again = await ask(key);
    assert.deepEqual([again.status, again.headers['idempotent-replayed']], [201, 'true'], 'it was done, once');
  });
}

test('a hold without a key, which shares a batch: 503 as well', async () => {
  await standby('nobody');
  try {
    const { status } = await waitInVain(() => user.api.post('/holds', { showId: show.id, seats: ['C1'] }), 'take_seats');
    assert.equal(status, 503);
  } finally {
    await standby('');
  }
});

test('an event of the payment provider: 503, so that it is sent again, and its repetition waits as well', async () => {
  const order = await checkout(user, await hold(user, show, ['D1']));
  const payload = JSON.stringify({ id: `evt_${randomUUID()}`, type: 'payment.succeeded', createdAt: new Date().toISOString(),
    data: { paymentId: order.payment.url.split('/').at(-1), orderId: order.id, amount: order.total, currency: order.currency } });
  const now = Math.floor(Date.now() / 1000);
  const secret = setting('PAYMENT_WEBHOOK_SECRET', stack.state).split(',')[0];
  const signature = `t=${now},v1=${createHmac('sha256', secret).update(`${now}.${payload}`).digest('hex')}`;
  const headers = { 'Content-Type': 'application/json', 'Ticketing-Signature': signature };
  const tell = () => stack.api.send('POST', '/webhooks/payments/test', { raw: payload, headers });
  await standby('nobody');
  try {
    for (let i = 0; i < 2; i++) assert.equal((await waitInVain(tell, 'payment_settle|settle_payment')).status, 503);
  } finally {
    await standby('');
  }
  assert.equal((await tell()).status, 200);
  assert.equal((await user.api.get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
  stack.checkInvariants();
});
