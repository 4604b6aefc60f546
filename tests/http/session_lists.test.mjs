// Sessions as their owner and an admin see them: listed, and ended one by one or all at once.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { admin, login, registerUser } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';

const api = client();
const sessionOf = ({ token }) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).sid;
const list = async (someone, query) => (await someone.api.get('/auth/sessions', { query, expect: 200 })).body;
const me = async (someone) => (await someone.api.get('/auth/me')).status;
const nowhere = '00000000-0000-4000-8000-000000000000';

async function threeLogins() {
  const user = await registerUser();
  const [second, third] = [await login(user.email, user.password), await login(user.email, user.password)];
  return { user, second, third };
}

async function newAdmin() {
  const user = await registerUser();
  await (await admin()).put(`/auth/users/${user.id}/roles`, { roles: ['user', 'admin'] }, { expect: 200 });
  return { ...user, ...(await login(user.email, user.password)) };
}

test('a list has the sessions that live, the latest login first, and says which one asks', async () => {
  const { user, second, third } = await threeLogins();
  sql(`UPDATE auth.sessions SET created_at = created_at - interval '3 hours' WHERE id = '${sessionOf(second)}';
    UPDATE auth.refresh_tokens SET created_at = created_at - interval '3 hours' WHERE session_id = '${sessionOf(second)}';`);
  const { sessions, nextCursor } = await list(user);
  assert.deepEqual(sessions.map(({ id }) => id), [third, user, second].map(sessionOf));
  assert.deepEqual(sessions.map(({ current }) => current), [false, true, false]);
  assert.equal(nextCursor, null);
  const old = sessions[2];
  assert.equal(old.lastUsedAt, old.createdAt);
  assert.ok(Date.parse(old.expiresAt) > Date.now());
  await api.post('/auth/refresh', { refreshToken: second.refreshToken }, { expect: 200 });
  const used = (await list(user)).sessions[2];
  assert.equal(used.createdAt, old.createdAt);
  assert.ok(Date.parse(used.lastUsedAt) - Date.parse(used.createdAt) >= 3 * 3600_000 - 1000, JSON.stringify(used));
  await api.post('/auth/logout', { refreshToken: third.refreshToken }, { expect: 204 });
  sql(
    `UPDATE auth.sessions SET created_at = now() - interval '2 days', expires_at = now() - interval '1 hour'
        WHERE id = '${sessionOf(second)}'`,
  );
  assert.deepEqual((await list(user)).sessions.map(({ id }) => id), [sessionOf(user)]);
});

test('a long list comes in pages', async () => {
  const user = await registerUser();
  const logins = await Promise.all(Array.from({ length: 4 }, () => login(user.email, user.password)));
  const seen = [];
  for (let cursor, pages = 0; pages < 9; pages += 1) {
    const page = await list(user, { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.sessions.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  assert.deepEqual([...seen].sort(), [user, ...logins].map(sessionOf).sort());
  assert.equal((await user.api.get('/auth/sessions', { query: { cursor: 'x' } })).status, 422);
});

test('a session is ended by its owner, once; what is somebody else\'s is not there', async () => {
  const { user, second, third } = await threeLogins();
  const stranger = await registerUser();
  const path = `/auth/sessions/${sessionOf(second)}`;
  assert.equal((await stranger.api.delete(path)).code, 'SESSION_NOT_FOUND');
  assert.equal(await me(second), 200);
  await user.api.delete(path, { expect: 204 });
  assert.equal(await me(second), 401);
  await api.post('/auth/refresh', { refreshToken: second.refreshToken }, { expect: 401 });
  assert.equal((await user.api.delete(path, { expect: 404 })).code, 'SESSION_NOT_FOUND');
  await user.api.delete(`/auth/sessions/${nowhere}`, { expect: 404 });
  await user.api.delete('/auth/sessions/1', { expect: 404 });
  assert.equal(await me(third), 200);
  await user.api.delete(`/auth/sessions/${sessionOf(user)}`, { expect: 204 });
  for (const [method, where] of [['get', '/auth/sessions'], ['delete', '/auth/sessions'], ['delete', path]]) {
    assert.equal((await user.api[method](where)).status, 401, `${method} ${where} of an ended session`);
  }
});

test('all other sessions are ended at once, and only one\'s own', async () => {
  const { user, second, third } = await threeLogins();
  const stranger = await registerUser();
  await user.api.delete('/auth/sessions', { expect: 204 });
  assert.deepEqual([await me(user), await me(second), await me(third), await me(stranger)], [200, 401, 401, 200]);
  assert.deepEqual((await list(user)).sessions.map(({ id }) => id), [sessionOf(user)]);
  assert.equal(sql(`SELECT count(*) FROM audit_log WHERE action = 'user.sessions' AND subject = '${user.id}'`)[0][0], '0');
});

test('an admin sees and ends the sessions of a user, and that is written down', async () => {
  const { user, second, third } = await threeLogins();
  const boss = await newAdmin();
  const path = `/auth/users/${user.id}/sessions`;
  const { sessions } = (await boss.api.get(path, { expect: 200 })).body;
  assert.deepEqual(sessions.map(({ id }) => id).sort(), [user, second, third].map(sessionOf).sort());
  assert.ok(sessions.every(({ current }) => current === false));
  await boss.api.delete(`${path}/${sessionOf(second)}`, { expect: 204 });
  assert.deepEqual([await me(user), await me(second)], [200, 401]);
  await boss.api.delete(`${path}/${sessionOf(second)}`, { expect: 404 });
  await boss.api.delete(`${path}/${sessionOf(boss)}`, { expect: 404 });
  await boss.api.delete(path, { expect: 204 });
  await boss.api.delete(path, { expect: 204 });
  assert.deepEqual([await me(user), await me(third), await me(boss)], [401, 401, 200]);
  assert.deepEqual(
    sql(
      `SELECT actor, detail ->> 'ended', detail -> 'sessions' ->> 0 FROM audit_log
          WHERE action = 'user.sessions' AND subject = '${user.id}' ORDER BY id`,
    ).map(([actor, ended, session]) => [actor, ended, ended === '1' ? session : '']),
    [
      [boss.id, '1', sessionOf(second)],
      [boss.id, '2', ''],
    ],
  );
});

test('nobody else may look at a user\'s sessions; an admin whose session has ended may not either', async () => {
  const [user, boss] = [await registerUser(), await newAdmin()];
  for (const [method, path] of [['get', 'sessions'], ['delete', 'sessions'], ['delete', `sessions/${sessionOf(boss)}`]]) {
    await user.api[method](`/auth/users/${boss.id}/${path}`, { expect: 403 });
    await boss.api[method](`/auth/users/${nowhere}/${path}`, { expect: 404 });
    await api[method](`/auth/users/${boss.id}/${path}`, { expect: 401 });
  }
  await api.post('/auth/logout', { refreshToken: boss.refreshToken }, { expect: 204 });
  await boss.api.get(`/auth/users/${user.id}/sessions`, { expect: 401 });
  await boss.api.delete(`/auth/users/${user.id}/sessions`, { expect: 401 });
  assert.equal(await me(user), 200);
});
