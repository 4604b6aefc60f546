// Buyers who keep holding, releasing, checking out, paying and cancelling, and a ledger of everything they were promised (every 2xx), to be
// compared with what the service says afterwards.
import { client } from './client.mjs';
import { createShow, registerUser, sleep } from './world.mjs';

const pause = () => sleep(5 + Math.random() * 10);

// A hold tells its seats in the order of the seat map, whatever order they were asked in.
const sameSeats = (one, other) => `${[...one].sort()}` === `${[...other].sort()}`;

export class Load {
  constructor() {
    this.answers = []; // {began, ended, method, path, status | error}
    this.holds = new Map(); // id → {user, seats, state: live | released | consumed | unknown}
    this.orders = new Map(); // id → {user, seats, state: pending | paid | cancelled | unknown}
    this.broken = []; // promises seen broken while running
    this.running = false;
  }

  // options: keepAlive as in client(); `buyers` is how many work at once. The shows are big enough never to sell out in a test.
  static async prepare({ buyers = 12, keepAlive = true } = {}) {
    const load = new Load();
    const api = client({ keepAlive });
    load.shows = [await createShow({ seatMapId: 'theatre' }), await createShow({ seatMapId: 'theatre' })];
    load.seats = new Map();
    for (const show of load.shows) {
      const { body } = await api.get(`/shows/${show.id}/seatmap`, { expect: 200 });
      load.seats.set(show.id, body.seats.map(({ seatId }) => seatId));
    }
    load.users = [];
    while (load.users.length < buyers) {
      load.users.push(...(await Promise.all(Array.from({ length: 4 }, () => registerUser({ api })))));
    }
    load.api = api;
    return load;
  }

  start() {
    this.running = true;
    this.loops = this.users.map((user, index) => this.shop(user, index));
  }

  async stop() {
    this.running = false;
    await Promise.all(this.loops);
  }

  // One request; undefined when its outcome is unknown (no answer, or a 5xx).
  async request(api, method, path, body) {
    const record = { began: Date.now(), method, path };
    this.answers.push(record);
    try {
      const answer = await api.send(method, path, { body, timeout: 20_000 });
      record.status = answer.status;
      record.retryAfter = answer.headers['retry-after'];
      return answer.status < 500 ? answer : undefined;
    } catch (error) {
      record.error = String(error.message).slice(0, 400);
      return undefined;
    } finally {
      record.ended = Date.now();
    }
  }

  // A step on something that the ledger knows: it must succeed with `status`, or its outcome is unknown.
  async step(thing, api, method, path, status, next) {
    const before = thing.state;
    thing.state = 'unknown';
    const answer = await this.request(api, method, path, undefined);
    if (answer?.status === status) {
      thing.state = next;
      return answer;
    }
    if (answer !== undefined) {
      this.broken.push(`${method} ${path} → ${answer.status} ${answer.code} on something that was ${before}`);
    }
    return undefined;
  }

  async shop(user, index) {
    const show = this.shows[index % this.shows.length];
    const seats = this.seats.get(show.id);
    while (this.running) {
      await pause();
      const at = Math.floor(Math.random() * (seats.length - 2));
      const wanted = Math.random() < 0.5 ? [seats[at], seats[at + 1]] : [seats[at + 1], seats[at]];
      const dice = Math.random();
      if (dice < 0.1) await this.request(user.api, 'GET', '/auth/me');
      else if (dice < 0.25) await this.request(user.api, 'GET', `/shows/${show.id}/availability`);
      const answer = await this.request(user.api, 'POST', '/holds', { showId: show.id, seats: wanted });
      if (answer?.status === 409 && answer.code === 'HOLD_LIMIT') await this.releaseAll(user);
      if (answer?.status !== 201) continue;
      const held = { user, seats: wanted, state: 'live' };
      this.holds.set(answer.body.holdId, held);
      if (dice < 0.5) {
        await this.step(held, user.api, 'DELETE', `/holds/${answer.body.holdId}`, 204, 'released');
      } else if (dice < 0.9) {
        await this.buy(user, answer.body.holdId, held, dice);
      }
    }
  }

  async buy(user, holdId, held, dice) {
    held.state = 'unknown';
    const answer = await this.request(user.api, 'POST', '/checkout', { holdId });
    if (answer === undefined) return;
    if (answer.status !== 201) {
      this.broken.push(`checkout of a live hold → ${answer.status} ${answer.code}`);
      return;
    }
    held.state = 'consumed';
    const order = { user, seats: held.seats, state: 'pending' };
    this.orders.set(answer.body.id, order);
    if (dice < 0.75) await this.step(order, this.api, 'POST', answer.body.payment.url, 200, 'paid');
    else if (dice < 0.85) await this.step(order, user.api, 'POST', `/orders/${answer.body.id}/cancel`, 200, 'cancelled');
  }

  async releaseAll(user) {
    for (const [id, held] of this.holds) {
      if (held.user === user && held.state === 'live') {
        await this.step(held, user.api, 'DELETE', `/holds/${id}`, 204, 'released');
      }
    }
  }

  // Answers 5xx or missing of requests that began in [from, to).
  failures(from = 0, to = Infinity) {
    return this.answers.filter(({ began, status, error }) => began >= from && began < to && (error !== undefined || status >= 500));
  }

  count(status, from = 0) {
    return this.answers.filter((one) => one.began >= from && one.status === status).length;
  }

  // Reads everything that was promised; texts of what is not as promised.
  async verify() {
    const wrong = [...this.broken];
    for (const [id, held] of this.holds) {
      if (held.state === 'unknown' || held.state === 'consumed') continue;
      const { status, body } = await held.user.api.get(`/holds/${id}`);
      if (held.state === 'live' ? status !== 200 || !sameSeats(body.seats, held.seats) : status !== 404) {
        wrong.push(`hold ${id} was ${held.state}, now ${status} ${body?.seats ?? ''}`);
      }
    }
    for (const [id, order] of this.orders) {
      const { status, body } = await order.user.api.get(`/orders/${id}`);
      if (status !== 200) {
        wrong.push(`order ${id} was ${order.state}, now ${status}`);
      } else if (order.state !== 'unknown' && body.status !== order.state) {
        wrong.push(`order ${id} was ${order.state}, now ${body.status}`);
      } else if (`${body.tickets.map(({ seatId }) => seatId).sort()}` !== `${[...order.seats].sort()}`) {
        wrong.push(`order ${id} has ${body.tickets.length} tickets`);
      } else if (body.status === 'paid' && body.tickets.some((ticket) => ticket.status !== 'valid')) {
        wrong.push(`order ${id} is paid, its tickets are ${body.tickets.map((ticket) => ticket.status)}`);
      }
    }
    return wrong;
  }
}
