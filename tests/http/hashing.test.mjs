// Passwords that are hashed leave threads for other calls: there are places for some, the rest is told to come back. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { ownStack } from '../support/own_stack.mjs';
import { registerUser } from '../support/world.mjs';

let stack;
// A hash of cost 8 takes a quarter of a second or more, GET /auth/me a thousandth.
before(async () => { stack = await ownStack({ THREADS: '8', PASSWORD_COST: '8' }); });
after(() => stack.down());

test('more logins than threads: some wait for their hash, the rest is told to come back, and other calls go on', async () => {
  const user = await registerUser({ api: stack.api });
  const login = await stack.api.post('/auth/login', { email: user.email, password: user.password });
  assert.equal(login.status, 200);
  let unanswered = 24;
  const logins = Array.from({ length: 24 }, async (_, i) => {
    const answer = await stack.api.post('/auth/login', { email: `nobody${i}@example.com`, password: 'wrong' });
    unanswered -= 1;
    return answer;
  });
  // The first refusal says that all places are taken; then others are served while those still hash.
  const refused = await Promise.race(logins);
  assert.equal(refused.status, 503, 'the first answer is a refusal, not a password that was hashed');
  assert.equal(refused.code, 'UNAVAILABLE');
  assert.ok(Number(refused.headers['retry-after']) >= 1, refused.headers['retry-after']);
  assert.equal((await user.api.get('/auth/me')).status, 200);
  assert.ok(unanswered >= 1, 'GET /auth/me waited for every login');

  const statuses = (await Promise.all(logins)).map(({ status }) => status);
  assert.equal(
    statuses.filter((status) => status === 401).length + statuses.filter((status) => status === 503).length,
    24,
    String(statuses),
  );
  assert.ok(statuses.filter((status) => status === 401).length >= 6, String(statuses));
  assert.equal((await stack.api.post('/auth/login', { email: user.email, password: user.password })).status, 200, 'places are given back');
});
