// A changed show with thousands of holders, on a stack of its own: every holder is told once, and nobody's tickets wait behind that.
// CROWD says how many; the figures are printed.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ownStack } from '../support/own_stack.mjs';
import { responders } from '../support/processes.mjs';
import { admin, buy, createShow, registerUser, until } from '../support/world.mjs';

const CROWD = Number(process.env.CROWD ?? 2000);
let stack, boss;

before(async () => {
  stack = await ownStack({});
  boss = await admin(stack.api);
});
after(() => stack?.down());

// Orders of two tickets each, as if they had been bought long ago.
const crowd = (show) =>
  stack.sql(`
    INSERT INTO holds (id, show_id, user_id, seats, state, expires_at)
    SELECT md5('h' || n)::uuid, '${show.id}', md5('u' || n)::uuid, ARRAY[n || '-1', n || '-2'], 'consumed', now() + interval '5 min'
    FROM generate_series(1, ${CROWD}) AS n;
    INSERT INTO orders (id, show_id, hold_id, user_id, buyer_email, buyer_name, status, total, currency, expires_at, paid_at)
    SELECT md5('o' || n)::uuid, '${show.id}', md5('h' || n)::uuid, md5('u' || n)::uuid, n || '@crowd.example', 'Holder ' || n, 'paid', 2,
           'VND', now(), now()
    FROM generate_series(1, ${CROWD}) AS n;
    INSERT INTO tickets (id, order_id, show_id, user_id, seat_id, zone, row_label, number, price, status)
    SELECT md5('t' || n || k)::uuid, md5('o' || n)::uuid, '${show.id}', md5('u' || n)::uuid, n || '-' || k, 'Z', n, k, 1, 'valid'
    FROM generate_series(1, ${CROWD}) AS n, generate_series(1, 2) AS k;
    ANALYZE`);
const deliveries = (kind, what) =>
  stack.sql(`SELECT ${what} FROM webhook_deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id WHERE e.kind = '${kind}'`)[0];
const memory = () => {
  const [pid] = responders('checkout', stack.state);
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
};

test('each of thousands is told once, while others get their tickets', async (t) => {
  const show = await createShow({}, stack.api);
  crowd(show);
  const user = await registerUser({ api: stack.api });
  const [other, before] = [await createShow({}, stack.api), memory()];
  const began = Date.now();
  await boss.send('PATCH', `/shows/${show.id}`, { body: { startsAt: '2031-12-02T12:30:00Z' }, expect: 200 });
  await until(() => Number(deliveries('show_mail', "count(*) FILTER (WHERE state = 'delivered')")[0]) > 50, {
    what: 'the first to be told', timeout: 120_000,
  });
  const order = await buy(user, other, ['A1']);
  await until(() => Number(deliveries('show_mail', "count(*) FILTER (WHERE state = 'delivered')")[0]) === CROWD, {
    what: 'all to be told', every: 500, timeout: 600_000,
  });
  const took = Date.now() - began;
  const [all, people, worst] = deliveries('show_mail', 'count(*), count(DISTINCT d.key), max(attempts)').map(Number);
  assert.deepEqual([all, people, worst], [CROWD, CROWD, 1]);
  const [[waited, behind]] = stack.sql(`
    SELECT extract(epoch FROM d.finished_at - o.created_at),
           (SELECT count(*) FROM webhook_deliveries AS m JOIN webhook_endpoints AS n ON n.id = m.endpoint_id
            WHERE n.kind = 'show_mail' AND m.finished_at > d.finished_at)
    FROM webhook_deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id JOIN outbox AS o ON o.id = d.outbox_id
    WHERE e.kind = 'mail' AND o.key = '${order.id}'`);
  t.diagnostic(`${CROWD} holders in ${took} ms, memory ${before} kB before and ${memory()} kB after, the order's mail after ${waited} s`);
  assert.ok(Number(behind) > 0, 'the tickets of an order that was paid meanwhile did not wait for all of them');
});
