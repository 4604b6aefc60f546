// Sessions: refresh tokens and their reuse, logout, what a password change ends.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { admin, createEvent, createShow, login, registerUser, until } from '../support/world.mjs';
import { root, sql } from '../support/stack.mjs';

const api = client();
const refresh = (refreshToken, options) => api.post('/auth/refresh', { refreshToken }, options);
const sessionOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).sid;

async function assertEnded(session, what) {
  const refused = await refresh(session.refreshToken, { expect: 401 });
  assert.equal(refused.code, 'REFRESH_TOKEN_INVALID', what);
  const me = await api.get('/auth/me', { token: session.token, expect: 401 });
  assert.equal(me.code, 'UNAUTHORIZED', what);
}

async function assertLives(session) {
  await api.get('/auth/me', { token: session.token, expect: 200 });
  return (await refresh(session.refreshToken, { expect: 200 })).body;
}

test('a refresh gives new tokens of the same session', async () => {
  const user = await registerUser();
  const second = (await refresh(user.refreshToken, { expect: 200 })).body;
  assert.notEqual(second.refreshToken, user.refreshToken);
  assert.equal(sessionOf(second.token), sessionOf(user.token));
  const third = await assertLives(second);
  await assertLives(third);
});

test('a refresh token used twice ends its session, and only that one', async () => {
  const user = await registerUser();
  const elsewhere = await login(user.email, user.password);
  const second = (await refresh(user.refreshToken, { expect: 200 })).body;
  assert.equal((await refresh(user.refreshToken, { expect: 401 })).code, 'REFRESH_TOKEN_INVALID');
  await assertEnded(second, 'the tokens got by the first use');
  await assertLives(elsewhere);
});

test('of simultaneous refreshes with one token exactly one succeeds, and the session ends', async () => {
  const user = await registerUser();
  const answers = await Promise.all(Array.from({ length: 12 }, () => refresh(user.refreshToken)));
  const statuses = answers.map((answer) => answer.status).sort();
  assert.deepEqual(statuses, [200, ...Array(11).fill(401)]);
  await assertEnded(answers.find((answer) => answer.status === 200).body);
});

test('a refresh token is unknown, or something else', async () => {
  const user = await registerUser();
  for (const wrong of ['x', `${user.refreshToken}x`, user.token.slice(0, 512), ' ', "' OR 1=1 --"]) {
    const answer = await refresh(wrong);
    assert.ok([401, 422].includes(answer.status), `${wrong}: ${answer.status}`);
  }
  await assertLives(user);
});

test('a logout ends the session; saying it again is harmless', async () => {
  const user = await registerUser();
  const elsewhere = await login(user.email, user.password);
  await api.post('/auth/logout', { refreshToken: user.refreshToken }, { expect: 204 });
  await assertEnded(user);
  await api.post('/auth/logout', { refreshToken: user.refreshToken }, { expect: 204 });
  await api.post('/auth/logout', { refreshToken: 'never-issued' }, { expect: 204 });
  await assertLives(elsewhere);
});

test('a logout with a spent refresh token ends the session as well', async () => {
  const user = await registerUser();
  const second = (await refresh(user.refreshToken, { expect: 200 })).body;
  await api.post('/auth/logout', { refreshToken: user.refreshToken }, { expect: 204 });
  await assertEnded(second);
});

test('a session that ran out is over', async () => {
  const user = await registerUser();
  sql(
    `UPDATE auth.sessions SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'
        WHERE user_id = '${user.id}'`,
  );
  await assertEnded(user);
});

test('a removed account can neither log in nor go on', async () => {
  const user = await registerUser();
  sql(`UPDATE auth.users SET deleted_at = now() WHERE id = '${user.id}'`);
  await assertEnded(user);
  await user.api.put('/auth/me', { fullName: 'Ghost' }, { expect: 401 });
  await user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'another-one' }, { expect: 401 });
  const refused = await api.post('/auth/login', { email: user.email, password: user.password }, { expect: 401 });
  assert.equal(refused.code, 'INVALID_CREDENTIALS');
  await registerUser({ email: user.email }); // the address is free again
});

test('a password change ends all other sessions and keeps this one', async () => {
  const user = await registerUser();
  const others = await Promise.all([login(user.email, user.password), login(user.email, user.password)]);
  await user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'brand-new-1' }, { expect: 204 });
  for (const other of others) await assertEnded(other);
  await assertLives(user);
  await api.post('/auth/login', { email: user.email, password: user.password }, { expect: 401 });
  await login(user.email, 'brand-new-1');
});

test('a wrong current password changes nothing', async () => {
  const user = await registerUser();
  const other = await login(user.email, user.password);
  const refused = await user.api.put('/auth/password', { currentPassword: 'not mine', newPassword: 'brand-new-1' }, { expect: 401 });
  assert.equal(refused.code, 'INVALID_CREDENTIALS');
  await assertLives(other);
  await login(user.email, user.password);
});

test('an ended session cannot change the password', async () => {
  const user = await registerUser();
  await api.post('/auth/logout', { refreshToken: user.refreshToken }, { expect: 204 });
  await user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'brand-new-1' }, { expect: 401 });
  await login(user.email, user.password);
});

test('no login with the old password survives a password change that it raced', async () => {
  const user = await registerUser();
  const attempt = () => api.post('/auth/login', { email: user.email, password: user.password });
  const [changed, ...logins] = await Promise.all([
    user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'brand-new-1' }),
    ...Array.from({ length: 10 }, attempt),
  ]);
  assert.equal(changed.status, 204);
  for (const { status, body } of logins) {
    assert.ok([200, 401].includes(status), `${status}`);
    if (status === 200) await assertEnded(body, 'a login that was there before the change');
  }
  await assertLives(user);
});

// Another transaction has changed the password but not committed yet; it does so 400 ms after it has the lock.
async function whileAnotherChangesThePassword(user, work) {
  const psql = spawn(join(root, 'nginx/ticketctl'), ['psql', '-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  psql.stdin.end(`BEGIN; UPDATE auth.users SET password_hash = '$y$changed' WHERE id = '${user.id}' RETURNING id;
    SELECT pg_sleep(0.4); COMMIT;`);
  const ended = once(psql, 'exit');
  await once(psql.stdout, 'data');
  const answer = await work();
  assert.deepEqual(await ended, [0, null]);
  return answer;
}

test('a login with the old password that meets a password change under way is refused', async () => {
  const user = await registerUser();
  const attempt = () => api.post('/auth/login', { email: user.email, password: user.password });
  const { status } = await whileAnotherChangesThePassword(user, attempt);
  assert.equal(status, 401);
});

test('a password change that meets another one under way is refused', async () => {
  const user = await registerUser();
  const attempt = () => user.api.put('/auth/password', { currentPassword: user.password, newPassword: 'brand-new-1' });
  const { status } = await whileAnotherChangesThePassword(user, attempt);
  assert.equal(status, 401);
  assert.equal(sql(`SELECT password_hash FROM auth.users WHERE id = '${user.id}'`)[0][0], '$y$changed');
});

test('of simultaneous password changes exactly one stands', async () => {
  const user = await registerUser();
  const sessions = await Promise.all(Array.from({ length: 4 }, () => login(user.email, user.password)));
  const answers = await Promise.all(
    sessions.map((one, i) => one.api.put('/auth/password', { currentPassword: user.password, newPassword: `brand-new-${i}` })),
  );
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 401, 401, 401]);
  const winner = answers.findIndex((answer) => answer.status === 204);
  await login(user.email, `brand-new-${winner}`);
  for (const [i, session] of sessions.entries()) {
    if (i === winner) await assertLives(session);
    else await assertEnded(session);
  }
});

test('sessions that ran out long ago are removed, others are not', async () => {
  const user = await registerUser();
  const old = await login(user.email, user.password);
  const recent = await login(user.email, user.password);
  const age = (session, hours) =>
    sql(
      `UPDATE auth.sessions SET created_at = now() - interval '90 days', expires_at = now() - interval '${hours} hours'
          WHERE id = '${sessionOf(session.token)}'`,
    );
  age(old, 25);
  age(recent, 23);
  const left = () => sql(`SELECT id FROM auth.sessions WHERE user_id = '${user.id}'`).flat();
  await until(() => left().length === 2, { timeout: 30_000, every: 500, what: 'the removal of the old session' });
  assert.deepEqual(left().sort(), [sessionOf(user.token), sessionOf(recent.token)].sort());
});

async function withRole(role) {
  const user = await registerUser();
  await (await admin()).put(`/auth/users/${user.id}/roles`, { roles: ['user', role] }, { expect: 200 });
  return { ...user, ...(await login(user.email, user.password)) };
}

test('the token of an admin or of staff is worth nothing once its session has ended, long before it ends itself', async () => {
  const [show, boss] = [await createShow(), await withRole('admin')];
  const gate = await withRole('staff');
  await boss.api.get('/orders', { query: { show: show.id }, expect: 200 });
  await gate.api.get(`/shows/${show.id}/checkins`, { expect: 200 });
  for (const someone of [boss, gate]) await api.post('/auth/logout', { refreshToken: someone.refreshToken }, { expect: 204 });
  for (const answer of [
    await boss.api.post('/events', { title: 'Nobody may' }), await boss.api.get('/orders', { query: { show: show.id } }),
    await boss.api.get('/events'), await gate.api.get(`/shows/${show.id}/checkins`),
  ]) {
    assert.equal(answer.status, 401, JSON.stringify(answer.body));
    assert.equal(answer.code, 'UNAUTHORIZED');
  }
});

test('who is no longer admin or staff may do nothing with what is left of the token', async () => {
  const [show, boss, gate] = [await createShow(), await withRole('admin'), await withRole('staff')];
  const draft = await createEvent({ published: false });
  await boss.api.get(`/events/${draft.id}`, { expect: 200 });
  for (const someone of [boss, gate]) await (await admin()).put(`/auth/users/${someone.id}/roles`, { roles: ['user'] }, { expect: 200 });
  await boss.api.post('/events', { title: 'Nobody may' }, { expect: 403 });
  await boss.api.get(`/events/${draft.id}`, { expect: 404 });
  await gate.api.get(`/shows/${show.id}/checkins`, { expect: 403 });
});

test('a password reset elsewhere ends an admin\'s calls at once; a password change keeps only its own session', async () => {
  const boss = await withRole('admin');
  const elsewhere = await login(boss.email, boss.password);
  await elsewhere.api.put('/auth/password', { currentPassword: boss.password, newPassword: 'another-pass123' }, { expect: 204 });
  await boss.api.post('/events', { title: 'Nobody may' }, { expect: 401 });
  await elsewhere.api.post('/events', { title: 'Still may', published: false }, { expect: 201 });
});

test('a session ends 90 days after the login, however often it is refreshed', async () => {
  const user = await registerUser();
  const id = sessionOf(user.token);
  sql(`UPDATE auth.sessions SET created_at = now() - interval '89 days 23 hours' WHERE id = '${id}'`);
  const second = (await refresh(user.refreshToken, { expect: 200 })).body;
  assert.equal(sql(`SELECT expires_at = created_at + interval '90 days' FROM auth.sessions WHERE id = '${id}'`)[0][0], 't');
  sql(
    `UPDATE auth.sessions SET created_at = created_at - interval '2 hours', expires_at = expires_at - interval '2 hours'
        WHERE id = '${id}'`,
  );
  assert.equal((await refresh(second.refreshToken, { expect: 401 })).code, 'REFRESH_TOKEN_INVALID');
});

const PAGE = { 'X-Session': 'cookie' };
const cookieOf = (answer) => [answer.headers['set-cookie']].flat()[0];
const shown = (answer) => cookieOf(answer).split(';')[0];

// A login as the pages do it: {answer, cookie}.
async function pageLogin() {
  const user = await registerUser();
  const answer = await api.post('/auth/login', { email: user.email, password: user.password }, { headers: PAGE, expect: 200 });
  return { user, answer, cookie: shown(answer) };
}

const refreshByCookie = (cookie, options) => api.post('/auth/refresh', {}, { headers: { ...PAGE, Cookie: cookie }, ...options });

test('a page keeps its refresh token in a cookie that no script reads', async () => {
  const { answer, cookie } = await pageLogin();
  assert.match(cookieOf(answer), /^ticketing_refresh=[A-Za-z0-9_-]{20,}; Path=\/api\/auth; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  assert.equal('refreshToken' in answer.body, false, 'not in the body, where a script would find it');
  const second = await refreshByCookie(`other=1; ${cookie}`, { expect: 200 });
  assert.notEqual(shown(second), cookie);
  assert.equal(sessionOf(second.body.token), sessionOf(answer.body.token));
  const plain = await login((await registerUser()).email, 'pass123');
  assert.ok(plain.refreshToken, 'who does not ask for a cookie gets the token as before');
});

test('a cookie counts only with the header that another origin cannot send', async () => {
  const { cookie } = await pageLogin();
  for (const call of ['/auth/refresh', '/auth/logout']) {
    const answer = await api.post(call, {}, { headers: { Cookie: cookie }, expect: 422 });
    assert.equal(answer.body.errors[0].path, 'refreshToken');
  }
  await refreshByCookie(cookie, { expect: 200 });
  const none = await api.post('/auth/refresh', {}, { headers: PAGE, expect: 401 });
  assert.match(cookieOf(none), /^ticketing_refresh=; .*Max-Age=0/);
  await api.post('/auth/logout', {}, { headers: PAGE, expect: 204 });
});

test('a page left while it renews its session is no thief; the same cookie later is', async () => {
  const { cookie } = await pageLogin();
  const answers = await Promise.all(Array.from({ length: 4 }, () => refreshByCookie(cookie)));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  const id = sessionOf(answers[0].body.token);
  sql(`UPDATE auth.refresh_tokens SET spent_at = spent_at - interval '11 s' WHERE session_id = '${id}' AND spent_at IS NOT NULL`);
  await refreshByCookie(cookie, { expect: 401 });
  await refreshByCookie(shown(answers[1]), { expect: 401 });
});

test('of the tokens that a leeway has made, the first one that is used ends the others', async () => {
  const { cookie } = await pageLogin();
  const [one, two, three] = (await Promise.all(Array.from({ length: 3 }, () => refreshByCookie(cookie, { expect: 200 })))).map(shown);
  const next = shown(await refreshByCookie(two, { expect: 200 }));
  await refreshByCookie(next, { expect: 200 });
  await refreshByCookie(one, { expect: 401 }); // a second holder: nobody knows which of the two is the thief
  for (const each of [three, next]) await refreshByCookie(each, { expect: 401 });
});

test('a token of a body has no leeway, though it is shown as a cookie', async () => {
  const { refreshToken } = await login((await registerUser()).email, 'pass123');
  const next = shown(await refreshByCookie(`ticketing_refresh=${refreshToken}`, { expect: 200 }));
  await refreshByCookie(`ticketing_refresh=${refreshToken}`, { expect: 401 });
  await refreshByCookie(next, { expect: 401 });
});

test('a page logs out by its cookie', async () => {
  const { cookie } = await pageLogin();
  const out = await api.post('/auth/logout', {}, { headers: { ...PAGE, Cookie: cookie }, expect: 204 });
  assert.match(cookieOf(out), /^ticketing_refresh=; .*Max-Age=0/);
  await refreshByCookie(cookie, { expect: 401 });
});
