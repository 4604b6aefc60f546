// Read your writes over two events responders, as on two hosts: 16 clients hold, release, buy, cancel and let expire, at random, and
// every answer in every form must contain what was acknowledged before it was asked for, and nothing that nobody asked for.
// AVAILABILITY_STEPS: how many steps (default: what fits into AVAILABILITY_SECONDS, 12).
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { LiveMirror } from '../support/event_stream.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondEvents } from '../support/second_events.mjs';
import { SeatModel } from '../support/seat_model.mjs';
import { checkInvariants, sql } from '../support/stack.mjs';
import { createShow, registerUser, sleep, until } from '../support/world.mjs';

const CLIENTS = 16;
const SEATS_EACH = 37;
const STEPS = Number(process.env.AVAILABILITY_STEPS ?? Infinity);
const SECONDS = Number(process.env.AVAILABILITY_SECONDS ?? (STEPS === Infinity ? 12 : 3600));
const short = process.env.SHORT_URL !== undefined;
const base = short ? client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE }) : client();
const folder = short ? process.env.SHORT_STATE : process.env.TICKETING_STATE;
const LETTER = { available: 'a', held: 'h', sold: 's' };

const pick = (items) => items[Math.floor(Math.random() * items.length)];

// A client with seats of its own, which nobody else asks for.
class Buyer {
  constructor(world, number, user) {
    Object.assign(this, { world, user, holds: [], states: undefined });
    this.free = Array.from({ length: SEATS_EACH }, (_, i) => number * SEATS_EACH + i).filter((index) => index < world.ids.length);
  }

  async hold() {
    const indexes = this.free.splice(0, 1 + Math.floor(Math.random() * 2));
    if (indexes.length === 0) return;
    const attempt = this.world.model.attempt(indexes, 'h');
    const answer = await this.user.api.post('/holds', { showId: this.world.show.id, seats: indexes.map((index) => this.world.ids[index]) });
    if (answer.status !== 201) {
      this.world.model.withdraw(indexes, attempt);
      this.free.push(...indexes);
      assert.ok([409, 503].includes(answer.status), answer.text);
      return;
    }
    const { holdId, expiresAt } = answer.body;
    this.world.model.acknowledge(indexes, attempt, { from: expiresAt, until: expiresAt });
    this.holds.push({ holdId, indexes, ends: expiresAt });
  }

  async release(held) {
    const attempt = this.world.model.attempt(held.indexes, 'a');
    const { status } = await this.user.api.delete(`/holds/${held.holdId}`);
    assert.ok([204, 404].includes(status));
    if (status === 204) this.world.model.acknowledge(held.indexes, attempt);
    else this.world.model.withdraw(held.indexes, attempt); // it had ended
    this.free.push(...held.indexes);
  }

  // Buys, or orders and cancels, or orders and never pays.
  async order(held) {
    const { model } = this.world;
    const attempt = model.attempt(held.indexes, 'h');
    const answer = await this.user.api.post('/checkout', { holdId: held.holdId });
    if (answer.status !== 201) {
      model.withdraw(held.indexes, attempt);
      this.free.push(...held.indexes);
      return;
    }
    const ends = Date.parse(answer.body.expiresAt);
    model.acknowledge(held.indexes, attempt, { from: ends - 1000, until: ends + 1000 });
    const choice = Math.random();
    if (choice < 0.1) await this.pay(held, answer.body);
    else if (choice < 0.6) await this.cancel(held, answer.body);
    else this.holds.push({ indexes: held.indexes, ends: ends + 1000 });
  }

  async pay(held, order) {
    const attempt = this.world.model.attempt(held.indexes, 's');
    await base.post(order.payment.url, undefined, { expect: 200 });
    const { body } = await this.user.api.get(`/orders/${order.id}`, { expect: 200 });
    if (body.status === 'paid') this.world.model.acknowledge(held.indexes, attempt, { letter: 's' });
    else this.world.model.withdraw(held.indexes, attempt);
  }

  async cancel(held, order) {
    const attempt = this.world.model.attempt(held.indexes, 'a');
    const { status } = await this.user.api.post(`/orders/${order.id}/cancel`);
    if (status === 200) this.world.model.acknowledge(held.indexes, attempt);
    else this.world.model.withdraw(held.indexes, attempt);
    this.free.push(...held.indexes);
  }

  async act() {
    const ended = this.holds.filter(({ ends }) => ends + 500 < Date.now());
    this.holds = this.holds.filter((held) => !ended.includes(held));
    for (const { indexes } of ended) this.free.push(...indexes);
    const open = this.holds.filter(({ holdId }) => holdId !== undefined);
    if (this.holds.length < 4 && Math.random() < 0.6) return this.hold();
    if (open.length === 0) return undefined;
    const held = pick(open);
    if (Math.random() < 0.3) return undefined; // let it expire
    this.holds = this.holds.filter((other) => other !== held);
    return Math.random() < 0.7 ? this.release(held) : this.order(held);
  }

  // Asks one of the two responders, in one of the forms.
  async look() {
    const { show, model, hosts } = this.world;
    const form = Math.random();
    const query = form < 0.1 ? '' : form < 0.4 || this.version === undefined ? '?format=compact' : `?since=${this.version}`;
    const question = model.ask();
    const { status, body } = await pick(hosts)(`/shows/${show.id}/availability${query}`);
    assert.equal(status, 200);
    let states;
    if (body.availability !== undefined) states = body.availability.map(({ state }) => LETTER[state]);
    else {
      if (body.states !== undefined) this.states = [...body.states];
      else for (const [index, letter] of body.changes) this.states[index] = letter;
      this.version = body.version;
      states = this.states;
    }
    const wrong = model.complaints(states, question);
    assert.deepEqual(wrong, [], query || 'full');
  }
}

test('read your writes over two responders, in every form, while holds and orders come, go and end', { timeout: 3_600_000 }, async (t) => {
  const watcher = Number(readFileSync(join(folder, 'pid', 'events.pid'), 'utf8').split(' ')[0]);
  const first = Number(readFileSync(`/proc/${watcher}/task/${watcher}/children`, 'utf8').trim().split(' ')[0]);
  const second = await secondEvents(first);
  t.after(() => second.stop());
  const show = await createShow({ seatMapId: 'theatre' }, base);
  const { body: map } = await base.get(`/shows/${show.id}/seatmap`);
  const world = { show, model: new SeatModel(), ids: map.seats.map(({ seatId }) => seatId), hosts: [(path) => base.get(path), second.ask] };
  const live = await new LiveMirror(show.id, base).start();
  t.after(() => live.stop());
  const end = Date.now() + SECONDS * 1000;
  let steps = 0;
  const work = async (number) => {
    const buyer = new Buyer(world, number, await registerUser({ api: base }));
    while (steps < STEPS && Date.now() < end) {
      steps += 1;
      await buyer.act();
      await buyer.look();
    }
    return buyer;
  };
  const buyers = await Promise.all(Array.from({ length: CLIENTS }, (_, number) => work(number)));
  t.diagnostic(`${steps} steps, ${live.stream.messages.length} live messages, ${live.reloads} to reload`);
  if (short) await sleep(5500); // everything unpaid ends
  await compareAll(world, buyers, live);
  checkInvariants(short ? { env: { TICKETING_STATE: folder } } : undefined);
});

// All forms on both hosts, and the live mirror, against the table.
async function compareAll({ show, ids, hosts }, buyers, live) {
  const rows = sql(
    `SELECT seat_id, CASE WHEN state = 'sold' THEN 's' WHEN state = 'held' AND expires_at > clock_timestamp() THEN 'h' ELSE 'a' END
        FROM seat_claims WHERE show_id = '${show.id}'`,
    folder,
  );
  const table = new Map(rows);
  if (!short) return; // where holds last long, they may end between the two looks
  const expected = ids.map((id) => table.get(id) ?? 'a').join('');
  for (const ask of hosts) {
    assert.equal((await ask(`/shows/${show.id}/availability?format=compact`)).body.states, expected);
    assert.equal((await ask(`/shows/${show.id}/availability`)).body.availability.map(({ state }) => LETTER[state]).join(''), expected);
    for (const buyer of buyers.filter(({ version }) => version !== undefined)) {
      const { body } = await ask(`/shows/${show.id}/availability?since=${buyer.version}`);
      const states = body.states !== undefined ? [...body.states] : [...buyer.states];
      for (const [index, letter] of body.changes ?? []) states[index] = letter;
      assert.equal(states.join(''), expected);
    }
  }
  await until(() => live.text() === expected, { what: 'the live mirror agrees' });
  assert.equal(live.gaps, 0);
}
