// The demo's sales, as a first `up` loads them, on a stack of its own.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bareEnvironment, freePort, prepareStack, ticketctlWith } from '../support/own_stack.mjs';
import { client } from '../support/client.mjs';
import { newFolder } from '../support/stack.mjs';

const folder = newFolder('demo');
after(() => rmSync(folder, { recursive: true, force: true }));

const base = bareEnvironment(folder);
const ctl = (args, { state, env = {}, input }) => ticketctlWith({ ...base, TICKETING_STATE: state, ...env }, args, input);

function ok(args, options) {
  const run = ctl(args, options);
  assert.equal(run.status, 0, run.output);
  return run.stdout;
}

const sql = (text, options) => ok(['psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1'], { input: text, ...options }).trim();

test('a new demo has a month of sales that keep every rule; up says where to go in; nothing is told to anybody', async () => {
  const state = join(folder, 'sales');
  prepareStack(state);
  const env = { PORT: String(await freePort()), DEMO_SALES: 'on' };
  try {
    ok(['up'], { state, env });
    assert.equal(sql('select count(*) from orders', { state }), '0', 'a demo of before stays as it is');
    sql('delete from shows; delete from events', { state });
    const said = ok(['up'], { state, env });
    const url = `http://localhost:${env.PORT}`;
    for (const [address, login] of [['/', 'buyer'], ['/desk', 'admin'], ['/gate', 'staff']]) {
      assert.match(said, new RegExp(`${url}${address}  ${login}@example\\.com  [0-9a-f]{16}\n`));
    }
    ok(['check'], { state });
    const statuses = sql('select status, count(*) from orders group by 1', { state }).split('\n');
    const kinds = statuses.map((line) => line.split('|')[0]).sort();
    assert.deepEqual(kinds, ['cancelled', 'expired', 'paid', 'partially_refunded', 'pending', 'refunded']);
    assert.ok(sql("select count(*) from orders where status = 'paid'", { state }) > 800);
    const days = "select count(distinct created_at::date) from orders where status = 'paid' and created_at <= now()";
    assert.ok(sql(days, { state }) > 25);
    const tonight = `select count(*) > 200 and bool_and(starts_at between now() - interval '1 hour' and now() + interval '1 hour')
      from tickets t join shows s on s.id = t.show_id where t.status = 'checked_in' and s.id::text like '%104'`;
    assert.equal(sql(tonight, { state }), 't');
    assert.equal(sql("select count(*) from refunds where status = 'failed'", { state }), '1');
    assert.ok(sql("select count(*) from auth.users where full_name ~ '[^ -ɏ ế-ỹ]'", { state }) > 10, 'names in several scripts');
    const password = /buyer@example\.com {2}(\S+)/.exec(said)[1];
    const api = client({ baseUrl: `http://127.0.0.1:${env.PORT}`, state });
    const { body } = await api.post('/auth/login', { email: 'buyer@example.com', password }, { expect: 200 });
    const { orders } = (await api.get('/orders', { token: body.token, expect: 200 })).body;
    assert.deepEqual([...new Set(orders.map(({ status }) => status))].sort(), ['paid', 'pending']);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // what would be told is told within a second
    assert.equal(sql('select count(*) from webhook_deliveries', { state }), '0');
    assert.deepEqual(readdirSync(join(state, 'mail')), []);
    const before = sql('select count(*) from orders', { state });
    ok(['up'], { state, env });
    ok(['seed', '--sales'], { state, env });
    assert.equal(sql('select count(*) from orders', { state }), before);
    assert.match(ctl(['seed', 'all'], { state }).stderr, /seed does not know 'all'/);
  } finally {
    ctl(['down'], { state });
  }
});
