// One buyer may ask for holds and orders so often and no oftener, whatever tokens and white space are used. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { ownStack } from '../support/own_stack.mjs';
import { createShow, login, registerUser } from '../support/world.mjs';

let stack;
let show;
before(async () => {
  stack = await ownStack({ RATE_LIMITS: 'on', PASSWORD_COST: '1', REAL_IP_FROM: '127.0.0.1' });
  show = await createShow({}, stack.api);
});
after(() => stack.down());

const BURST = 50;
const nowhere = '00000000-0000-4000-8000-000000000000';
// Names what is not there: what is admitted is 404 and changes nothing.
const calls = {
  'POST /holds': [`/holds`, () => ({ showId: nowhere, seats: ['A1'] })],
  'POST /holds/:id/extend': [`/holds/${nowhere}/extend`, () => undefined],
  'POST /checkout': ['/checkout', () => ({ holdId: nowhere })],
};

const newUser = () => registerUser({ api: stack.api });
const spelled = (token, i) => `${['Bearer', 'bearer', 'BEARER', 'BeArEr'][i % 4]}${' '.repeat(1 + (i % 97))}${token}${' '.repeat(i % 3)}`;

// From many addresses, whose limits at the gateway are no part of this.
let address = 0;
const from = () => ({ 'X-Forwarded-For': `198.51.${(address >> 8) & 255}.${(address += 1) & 255}` });

// 400 requests, each with another spelling, half of them with another token of the same user.
async function rush(tokens, [path, body], times = 400) {
  const began = Date.now();
  const answers = await Promise.all(Array.from({ length: times }, (_, i) =>
    stack.api.post(path, body(), { headers: { ...from(), Authorization: spelled(tokens[i % tokens.length], i) } })));
  const refused = answers.filter(({ status }) => status === 429);
  return { admitted: answers.filter(({ status }) => status !== 429), refused, seconds: (Date.now() - began) / 1000 };
}

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: 400 requests with various white space and two tokens count as one user's`, async () => {
    const user = await newUser();
    const again = await login(user.email, user.password, stack.api);
    const { admitted, refused, seconds } = await rush([user.token, again.token], call);
    assert.ok(admitted.every(({ status }) => status === 404), JSON.stringify(admitted.find(({ status }) => status !== 404)?.body));
    assert.ok(admitted.length >= BURST && admitted.length <= BURST + 10 * seconds + 1, `${admitted.length} admitted in ${seconds} s`);
    for (const answer of refused) {
      assert.equal(answer.code, 'TOO_MANY_REQUESTS');
      assert.match(answer.headers['content-type'], /^application\/problem\+json/);
      assert.equal(answer.headers['retry-after'], '1');
    }
  });
}

test('another user, reading, and letting go are not slowed by it', async () => {
  const [greedy, other] = [await newUser(), await newUser()];
  const held = (await greedy.api.post('/holds', { showId: show.id, seats: ['A1'] }, { expect: 201 })).body;
  const { refused } = await rush([greedy.token], calls['POST /holds']);
  assert.ok(refused.length > 0);
  await other.api.post('/holds', { showId: show.id, seats: ['A2'] }, { expect: 201 });
  for (let i = 0; i < 60; i += 1) await greedy.api.get(`/holds/${held.holdId}`, { headers: from(), expect: 200 });
  await greedy.api.delete(`/holds/${held.holdId}`, { expect: 204 });
});

test('what is no good token is 401 as ever, however often', async () => {
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => stack.api.post('/holds', { showId: nowhere, seats: ['A1'] }, { token: 'a.b.c', headers: from() })),
  );
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401]);
});
