// A new password for who has forgotten the old one.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { MailServer, mailsInFolder } from '../support/mail.mjs';
import { sql } from '../support/stack.mjs';
import { login, registerUser, sleep, unique, until } from '../support/world.mjs';

const api = client();
const forgot = (email, options) => api.post('/auth/password/forgot', { email }, { expect: 202, ...options });
const reset = (token, newPassword) => api.post('/auth/password/reset', { token, newPassword });
const tokenIn = (mail) => /The token is: (\S+)/.exec(mail.text)[1];
const mailed = async (email, count = 1) => (await until(() => {
  const all = mailsInFolder(email).sort((a, b) => Date.parse(a.headers.date) - Date.parse(b.headers.date));
  return all.length >= count && all;
}, { what: `${count} mails to ${email}`, every: 200 }));

test('the token of the mail sets a new password once, and all sessions end', async () => {
  const user = await registerUser({ fullName: 'Lê <Văn> Quên' });
  await forgot(user.email.toUpperCase());
  const [mail] = await mailed(user.email);
  const token = tokenIn(mail);
  assert.equal(mail.headers.subject, 'Your new password');
  assert.ok(mail.html.includes(`#token=${token}`));
  // Anybody may type this address with any name: the mail carries no word of that.
  assert.ok(!/Quên/.test(mail.html + mail.text) && mail.to.every(({ name }) => !name), JSON.stringify(mail.to));
  assert.equal(sql(`SELECT count(*) FROM auth.password_resets r WHERE r::text LIKE '%${token}%'`)[0][0], '0', 'only a hash is stored');
  assert.equal((await reset(token, 'x')).code, 'VALIDATION_FAILED');
  assert.equal((await reset(token, 'new secret 1')).status, 204);
  assert.equal((await api.post('/auth/refresh', { refreshToken: user.refreshToken })).status, 401);
  assert.equal((await api.post('/auth/login', { email: user.email, password: user.password })).status, 401);
  await login(user.email, 'new secret 1');
  const again = await reset(token, 'new secret 2');
  assert.deepEqual([again.status, again.code], [422, 'RESET_TOKEN_INVALID']);
  await login(user.email, 'new secret 1');
});

test('of many tokens only one can be used, none after 30 minutes, and none that was made up', async () => {
  const user = await registerUser();
  await forgot(user.email);
  await forgot(user.email);
  const [first, second] = (await mailed(user.email, 2)).map(tokenIn);
  const answers = await Promise.all(['a', 'b', 'c'].map((letter) => reset(first, `new secret ${letter}`)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 422, 422]);
  assert.equal((await reset(second, 'new secret d')).code, 'RESET_TOKEN_INVALID');
  await forgot(user.email);
  const third = (await mailed(user.email, 3)).map(tokenIn).find((token) => token !== first && token !== second);
  sql(`UPDATE auth.password_resets SET expires_at = expires_at - interval '31 minutes' WHERE user_id = '${user.id}'`);
  assert.equal((await reset(third, 'new secret e')).code, 'RESET_TOKEN_INVALID');
  for (const token of ['x', first.slice(0, -1), `${first}a`])
    assert.equal((await reset(token, 'new secret f')).code, 'RESET_TOKEN_INVALID');
});

test('no link that was asked for before a change of the password works after it, sent or not', async () => {
  const user = await registerUser();
  await forgot(user.email);
  const token = tokenIn((await mailed(user.email))[0]);
  sql(
    `INSERT INTO auth.password_resets (id, user_id, next_attempt_at)
        VALUES (gen_random_uuid(), '${user.id}', clock_timestamp() + interval '1 hour')`,
  );
  await user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'changed 123' }, { expect: 204 });
  assert.equal((await reset(token, 'new secret g')).code, 'RESET_TOKEN_INVALID');
  assert.deepEqual(
    sql(`SELECT DISTINCT state <> 'waiting' AND used_at IS NOT NULL FROM auth.password_resets WHERE user_id = '${user.id}'`),
    [['t']],
  );
});

test('an address that nobody has is answered alike, and gets no mail; nobody gets more than five an hour', async () => {
  const user = await registerUser();
  const stranger = `${unique('stranger')}@example.com`;
  const [known, unknown] = [await forgot(user.email), await forgot(stranger)];
  assert.deepEqual(known.body, unknown.body);
  const names = (answer) => Object.keys(answer.headers).sort();
  assert.deepEqual(names(known), names(unknown));
  for (let i = 0; i < 7; i += 1) await forgot(user.email);
  await until(() => sql(`SELECT 1 FROM auth.password_resets WHERE state = 'waiting'`).length === 0, { what: 'an empty queue', every: 200 });
  assert.equal(mailsInFolder(user.email).length, 5);
  assert.equal(mailsInFolder(stranger).length, 0);
  assert.equal((await api.post('/auth/password/forgot', { email: 'no address' })).status, 422);
});

test('the answer takes as long for an address that nobody has', async () => {
  const user = await registerUser();
  const times = { known: [], unknown: [] };
  for (let i = 0; i < 40; i += 1) {
    for (const [kind, email] of [['known', user.email], ['unknown', `${unique('stranger')}@example.com`]]) {
      const began = process.hrtime.bigint();
      await forgot(email);
      times[kind].push(Number(process.hrtime.bigint() - began) / 1e6);
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const [a, b] = [median(times.known), median(times.unknown)];
  assert.ok(Math.abs(a - b) < 5 + 0.5 * Math.min(a, b), `${a} ms and ${b} ms`);
});

test('through an SMTP server that comes up later', async () => {
  const base = client({ baseUrl: process.env.SHORT_URL, state: process.env.SHORT_STATE });
  const query = (text) => sql(text, process.env.SHORT_STATE);
  const user = await registerUser({ api: base });
  await base.post('/auth/password/forgot', { email: user.email }, { expect: 202 });
  await until(() => query(`SELECT 1 FROM auth.password_resets WHERE user_id = '${user.id}' AND last_error IS NOT NULL`).length > 0, {
    what: 'a failure',
    every: 200,
  });
  const server = await new MailServer().start();
  try {
    query(`UPDATE auth.password_resets SET next_attempt_at = '-infinity' WHERE user_id = '${user.id}'`);
    const mail = await until(() => server.to(user.email)[0], { what: 'the mail', every: 200 });
    await base.post('/auth/password/reset', { token: tokenIn(mail), newPassword: 'new secret' }, { expect: 204 });
    await login(user.email, 'new secret', base);
    await sleep(700);
    assert.equal(server.to(user.email).length, 1);
  } finally {
    server.stop();
  }
});
