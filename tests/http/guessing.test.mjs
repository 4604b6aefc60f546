// Guessing is slowed by account and by network, on all hosts together, and locks no owner out. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { ownStack } from '../support/own_stack.mjs';
import { registerUser } from '../support/world.mjs';

let stack;
before(async () => { stack = await ownStack({ LOGIN_ATTEMPTS: '5', REAL_IP_FROM: '127.0.0.1' }); });
after(() => stack.down());

const from = (address) => ({ headers: { 'X-Forwarded-For': address } });
const attempt = (email, password, address) => stack.api.post('/auth/login', { email, password }, from(address));
const count = (answers) => answers.reduce((sums, { status }) => ({ ...sums, [status]: (sums[status] ?? 0) + 1 }), {});

test('200 wrong passwords at once for one account, from 20 addresses: a handful is looked at, the rest is told to wait', async () => {
  const user = await registerUser({ api: stack.api });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => attempt(user.email, `wrong ${i}`, `198.51.100.${i % 20}`)));
  const sums = count(answers);
  assert.ok(sums[401] >= 5 && sums[401] <= 20, JSON.stringify(sums));
  assert.equal(sums[401] + sums[429] + (sums[503] ?? 0), 200, JSON.stringify(sums));
  const refused = answers.find(({ status }) => status === 429);
  assert.equal(refused.code, 'TOO_MANY_REQUESTS');
  assert.ok(Number(refused.headers['retry-after']) >= 1 && Number(refused.headers['retry-after']) <= 60, refused.headers['retry-after']);
  // The wait itself may be over on a busy machine before the next line is reached.
  stack.sql("UPDATE auth.guesses SET blocked_until = blocked_until + interval '1 minute' WHERE key LIKE 'account:%'");
  // The right password has to wait as well from where nobody has logged in before …
  assert.equal((await attempt(user.email, user.password, '198.51.100.77')).status, 429);
  // … and counts again after the wait.
  stack.sql("UPDATE auth.guesses SET blocked_until = clock_timestamp() WHERE key LIKE 'account:%'");
  assert.equal((await attempt(user.email, user.password, '198.51.100.77')).status, 200);
});

test('strangers who guess do not lock the owner out of a network that the account is known in', async () => {
  const user = await registerUser({ api: stack.api });
  assert.equal((await attempt(user.email, user.password, '203.0.113.9')).status, 200);
  for (let i = 0; i < 12; i += 1) await attempt(user.email, 'wrong', `192.0.2.${i}`);
  assert.equal((await attempt(user.email, user.password, '192.0.2.99')).status, 429);
  assert.equal((await attempt(user.email, user.password, '203.0.113.9')).status, 200);
});

test('an address in other letters is the same account, and one that nobody has is slowed alike', async () => {
  for (const email of [(await registerUser({ api: stack.api })).email, 'nobody-at-all@example.com']) {
    const answers = [];
    for (let i = 0; i < 10; i += 1) answers.push(await attempt(i % 2 ? email.toUpperCase() : email, 'wrong', '198.18.0.1'));
    assert.ok(answers.some(({ status }) => status === 429), email);
    assert.deepEqual(answers.slice(0, 5).map(({ status }) => status), [401, 401, 401, 401, 401]);
  }
});

test('a network that guesses at many accounts waits too; an IPv6 network of 64 bits is one', async () => {
  const answers = [];
  for (let i = 0; i < 60; i += 1) answers.push(await attempt(`someone${i}@example.com`, 'wrong', `2001:db8:7::${(i + 1).toString(16)}`));
  const sums = count(answers);
  assert.equal(sums[401], 50, JSON.stringify(sums));
  assert.equal(sums[429], 10, JSON.stringify(sums));
  assert.equal((await attempt('someone@example.com', 'wrong', '2001:db8:8::1')).status, 401);
});

test('wrong current passwords are counted as well', async () => {
  const user = await registerUser({ api: stack.api });
  const answers = [];
  for (let i = 0; i < 8; i += 1)
    answers.push(await user.api.put('/auth/password', { currentPassword: 'wrong', newPassword: 'other 123' }, from('198.18.9.9')));
  assert.deepEqual(answers.map(({ status }) => status).slice(0, 5), [401, 401, 401, 401, 401]);
  assert.ok(answers.slice(5).some(({ status }) => status === 429));
});

test('the table tells nobody who was guessed at', () => {
  assert.deepEqual(stack.sql("SELECT key FROM auth.guesses WHERE key LIKE '%@%'"), []);
});
