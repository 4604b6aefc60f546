// The desk's overview and its curve of sales: whose days, what counts when, what waits for a person, and who may look.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkInvariants, sql } from '../support/stack.mjs';
import { admin, buy, checkout, createEvent, createShow, hold, registerUser, staff, until } from '../support/world.mjs';

const boss = await admin();
const overview = async (query = '') => (await boss.get(`/reports/overview${query}`, { expect: 200 })).body;
const sales = async (query) => (await boss.get(`/reports/sales?${query}`, { expect: 200 })).body;
const of = (sum, currency = 'VND') => sum.amounts.find((amount) => amount.currency === currency) ?? { revenue: 0, refunded: 0 };
const need = ({ needsYou }, kind) => needsYou.find((each) => each.kind === kind);
const total = (days, member) => days.reduce((sum, day) => sum + day[member], 0);
// Nothing is paid in the past, so what reports have added up is forgotten.
const payEarlier = (when, at) =>
  sql(`BEGIN; SELECT name FROM report_marks WHERE name = 'sales' FOR UPDATE; UPDATE orders SET paid_at = ${at} WHERE ${when};
       DELETE FROM sales_sums; UPDATE report_marks SET done_until = '-infinity' WHERE name = 'sales'; COMMIT`);

test('what was sold and refunded, today, in seven days and in all', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const before = await overview();
  const order = await buy(user, show, ['A1', 'A2']);
  await checkout(user, await hold(user, show, ['B1'])); // does not count: nobody has paid it
  const after = await overview();
  for (const span of ['today', 'sevenDays', 'all']) {
    assert.equal(after[span].orders - before[span].orders >= 1, true, span);
    assert.equal(after[span].tickets - before[span].tickets >= 2, true, span);
    assert.ok(of(after[span]).revenue - of(before[span]).revenue >= order.total, span);
  }
  await boss.post(`/orders/${order.id}/refund`, { tickets: [order.tickets[0].id] }, { expect: 200 });
  const then = await overview();
  assert.ok(of(then.today).refunded - of(after.today).refunded >= order.tickets[0].price);
  assert.ok(of(then.today).revenue >= of(after.today).revenue, 'revenue is before refunds');
});

test('a show day by day, an event, and the sums of the days', async () => {
  const event = await createEvent({ timeZone: 'Europe/Berlin' });
  const [one, two] = [await createShow({ eventId: event.id, startsAt: '2030-07-01T20:00:00Z' }), await createShow({ eventId: event.id })];
  const user = await registerUser();
  const first = await buy(user, one, ['A1', 'A2', 'A3']);
  const second = await buy(user, two, ['A1']);
  payEarlier(`id = '${first.id}'`, `paid_at - interval '3 days'`);
  const curve = await sales(`show=${one.id}`);
  assert.deepEqual([curve.zone, curve.days.length, curve.showDay], ['Europe/Berlin', 30, '2030-07-01']);
  const sold = curve.days.filter(({ orders }) => orders > 0);
  assert.deepEqual(sold.map(({ orders, tickets, amounts }) => [orders, tickets, amounts]), [
    [1, 3, [{ currency: first.currency, revenue: first.total, refunded: 0 }]],
  ]);
  const days = (Date.parse('2030-07-01') - Date.parse(sold[0].day)) / 86_400_000;
  assert.equal(sold[0].daysToShow, days);
  assert.equal(curve.days.at(-1).day > sold[0].day, true);
  const both = await sales(`event=${event.id}`);
  assert.deepEqual([total(both.days, 'tickets'), total(both.days, 'orders'), both.showDay], [4, 2, null]);
  assert.equal(both.days.at(-1).daysToShow, null);
  const lastDay = both.days.at(-1).day;
  const only = await sales(`event=${event.id}&from=${lastDay}&to=${lastDay}`);
  assert.deepEqual([only.days.length, only.days[0].tickets, only.days[0].amounts[0].revenue], [1, 1, second.total]);
});

test('a sale at one moment is on another day in another zone', async () => {
  const show = await createShow();
  const order = await buy(await registerUser(), show, ['A1']);
  payEarlier(`id = '${order.id}'`, `'2026-03-10T23:30:00Z'`);
  const dayIn = async (zone) =>
    (await sales(`show=${show.id}&from=2026-03-01&to=2026-03-31&zone=${encodeURIComponent(zone)}`)).days.find(({ orders }) => orders)?.day;
  assert.deepEqual(
    [await dayIn('UTC'), await dayIn('Asia/Ho_Chi_Minh'), await dayIn('America/New_York'), await dayIn('Asia/Kathmandu')],
    ['2026-03-10', '2026-03-11', '2026-03-10', '2026-03-11'],
  );
});

test('what was added up and what was not give the same sums', async () => {
  const show = await createShow();
  const user = await registerUser();
  for (const seat of ['A1', 'A2', 'A3']) await buy(user, show, [seat]);
  payEarlier(`show_id = '${show.id}'`, `now() - interval '40 days'`);
  const day = (at) => new Date(Date.now() + at * 86_400_000).toISOString().slice(0, 10);
  const range = `show=${show.id}&from=${day(-60)}&to=${day(0)}`;
  const before = [await sales(range), (await overview()).all];
  assert.equal(total(before[0].days, 'tickets'), 3);
  // As the task does, from the beginning of time: all transactions that could still write have ended.
  sql(`DELETE FROM sales_sums;
       UPDATE report_marks SET done_until = '-infinity', next_until = NULL, next_xid = NULL,
              safe_until = date_bin('15 minutes', now() - interval '1 hour', '2000-01-01 00:00Z') WHERE name = 'sales'`);
  await until(
    () => {
      sql('DO $$ BEGIN WHILE sum_sales() LOOP END LOOP; END $$');
      return sql(`SELECT NOT EXISTS (SELECT FROM orders WHERE paid_at >= done_until AND paid_at < safe_until)
                  FROM report_marks WHERE name = 'sales'`)[0][0] === 't';
    },
    { what: 'all to be added up' },
  );
  const [[summed]] = sql(`SELECT sum(orders) FROM sales_sums WHERE show_id = '${show.id}'`);
  assert.equal(summed, '3');
  assert.deepEqual(await sales(range), before[0]);
  const { all } = await overview();
  assert.ok(all.orders >= before[1].orders && all.tickets >= before[1].tickets && of(all).revenue >= of(before[1]).revenue);
  const [[orders, tickets]] = sql(`SELECT count(*), sum((SELECT count(*) FROM tickets t WHERE t.order_id = o.id))
                                   FROM orders o WHERE paid_at IS NOT NULL`);
  const now = (await overview()).all;
  assert.deepEqual([Number(orders) <= now.orders, Number(tickets) <= now.tickets], [true, true]);
  checkInvariants();
});

test('what waits for a person, and where to look', async () => {
  const kinds = (await overview()).needsYou.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, 9);
  const order = await buy(await registerUser(), await createShow(), ['A1']);
  const [[payment]] = sql(`SELECT id FROM payments WHERE order_id = '${order.id}'`);
  const [refund, dispute, endpoint] = [randomUUID(), randomUUID(), randomUUID()];
  sql(`INSERT INTO refunds (id, payment_id, order_id, amount, reason, status)
       VALUES ('${refund}', '${payment}', '${order.id}', 1, 'x', 'pending');
       UPDATE refunds SET status = 'failed', next_try_at = NULL WHERE id = '${refund}';
       INSERT INTO outside_money (id, provider, reference, kind, status, charge, amount, currency, payment_id)
       VALUES ('${dispute}', 'test', '${dispute}', 'dispute', 'open', 'c-${dispute}', 1, 'VND', '${payment}');
       INSERT INTO webhook_endpoints (id, url, events, secret, disabled_at, disabled_reason)
       VALUES ('${endpoint}', 'https://example.com/', '{order.paid}', 'x', now(), 'gone');
       INSERT INTO webhook_deliveries (endpoint_id, outbox_id, key, state, finished_at)
       SELECT '${endpoint}', id, key, 'parked', now() FROM outbox WHERE key = '${order.id}' LIMIT 1`);
  try {
    const now = await overview();
    for (const kind of ['failed_refunds', 'open_disputes', 'parked_deliveries'])
      assert.equal(need(now, kind).orders[0], order.id, kind);
    assert.ok(need(now, 'disabled_endpoints').count >= 1);
    for (const { count, see } of now.needsYou) if (count > 0) await boss.get(see, { expect: 200 });
  } finally {
    sql(`DELETE FROM webhook_deliveries WHERE endpoint_id = '${endpoint}'; DELETE FROM webhook_endpoints WHERE id = '${endpoint}';
         DELETE FROM outside_money WHERE id = '${dispute}'; DELETE FROM refunds WHERE id = '${refund}'`);
  }
  assert.ok(!need(await overview(), 'failed_refunds').orders.includes(order.id));
});

test('only admins, and only what makes sense', async () => {
  const [user, crew] = [await registerUser(), await staff()];
  for (const path of ['/reports/overview', '/reports/sales']) {
    await user.api.get(path, { expect: 403 });
    await crew.get(path, { expect: 403 });
    await user.api.with({ token: undefined }).get(path, { expect: 401 });
  }
  const refused = async (query, field) => {
    const { body } = await boss.get(`/reports/sales?${query}`, { expect: 422, request: false });
    assert.deepEqual(body.errors.map((error) => error.path), [field], query);
  };
  await refused('from=2026-02-30', 'from');
  await refused('from=2026-13-01', 'from');
  await refused('from=0x10-01-01', 'from');
  await refused('from=2026-03-02&to=2026-03-01', 'to');
  await refused('from=2025-01-01&to=2026-01-02', 'to');
  await refused(`show=${randomUUID()}&event=${randomUUID()}`, 'event');
  await refused('zone=Europe/Nowhere', 'zone');
  assert.equal((await sales('from=2025-01-01&to=2026-01-01')).days.length, 366);
  assert.equal((await sales('from=2025-01-01')).days.length, 366);
  assert.equal((await boss.get(`/reports/sales?show=${randomUUID()}`, { expect: 404 })).body.code, 'SHOW_NOT_FOUND');
  assert.equal((await boss.get(`/reports/sales?event=${randomUUID()}`, { expect: 404 })).body.code, 'EVENT_NOT_FOUND');
  assert.equal((await boss.get('/reports/overview?zone=Mars', { expect: 422 })).body.errors[0].path, 'zone');
});
