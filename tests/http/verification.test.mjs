// Who reads the mails of an address: the link and the code of a mail, in a session of the user who asked for it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { mailsInFolder, untilMailed } from '../support/mail.mjs';
import { setting, sql } from '../support/stack.mjs';
import { login, registerUser, unique, until } from '../support/world.mjs';

const api = client();
const mailed = (email, count = 1) => untilMailed(() => {
  const all = mailsInFolder(email).sort((a, b) => Date.parse(a.headers.date) - Date.parse(b.headers.date));
  return all.length >= count && all;
}, `${count} mails to ${email}`);
const proofIn = ({ text }) => ({ token: /#token=(\S+)/.exec(text)[1], code: /The code is: (\d{6})/.exec(text)[1] });
const verified = async (user) => (await user.api.get('/auth/me', { expect: 200 })).body.emailVerified;
const outcome = async (user, body) => {
  const { status, code } = await user.api.post('/auth/verify', body);
  return code ?? status;
};
const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

// The proof in the mail that is sent now.
async function ask(user) {
  const before = mailsInFolder(user.email).map(proofIn).map(({ token }) => token);
  await user.api.post('/auth/verify/send', undefined, { expect: 202 });
  const all = (await mailed(user.email, before.length + 1)).map(proofIn);
  return all.find(({ token }) => !before.includes(token));
}

async function beGuest(email = `${unique('guest')}@example.com`) {
  const { body } = await api.post('/auth/guest', { email, fullName: 'A Guest' }, { expect: 200 });
  return { email, ...body, api: api.with({ token: body.token }) };
}

test('the link of the mail proves the address, once and for good', async () => {
  const user = await registerUser({ fullName: 'Lê <Văn> Thật' });
  assert.equal(await verified(user), false);
  assert.equal(mailsInFolder(user.email).length, 0, 'to register sends nothing');
  const { token, code } = await ask(user);
  const [mail] = mailsInFolder(user.email);
  assert.ok(mail.html.includes(`/verify#token=${token}`) && mail.html.includes(code));
  assert.ok(!/Thật/.test(mail.html + mail.text) && mail.to.every(({ name }) => !name), 'no word that a stranger may have typed');
  assert.deepEqual(sql(`SELECT v.id FROM auth.email_verifications v WHERE v::text LIKE '%${token}%'`), [], 'only a hash is stored');
  assert.equal(await outcome(user, { token }), 204);
  assert.equal(await verified(user), true);
  assert.equal(await outcome(user, { token }), 204, 'the button pressed twice');
  assert.equal((await user.api.post('/auth/verify/send')).code, 'EMAIL_VERIFIED');
});

test('the code of the newest mail proves it too, with five tries', async () => {
  const user = await registerUser();
  assert.equal(await outcome(user, { code: '123456' }), 'VERIFICATION_INVALID', 'nothing was sent');
  const first = await ask(user);
  for (let i = 0; i < 5; i += 1) assert.equal(await outcome(user, { code: otherThan(first.code) }), 'VERIFICATION_CODE_WRONG');
  assert.equal(await outcome(user, { code: first.code }), 'VERIFICATION_INVALID', 'the sixth try');
  const second = await ask(user);
  if (first.code !== second.code) assert.equal(await outcome(user, { code: first.code }), 'VERIFICATION_CODE_WRONG');
  assert.equal(await outcome(user, { code: second.code }), 204);
  assert.equal(await verified(user), true);
});

test('of many wrong codes at once five are tried', async () => {
  const user = await registerUser();
  const { code } = await ask(user);
  const answers = await Promise.all(Array.from({ length: 20 }, () => outcome(user, { code: otherThan(code) })));
  assert.equal(answers.filter((answer) => answer === 'VERIFICATION_CODE_WRONG').length, 5);
  assert.equal(answers.filter((answer) => answer === 'VERIFICATION_INVALID').length, 15);
  assert.equal(await outcome(user, { code }), 'VERIFICATION_INVALID');
});

test('neither counts for another user, even of the same address, nor without a session', async () => {
  const email = `${unique('shared')}@example.com`;
  const [user, guest, stranger] = [await registerUser({ email }), await beGuest(email), await registerUser()];
  const { token, code } = await ask(user);
  for (const other of [guest, stranger]) {
    assert.equal(await outcome(other, { token }), 'VERIFICATION_INVALID');
    assert.equal(await outcome(other, { code }), 'VERIFICATION_INVALID');
    assert.equal(await verified(other), false);
  }
  await api.post('/auth/verify', { token }, { expect: 401 });
  await api.post('/auth/verify/send', undefined, { expect: 401 });
  assert.equal(await outcome(user, { token }), 204);
  assert.equal(await verified(guest), false);
});

test('after 15 minutes the code, after 24 hours the link counts no more', async () => {
  const user = await registerUser();
  const { token, code } = await ask(user);
  const older = (span) => sql(
    `UPDATE auth.email_verifications SET requested_at = requested_at - interval '${span}', expires_at = expires_at - interval '${span}',
        code_expires_at = code_expires_at - interval '${span}' WHERE user_id = (SELECT id FROM auth.users WHERE email = '${user.email}')`,
  );
  older('16 minutes');
  assert.equal(await outcome(user, { code }), 'VERIFICATION_INVALID');
  older('24 hours');
  assert.equal(await outcome(user, { token }), 'VERIFICATION_INVALID');
  assert.equal(await verified(user), false);
});

test('a change of the password voids what was sent, and what was about to be', async () => {
  const user = await registerUser();
  const { token, code } = await ask(user);
  sql(
    `INSERT INTO auth.email_verifications (id, user_id, address, next_attempt_at)
        VALUES (gen_random_uuid(), '${user.id}', '${user.email}', clock_timestamp() + interval '1 hour')`,
  );
  await user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'changed 123' }, { expect: 204 });
  assert.equal(await outcome(user, { token }), 'VERIFICATION_INVALID');
  assert.equal(await outcome(user, { code }), 'VERIFICATION_INVALID');
  assert.deepEqual(
    sql(`SELECT DISTINCT state <> 'waiting' AND used_at IS NOT NULL FROM auth.email_verifications WHERE user_id = '${user.id}'`), [['t']],
  );
});

test('an address gets five mails an hour, whoever asks', async () => {
  const email = `${unique('flood')}@example.com`;
  const all = [await registerUser({ email }), await beGuest(email), await beGuest(email.toUpperCase())];
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => all[i % 3].api.post('/auth/verify/send')));
  assert.equal(answers.filter(({ status }) => status === 202).length, 5);
  for (const answer of answers.filter(({ status }) => status !== 202)) {
    assert.equal(answer.code, 'TOO_MANY_REQUESTS');
    const wait = Number(answer.headers['retry-after']);
    assert.ok(wait > 3500 && wait <= 3600, `${wait}`);
  }
  const waiting = `SELECT 1 FROM auth.email_verifications WHERE state = 'waiting' AND address = '${email.toLowerCase()}'`;
  await until(() => sql(waiting).length === 0, { what: 'an empty queue', every: 200 });
  assert.equal(mailsInFolder(email).length + mailsInFolder(email.toUpperCase()).length, 5);
});

test('a guest who has proved the address chooses a password; who has not, cannot', async () => {
  const guest = await beGuest();
  assert.equal((await guest.api.post('/auth/guest/password', { password: 'a password of mine' })).code, 'EMAIL_NOT_VERIFIED');
  const { code } = await ask(guest);
  assert.equal(await outcome(guest, { code }), 204);
  await guest.api.post('/auth/guest/password', { password: 'a password of mine' }, { expect: 204 });
  await login(guest.email, 'a password of mine');
});

test('what is neither a token nor a code is told so, and costs no try', async () => {
  const user = await registerUser();
  const { token, code } = await ask(user);
  for (const body of [{}, { token, code }, { code: '12345' }, { code: '1234567' }, { code: 123456 }, { token: '' }, { other: 'x' }])
    assert.equal(await outcome(user, body), 'VALIDATION_FAILED', JSON.stringify(body));
  for (const wrong of ['x', token.slice(0, -1), `${token}a`]) assert.equal(await outcome(user, { token: wrong }), 'VERIFICATION_INVALID');
  assert.equal(sql(`SELECT sum(code_tries) FROM auth.email_verifications WHERE user_id = '${user.id}'`)[0][0], '0');
  assert.equal(await outcome(user, { code }), 204);
});

test('the link makes an admin of who has the address of ADMIN_EMAIL; the code does not, and never a guest', async () => {
  const email = setting('ADMIN_EMAIL');
  const parked = `${unique('parked')}@example.com`;
  const roles = async (who) => (await who.api.get('/auth/me', { expect: 200 })).body.roles;
  sql(`UPDATE auth.users SET email = '${parked}', email_key = NULL WHERE lower(email) = lower('${email}')`);
  try {
    const guest = await beGuest(`${email.slice(0, 1).toUpperCase()}${email.slice(1)}`);
    assert.equal(await outcome(guest, { token: (await ask(guest)).token }), 204);
    assert.deepEqual(await roles(guest), ['user']);
    for (const [way, expected] of [['code', ['user']], ['token', ['user', 'admin']]]) {
      const user = await registerUser({ email });
      const proof = await ask(user);
      assert.equal(await outcome(user, { [way]: proof[way] }), 204);
      assert.deepEqual(await roles(user), expected, way);
      sql(`DELETE FROM auth.users WHERE id = '${user.id}'`);
    }
  } finally {
    sql(`DELETE FROM auth.users WHERE lower(email) = lower('${email}');
      UPDATE auth.users SET email = '${email}', email_key = NULL WHERE email = '${parked}'`);
  }
});
