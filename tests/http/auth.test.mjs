// Accounts: registering, logging in, reading and changing one's own.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { login, registerUser, unique, until } from '../support/world.mjs';
import { mailsInFolder } from '../support/mail.mjs';
import { setting, sql, state } from '../support/stack.mjs';

const api = client();
const address = (prefix) => `${unique(prefix)}@example.com`;
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

test('the README’s user can be registered and logs in', async () => {
  const email = address('user');
  const { body: user } = await api.post('/auth/register', { email, password: 'pass123', fullName: 'User' }, { expect: 201 });
  const expected = { id: user.id, email, fullName: 'User', roles: ['user'], guest: false, emailVerified: false };
  assert.deepEqual(user, expected);

  const { body: session } = await api.post('/auth/login', { email, password: 'pass123' }, { expect: 200 });
  assert.equal(session.tokenType, 'Bearer');
  const claims = claimsOf(session.token);
  assert.equal(claims.sub, user.id);
  assert.deepEqual(claims.roles, ['user']);
  assert.equal(claims.exp - claims.iat, session.expiresIn);

  const { body: me } = await api.get('/auth/me', { token: session.token, expect: 200 });
  assert.deepEqual(me, user);
});

test('an e-mail address is taken in whatever case, and a login takes any case', async () => {
  const user = await registerUser({ email: address('MixedCase') });
  const again = { email: user.email.toUpperCase(), password: 'another', fullName: 'Other' };
  const refused = await api.post('/auth/register', again, { expect: 409 });
  assert.equal(refused.code, 'EMAIL_TAKEN');
  await api.post('/auth/login', { email: user.email.toUpperCase(), password: user.password }, { expect: 200 });
  await api.post('/auth/login', { email: user.email.toLowerCase(), password: 'another' }, { expect: 401 });
});

test('of 20 simultaneous registrations of one address exactly one succeeds', async () => {
  const email = address('rush');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      api.post('/auth/register', { email: i % 2 ? email : email.toUpperCase(), password: `password-${i}`, fullName: `User ${i}` }),
    ),
  );
  const statuses = answers.map((answer) => answer.status).sort();
  assert.deepEqual(statuses, [201, ...Array(19).fill(409)]);
  const winner = answers.findIndex((answer) => answer.status === 201);
  await api.post('/auth/login', { email, password: `password-${winner}` }, { expect: 200 });
  await api.post('/auth/login', { email, password: `password-${(winner + 1) % 20}` }, { expect: 401 });
});

test('names and passwords may be of any script and as long as allowed', async () => {
  const widest = '🎫'.repeat(100);
  const user = await registerUser({ email: address('wide'), fullName: widest, password: 'пароль-密码-' + 'é'.repeat(100) });
  assert.equal(user.fullName, widest);
  const { body } = await user.api.get('/auth/me', { expect: 200 });
  assert.equal(body.fullName, widest);
  const longest = `${'l'.repeat(64)}@${'d'.repeat(63)}.${'e'.repeat(63)}.${'f'.repeat(53)}.example`; // 64 and 254 bytes: RFC 5321
  assert.equal(longest.length, 254);
  const { status } = await api.post('/auth/register', { email: longest, password: 'p'.repeat(128), fullName: 'L' });
  assert.ok([201, 409].includes(status), `${status}`); // 409 when this test ran before on the same stack
  await api.post('/auth/login', { email: longest, password: 'p'.repeat(128) }, { expect: 200 });
});

// The hash is all that takes long, and test_password.c shows that any two cost the same; a clock here would measure the
// machine's other work.
test('an unknown address and a wrong password get the same answer after the same work', async () => {
  const user = await registerUser();
  const hashes = async () =>
    Number(
      (await api.site('/metrics', { check: false, expect: 200 })).text.match(
        /^ticketing_passwords_hashed_total\{process="auth"\} (\d+)$/m,
      )[1],
    );
  const attempt = async (email) => {
    const before = await hashes();
    const { body } = await api.post('/auth/login', { email, password: 'not the one' }, { expect: 401 });
    return { body: { ...body, requestId: undefined }, hashes: (await hashes()) - before };
  };
  const wrong = await attempt(user.email);
  assert.equal(wrong.body.code, 'INVALID_CREDENTIALS');
  assert.equal(wrong.hashes, 1);
  assert.deepEqual(await attempt(address('nobody')), wrong);
});

test('a new name shows in the account and in the next token', async () => {
  const user = await registerUser();
  const { body } = await user.api.put('/auth/me', { fullName: 'Zoë "Z" O’Neil' }, { expect: 200 });
  assert.equal(body.fullName, 'Zoë "Z" O’Neil');
  assert.equal(body.id, user.id);
  assert.deepEqual((await user.api.get('/auth/me', { expect: 200 })).body, body);
  const { body: session } = await api.post('/auth/refresh', { refreshToken: user.refreshToken }, { expect: 200 });
  assert.equal(claimsOf(session.token).name, 'Zoë "Z" O’Neil');
});

test('nothing secret is stored or shown', async () => {
  const user = await registerUser();
  const row = sql(`SELECT password_hash, (SELECT string_agg(token_hash, ' ') FROM auth.refresh_tokens t
    JOIN auth.sessions s ON s.id = t.session_id WHERE s.user_id = u.id) FROM auth.users u WHERE id = '${user.id}'`)[0];
  assert.match(row[0], /^\$y\$/);
  assert.match(row[1], /^[0-9a-f]{64}$/);
  assert.ok(!row.join().includes(user.refreshToken));
  const { text } = await user.api.get('/auth/me', { expect: 200 });
  assert.doesNotMatch(text, /hash|\$y\$/);
});

test('ADMIN_EMAIL becomes admin when a mailed link has proved it, not by registering', async () => {
  const email = setting('ADMIN_EMAIL');
  const parked = address('parked');
  sql(`UPDATE auth.users SET email = '${parked}', email_key = NULL WHERE lower(email) = lower('${email}')`);
  try {
    const typed = email.toUpperCase();
    const { body } = await api.post('/auth/register', { email: typed, password: 'pass123', fullName: 'Boss' }, { expect: 201 });
    assert.deepEqual(body.roles, ['user'], 'whoever types an address has not proved it');
    await api.post('/auth/password/forgot', { email: typed }, { expect: 202 });
    const mail = await until(() => mailsInFolder(typed)[0], { what: 'the mail with the link', every: 200 });
    const token = /The token is: (\S+)/.exec(mail.text)[1];
    assert.equal((await api.post('/auth/password/reset', { token, newPassword: 'proved 123' })).status, 204);
    const session = await login(typed, 'proved 123');
    assert.deepEqual((await session.api.get('/auth/me', { expect: 200 })).body.roles, ['user', 'admin']);
  } finally {
    sql(`DELETE FROM auth.users WHERE lower(email) = lower('${email}');
      UPDATE auth.users SET email = '${email}', email_key = NULL WHERE email = '${parked}'`);
  }
});

test('paths and methods that do not exist', async () => {
  const user = await registerUser();
  assert.equal((await user.api.delete('/auth/me')).status, 405);
  assert.equal((await user.api.get('/auth/register')).headers.allow, 'POST');
  assert.equal((await user.api.get('/auth/nothing')).status, 404);
  assert.equal((await user.api.get('/auth/me/')).status, 404);
  const head = await user.api.send('HEAD', '/auth/me', { expect: 200 });
  assert.equal(head.bytes.length, 0);
});

test('one address is one account, however its domain, letters and password are spelled', async () => {
  const mark = unique('spelling');
  const password = 'Mật khẩu mùa xuân'.normalize('NFC');
  const user = await registerUser({ email: `${mark}@Bücher.example`, password });
  const spellings = [
    `${mark.toUpperCase()}@bücher.example`,
    `${mark}@xn--bcher-kva.example`,
    `${mark}@b\u0075\u0308cher.example`,
    `${mark}@ｂücher.example`,
  ];
  for (const email of spellings) {
    assert.equal((await api.post('/auth/register', { email, password: 'pass123', fullName: 'Twice' })).code, 'EMAIL_TAKEN', email);
    await login(email, password);
    await login(email, password.normalize('NFD'));
  }
  assert.equal((await user.api.get('/auth/me', { expect: 200 })).body.email, `${mark}@Bücher.example`);
});

test('letters that other locales fold into ASCII are nobody else\'s, and what no mail reaches is refused by name', async () => {
  const mark = unique('kelvin');
  await registerUser({ email: `${mark}i@example.com` });
  for (const email of [`${mark}\u0130@example.com`, mark.replace('k', '\u212a') + 'i@example.com']) {
    assert.equal((await api.post('/auth/login', { email, password: 'pass123' })).status, 401, email);
    assert.equal((await api.post('/auth/register', { email, password: 'pass123', fullName: 'Other' })).code, 'VALIDATION_FAILED', email);
  }
  const refused = await api.post(
    '/auth/register',
    { email: `ngô.${mark}@example.com`, password: 'pass123', fullName: 'Ngô' },
    { expect: 422 },
  );
  assert.match(refused.body.errors[0].message, /before the @ must be ASCII/);
});

test('an account made before addresses had one spelling can still log in', async () => {
  const user = await registerUser({ email: `${unique('old')}@bücher.example` });
  sql(`UPDATE auth.users SET email_key = NULL WHERE id = '${user.id}'`);
  await login(user.email.replace('old', 'OLD'), user.password);
});

test('each attempt at a login is a line in the log with the account, and without address or password', async () => {
  const user = await registerUser();
  const stranger = `${unique('stranger')}@example.com`;
  const secret = unique('secret');
  for (const email of [user.email, stranger]) await api.post('/auth/login', { email, password: secret }, { expect: 401 });
  const log = () => readFileSync(join(state, 'log/auth.log'), 'utf8');
  const line = (event) => log().split('\n').find((text) => text.includes(`"${event}"`) && text.includes(user.id));
  await until(() => line('login_failed') && line('login'), { what: 'both lines' });
  for (const word of [user.email, stranger, secret]) assert.ok(!log().includes(word), word);
});
