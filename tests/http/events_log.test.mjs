// The log of all events: complete, in order, read from a cursor; replay from one; and what expiry and the last seat say.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { receiver, subscribe } from '../support/receiver.mjs';
import { admin, buy, checkout, createShow, hold, pay, registerUser, unique, until } from '../support/world.mjs';

const boss = await admin();

// Everything behind `after`, page by page.
async function log(after, { api = boss, limit = 3 } = {}) {
  const all = [];
  for (let next = after; ;) {
    const { body } = await api.get('/events-log', { query: { limit, ...(next === undefined ? {} : { after: next }) }, expect: 200 });
    all.push(...body.events);
    if (body.nextCursor === null) return all;
    assert.equal(body.nextCursor, body.events.at(-1).id);
    next = body.nextCursor;
  }
}
const newest = async (api) => (await log(undefined, { api, limit: 100 })).at(-1)?.id;

test('whoever follows the log misses nothing and sees nothing twice', async () => {
  const [user, show] = [await registerUser(), await createShow()];
  const first = await buy(user, show, ['A1']);
  await until(async () => (await log(undefined, { limit: 100 })).some(({ data }) => data.id === first.id), { what: 'the first event' });
  let last = await newest();
  const seen = [];
  const orders = [];
  const buying = (async () => {
    for (let i = 0; i < 8; i += 1) {
      const buyer = await registerUser();
      const held = await Promise.all([1, 2].map((n) => hold(buyer, show, [`C${2 * i + n}`])));
      const two = await Promise.all(held.map((one) => checkout(buyer, one)));
      await Promise.all(two.map((one) => pay(one)));
      orders.push(...two.map(({ id }) => id));
    }
  })();
  await until(async () => {
    const fresh = await log(last);
    seen.push(...fresh);
    last = fresh.at(-1)?.id ?? last;
    return orders.length === 16 && orders.every((id) => seen.some(({ data }) => data.id === id));
  }, { what: 'all orders in the log' });
  await buying;
  assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length);
  for (const event of seen) assert.equal(event.data.status, 'paid');
});

test('a cursor that is none is refused', async () => {
  for (const after of ['nonsense', '00000000-0000-4000-8000-000000000000']) {
    const refused = await boss.get('/events-log', { query: { after }, expect: 422 });
    assert.equal(refused.body.errors[0].path, 'after');
  }
  for (const limit of [0, 101, 'x']) await boss.get('/events-log', { query: { limit }, expect: 422 });
});

test('replay sends what came after a cursor once more, and only that', async () => {
  const hook = await receiver();
  const made = await subscribe(boss, hook.url, ['order.paid']);
  const [user, show] = [await registerUser(), await createShow()];
  const orders = [];
  for (const seat of ['B1', 'B2', 'B3']) orders.push(await buy(user, show, [seat]));
  await until(() => hook.requests.length === 3, { what: 'three events' });
  const first = hook.of(orders[0].id)[0].id;
  const answer = await boss.post(`/webhooks/endpoints/${made.id}/replay`, { after: first }, { expect: 202 });
  assert.ok(answer.body.queued >= 2);
  await until(() => hook.requests.length >= 5, { what: 'the replay' });
  const ids = (list) => list.map(({ event }) => event.id);
  assert.deepEqual(ids(hook.requests.slice(3)).sort(), orders.slice(1).map(({ id }) => hook.of(id)[0].id).sort());
  const refused = await boss.post(
    `/webhooks/endpoints/${made.id}/replay`,
    { after: '00000000-0000-4000-8000-000000000000' },
    { expect: 422 },
  );
  assert.equal(refused.body.errors[0].path, 'after');
  await boss.delete(`/webhooks/endpoints/${made.id}`, { expect: 204 });
  await hook.close();
});

test('the last seat: two who buy at the same time make one show.sold_out', async () => {
  const seatMapId = unique('tiny');
  await boss.put(
    `/seatmaps/${seatMapId}`,
    {
      id: seatMapId,
      name: 'Tiny',
      currency: 'VND',
      priceTiers: { A: 1000 },
      format: 'ROW_NUM',
      zones: [{ id: 'A', rows: [{ id: 'A', from: 1, to: 4 }] }],
    },
    { expect: 201 },
  );
  const show = await createShow({ seatMapId });
  const users = await Promise.all([1, 2].map(() => registerUser()));
  const orders = await Promise.all(
    users.map(async (user, i) => checkout(user, await hold(user, show, [`A${2 * i + 1}`, `A${2 * i + 2}`]))),
  );
  await Promise.all(orders.map((order) => pay(order)));
  const told = async () =>
    (await log(undefined, { limit: 100 })).filter(({ type, data }) => type === 'show.sold_out' && data.id === show.id);
  await until(async () => (await told()).length > 0, { what: 'show.sold_out' });
  await until(
    async () => (await log(undefined, { limit: 100 })).filter(({ data }) => orders.some(({ id }) => id === data.id)).length === 2,
  );
  const events = await told();
  assert.equal(events.length, 1);
  assert.deepEqual([events[0].data.seatCount, events[0].data.seatMapId], [4, seatMapId]);
});

test('an order that nobody pays says order.expired, once', async () => {
  const base = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const api = await admin(base);
  const user = await registerUser({ api: base });
  const order = await checkout(user, await hold(user, await createShow({}, base), ['A1']));
  const mine = async () => (await log(undefined, { api, limit: 100 })).filter(({ data }) => data.id === order.id);
  await until(async () => (await mine()).length > 0, { what: 'order.expired', every: 200 });
  const events = await mine();
  assert.deepEqual(events.map(({ type, data }) => [type, data.status, data.tickets[0].status]), [['order.expired', 'expired', 'void']]);
});
