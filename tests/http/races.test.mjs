// Many clients at once against the real stack: one winner, no deadlock, nothing half done.
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkInvariants, sql } from '../support/stack.mjs';
import { buy, checkout, createShow, hold, registerUser, staff, taken } from '../support/world.mjs';

const people = [];
test.before(async () => {
  // Hashing is slow on purpose, so the crowd registers in small groups.
  while (people.length < 64) {
    people.push(...(await Promise.all(Array.from({ length: 8 }, () => registerUser()))));
  }
});

const count = (answers, status) => answers.filter((answer) => answer.status === status).length;

test('64 clients fight for one seat: exactly one 201', async () => {
  const show = await createShow();
  for (const seat of ['A1', 'B7', 'F30']) {
    const answers = await Promise.all(
      people.map(({ api }) => api.post('/holds', { showId: show.id, seats: [seat] }, { expect: [201, 409] })),
    );
    assert.equal(count(answers, 201), 1);
    assert.equal(count(answers, 409), 63);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      assert.deepEqual([answer.code, answer.body.seats], ['SEATS_UNAVAILABLE', [seat]]);
    }
  }
  assert.deepEqual(await taken(show), { A1: 'held', B7: 'held', F30: 'held' });
  checkInvariants();
});

test('overlapping holds of many seats in opposite orders: no deadlock reaches a client, no partial hold', async () => {
  const show = await createShow();
  const row = Array.from({ length: 20 }, (_, i) => `A${i + 1}`);
  const granted = [];
  for (let round = 0; round < 6; round += 1) {
    const answers = await Promise.all(
      people.slice(0, 48).map(async (person, i) => {
        const start = (i * 3 + round) % 16;
        const seats = row.slice(start, start + 5);
        if (i % 2 === 1) seats.reverse();
        const answer = await person.api.post('/holds', { showId: show.id, seats }, { expect: [201, 409] });
        if (answer.status === 201) {
          assert.deepEqual([...answer.body.seats].sort(), [...seats].sort());
        } else {
          assert.equal(answer.code, 'SEATS_UNAVAILABLE');
          assert.deepEqual(answer.body.seats, seats.filter((seat) => answer.body.seats.includes(seat)), 'in the order asked');
        }
        return { answer, person, seats };
      }),
    );
    const won = answers.filter(({ answer }) => answer.status === 201);
    assert.ok(won.length >= 1 && won.length <= 4, `${won.length} holds of 5 of 20 seats`);
    const seats = won.flatMap((one) => one.seats);
    assert.equal(new Set(seats).size, seats.length, 'no seat twice');
    assert.deepEqual(Object.keys(await taken(show)).sort(), seats.sort());
    checkInvariants();
    await Promise.all(won.map(({ answer, person }) => person.api.delete(`/holds/${answer.body.holdId}`, { expect: 204 })));
    granted.push(won.length);
  }
  assert.deepEqual(await taken(show), {});
});

test('holds and releases of the same seats by 32 clients, for a while', async () => {
  const show = await createShow();
  const end = Date.now() + 3000;
  let grants = 0;
  await Promise.all(
    people.slice(0, 32).map(async ({ api }, i) => {
      while (Date.now() < end) {
        const seats = [`C${1 + ((i * 7 + grants) % 12)}`, `D${1 + ((i * 5 + grants) % 12)}`, `C${13 + (i % 3)}`];
        const answer = await api.post('/holds', { showId: show.id, seats: i % 2 ? seats : seats.reverse() }, { expect: [201, 409] });
        if (answer.status === 201) {
          grants += 1;
          await api.delete(`/holds/${answer.body.holdId}`, { expect: 204 });
        }
      }
    }),
  );
  assert.ok(grants > 20, `${grants} holds`);
  assert.deepEqual(await taken(show), {});
  checkInvariants();
});

test('one hold checked out by 16 requests at once: one order, one 201', async () => {
  const [person, show] = [people[0], await createShow()];
  const held = await hold(person, show, ['A1', 'A2', 'A3']);
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => person.api.post('/checkout', { holdId: held.holdId }, { expect: [200, 201] })),
  );
  assert.equal(count(answers, 201), 1);
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  assert.deepEqual(sql(`SELECT count(*) FROM orders WHERE hold_id = '${held.holdId}'`), [['1']]);
  checkInvariants();
});

test('checkout races release: an order or free seats, never both', async () => {
  const show = await createShow();
  await Promise.all(
    people.slice(0, 24).map(async (person, i) => {
      const seats = [`C${i + 1}`, `D${i + 1}`];
      const held = await hold(person, show, seats);
      const [order, release] = await Promise.all([
        person.api.post('/checkout', { holdId: held.holdId }, { expect: [201, 404, 409] }),
        person.api.delete(`/holds/${held.holdId}`, { expect: [204, 404] }),
      ]);
      assert.equal(order.status === 201, release.status === 404, `checkout ${order.status}, release ${release.status}`);
      const states = await taken(show);
      for (const seat of seats) assert.equal(states[seat], order.status === 201 ? 'held' : undefined);
    }),
  );
  checkInvariants();
});

test('payment races cancel: the money and the seats agree', async () => {
  const show = await createShow();
  await Promise.all(
    people.slice(0, 16).map(async (person, i) => {
      const order = await checkout(person, await hold(person, show, [`E${i + 1}`, `F${i + 1}`]));
      const [cancel] = await Promise.all([
        person.api.post(`/orders/${order.id}/cancel`, undefined, { expect: [200, 409] }),
        person.api.post(order.payment.url, undefined, { expect: [200, 409] }),
      ]);
      const after = (await person.api.get(`/orders/${order.id}`, { expect: 200 })).body;
      const state = (await taken(show))[`E${i + 1}`];
      if (after.status === 'paid') assert.equal(state, 'sold');
      else assert.deepEqual([after.status, state, cancel.status], ['cancelled', undefined, 200]);
    }),
  );
  checkInvariants();
});

test('the same payment completed by 8 requests at once: paid once', async () => {
  const [person, show] = [people[1], await createShow()];
  const order = await checkout(person, await hold(person, show, ['A1']));
  const answers = await Promise.all(Array.from({ length: 8 }, () => person.api.post(order.payment.url, undefined, { expect: [200, 409] })));
  assert.ok(count(answers, 200) >= 1);
  assert.equal((await person.api.get(`/orders/${order.id}`, { expect: 200 })).body.status, 'paid');
  assert.deepEqual(sql(`SELECT status FROM payments WHERE order_id = '${order.id}'`), [['succeeded']]);
  checkInvariants();
});

test('one hold limit per user and show, however many requests come at once', async () => {
  const [person, show] = [people[2], await createShow()];
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      person.api.post('/holds', { showId: show.id, seats: [`E${2 * i + 1}`, `E${2 * i + 2}`, `F${i + 1}`] }, { expect: [201, 409] }),
    ),
  );
  assert.equal(count(answers, 201), 6, '18 of at most 20 seats');
  assert.ok(answers.every(({ status, code }) => status === 201 || code === 'HOLD_LIMIT'));
  checkInvariants();
});

test('one idempotency key used by 8 requests at once: one hold', async () => {
  const [person, show] = [people[3], await createShow()];
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      person.api.post('/holds', { showId: show.id, seats: ['B1', 'B2'] }, { headers: { 'Idempotency-Key': show.id }, expect: [201, 409] }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201);
  assert.ok(made.length >= 1);
  assert.equal(new Set(made.map(({ body }) => body.holdId)).size, 1);
  assert.ok(answers.every(({ status, code }) => status === 201 || code === 'IDEMPOTENCY_IN_FLIGHT'));
  const again = await person.api.post(
    '/holds',
    { showId: show.id, seats: ['B1', 'B2'] },
    { headers: { 'Idempotency-Key': show.id }, expect: 201 },
  );
  assert.equal(again.headers['idempotent-replayed'], 'true');
  checkInvariants();
});

test('one ticket scanned by 16 gates at once: one first entry', async () => {
  const gate = await staff();
  const order = await buy(people[4], await createShow(), ['A1']);
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, i) => gate.post(`/tickets/${order.tickets[0].id}/checkin`, { gate: `Gate ${i}` }, { expect: 200 })),
  );
  const first = answers.filter(({ body }) => !body.alreadyCheckedIn);
  assert.equal(first.length, 1);
  assert.ok(answers.every(({ body }) => body.gate === first[0].body.gate && body.checkedInAt === first[0].body.checkedInAt));
  checkInvariants();
});
