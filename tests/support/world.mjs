// People, events and purchases for tests, made through the API like everybody else's.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from './client.mjs';
import { setting } from './stack.mjs';

export const unique = (prefix = 'test') => `${prefix}-${randomUUID().slice(0, 13)}`;
export const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Repeats `look` until it returns something truthy, or fails after `timeout` ms: long, for nothing is measured by it
// and machines differ. The time begins anew whenever what `progress` returns has changed: what waits in a queue waits
// as long as the queue moves.
export async function until(look, { timeout = 30_000, every = 50, what = 'the condition', progress = () => 0 } = {}) {
  let end = Date.now() + timeout;
  let seen = progress();
  for (;;) {
    const value = await look();
    if (value) return value;
    const now = progress();
    if (now !== seen) [seen, end] = [now, Date.now() + timeout];
    assert.ok(Date.now() < end, `${what} did not come true within ${timeout} ms`);
    await sleep(every);
  }
}

// A new buyer, logged in: {id, email, password, fullName, token, refreshToken, api}; `api` sends the token.
export async function registerUser({
  email = `${unique('buyer')}@example.com`,
  password = 'pass123',
  fullName = 'Test Buyer',
  api = client(),
} = {}) {
  const { body } = await api.post('/auth/register', { email, password, fullName }, { expect: 201 });
  return { ...body, password, ...(await login(email, password, api)) };
}

export async function login(email, password, api = client()) {
  const { body } = await api.post('/auth/login', { email, password }, { expect: 200 });
  return { token: body.token, refreshToken: body.refreshToken, api: api.with({ token: body.token }) };
}

// Address and password of the stack's own people: admin and staff.
export const ownUser = (name, base = client()) => ({
  email: `${name}@example.com`,
  password: setting(`DEMO_${name.toUpperCase()}_PASSWORD`, base.options.state),
});

const logins = new Map();

async function demo(name, base) {
  const key = `${name} ${base.options.baseUrl}`;
  if (!logins.has(key)) {
    const { email, password } = ownUser(name, base);
    logins.set(key, login(email, password, base));
  }
  return (await logins.get(key)).api;
}

// Clients with the token of the stack's admin and of its gate staff.
export const admin = (base = client()) => demo('admin', base);
export const staff = (base = client()) => demo('staff', base);
export const adminToken = async (base) => (await admin(base)).options.token;
export const staffToken = async (base) => (await staff(base)).options.token;

// A published event. `fields` override or add members of the body.
export async function createEvent(fields = {}, base) {
  const body = { title: unique('Concert'), description: 'An evening', venue: 'Test Hall', published: true, ...fields };
  return (await (await admin(base)).post('/events', body, { expect: 201 })).body;
}

// A show on sale, of a new event unless `eventId` is given.
export async function createShow({ eventId, ...fields } = {}, base) {
  const id = eventId ?? (await createEvent({}, base)).id;
  const body = { startsAt: inDays(30), seatMapId: 'm1', ...fields };
  return (await (await admin(base)).post(`/events/${id}/shows`, body, { expect: 201 })).body;
}

const idOf = (thing) => (typeof thing === 'string' ? thing : (thing.id ?? thing.holdId));

// Each of these expects success and returns the answer's body. `user` is what registerUser() gave.
export async function hold(user, show, seats, options) {
  return (await user.api.post('/holds', { showId: idOf(show), seats }, { expect: 201, ...options })).body;
}

export async function checkout(user, held, options) {
  return (await user.api.post('/checkout', { holdId: idOf(held) }, { expect: [200, 201], ...options })).body;
}

// Presses Pay (or Decline) on the page of the test provider; anybody may.
export async function pay(order, outcome, base = client()) {
  const body = outcome === undefined ? undefined : { outcome };
  return (await base.post(order.payment.url, body, { expect: 200 })).body;
}

// hold + checkout + pay; the order as read afterwards (paid).
export async function buy(user, show, seats) {
  const order = await checkout(user, await hold(user, show, seats));
  await pay(order, undefined, user.api);
  return (await user.api.get(`/orders/${order.id}`, { expect: 200 })).body;
}

// Seat id → state of a show, as anybody sees it.
export async function availability(show, base = client()) {
  const { body } = await base.get(`/shows/${idOf(show)}/availability`, { expect: 200 });
  return new Map(body.availability.map(({ seatId, state }) => [seatId, state]));
}

// The seats that are not available: {A1: 'held', …}.
export async function taken(show, base) {
  return Object.fromEntries([...(await availability(show, base))].filter(([, state]) => state !== 'available'));
}
