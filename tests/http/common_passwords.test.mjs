// Passwords that everybody tries first are refused where the gateway is open to the network. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { ownStack } from '../support/own_stack.mjs';
import { registerUser } from '../support/world.mjs';

let stack;
before(async () => { stack = await ownStack({ LISTEN_ADDRESS: '*', ALLOW_TEST_PAYMENTS: '1', PASSWORD_COST: '1' }); });
after(() => stack.down());

const common = [
  'password123',
  '1234567890',
  'qwertyuiop',
  'Password1234',
  'iloveyou12',
  '1q2w3e4r5t',
  'P@ssw0rd123',
  'aaaaaaaaaaaa',
  'Summer2024!',
  'MANCHESTER',
];
const good = 'brass otter kneads 41';
let number = 0;
const register = (password) =>
  stack.api.post('/auth/register', { email: `common${Date.now()}-${(number += 1)}@example.com`, password, fullName: 'Somebody' });

function assertRefused(answer, path) {
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.code, 'VALIDATION_FAILED');
  assert.deepEqual(answer.body.errors.map((error) => error.path), [path]);
  assert.match(answer.body.errors[0].message, /guess/);
}

test('a common password is refused at registration, however it is dressed up; a good one is taken', async () => {
  for (const password of common) assertRefused(await register(password), 'password');
  assert.equal(stack.sql("SELECT count(*) FROM auth.users WHERE email LIKE 'common%'")[0][0], '0', 'nothing was changed');
  for (const password of [good, 'vT7#kq2LzP', 'Nguyễn đi chợ 7 giờ', '🦦🦦🪵🎷 mười hai'])
    assert.equal((await register(password)).status, 201, password);
});

test('the shortest password is ten characters there, and a longest one of repeated letters is common', async () => {
  assert.match((await register('vT7#kq2')).body.errors[0].message, /10/);
  assertRefused(await register('a'.repeat(128)), 'password');
});

test('a common password is refused when a password is changed', async () => {
  const user = await registerUser({ api: stack.api, password: good });
  assertRefused(await user.api.put('/auth/password', { currentPassword: good, newPassword: 'password123' }), 'newPassword');
  assert.equal((await user.api.put('/auth/password', { currentPassword: good, newPassword: 'glass heron sweeps 9' })).status, 204);
});

test('a common password is refused when a password is reset, and the token stays good', async () => {
  const user = await registerUser({ api: stack.api, password: good });
  const token = 'a-token-of-the-test-alone';
  stack.sql(`INSERT INTO auth.password_resets (id, user_id, state, token_hash, expires_at)
    VALUES (gen_random_uuid(), '${user.id}', 'sent', encode(sha256('${token}'), 'hex'), now() + interval '5 minutes')`);
  assertRefused(await stack.api.post('/auth/password/reset', { token, newPassword: 'qwertyuiop' }), 'newPassword');
  assert.equal((await stack.api.post('/auth/password/reset', { token, newPassword: 'glass heron sweeps 9' })).status, 204);
});

test('a password made of one\'s own address or name is refused, wherever a password is chosen', async () => {
  const fullName = 'Ottilie Brackwater';
  const email = `ottilie.brackwater${Date.now()}@venuemail.example`;
  const names = ['OttilieBrackwater', 'brackwater1', 'Ottilie.Brackwater!', '0ttili3Br4ckw4t3r'];
  const own = [email, email.split('@')[0], 'venuemail.example', ...names];
  for (const password of own) assertRefused(await stack.api.post('/auth/register', { email, password, fullName }), 'password');
  const user = await registerUser({ api: stack.api, email, password: good, fullName });
  const token = 'another-token-of-the-test-alone';
  stack.sql(`INSERT INTO auth.password_resets (id, user_id, state, token_hash, expires_at)
    VALUES (gen_random_uuid(), '${user.id}', 'sent', encode(sha256('${token}'), 'hex'), now() + interval '5 minutes')`);
  for (const password of own) {
    assertRefused(await user.api.put('/auth/password', { currentPassword: good, newPassword: password }), 'newPassword');
    assertRefused(await stack.api.post('/auth/password/reset', { token, newPassword: password }), 'newPassword');
  }
});
