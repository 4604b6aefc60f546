// What admins do: find users, give and take roles.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { admin, login, registerUser, staff, unique } from '../support/world.mjs';
import { setting, sql } from '../support/stack.mjs';

const api = client();
const rolesOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).roles;
const setRoles = (boss, user, roles, options) => boss.put(`/auth/users/${user.id}/roles`, { roles }, options);

async function newAdmin() {
  const user = await registerUser();
  await setRoles(await admin(), user, ['user', 'admin'], { expect: 200 });
  return { ...user, ...(await login(user.email, user.password)) };
}

async function everybody(boss) {
  const users = [];
  for (let cursor; ; ) {
    const { body } = await boss.get('/auth/users', { query: { limit: 100, ...(cursor && { cursor }) }, expect: 200 });
    users.push(...body.users);
    if (body.nextCursor === null) return users;
    cursor = body.nextCursor;
  }
}

test('buyers, staff and strangers may neither list users nor change roles', async () => {
  const user = await registerUser();
  const path = `/auth/users/${user.id}/roles`;
  for (const someone of [user.api, await staff()]) {
    assert.equal((await someone.get('/auth/users', { expect: 403 })).code, 'FORBIDDEN');
    assert.equal((await someone.put(path, { roles: ['admin'] }, { expect: 403 })).code, 'FORBIDDEN');
  }
  await api.get('/auth/users', { expect: 401 });
  await api.put(path, { roles: ['admin'] }, { expect: 401 });
  assert.deepEqual((await user.api.get('/auth/me', { expect: 200 })).body.roles, ['user']);
});

test('users are found by a part of address or name, in any case; % and _ are letters like others', async () => {
  const boss = await admin();
  const mark = unique('Mark');
  const byName = await registerUser({ fullName: `Ann ${mark} 100%_sure` });
  const byAddress = await registerUser({ email: `x.${mark}@example.com` });
  const find = async (q) => (await boss.get('/auth/users', { query: { q }, expect: 200 })).body.users.map((user) => user.id);
  assert.deepEqual(await find(mark.toUpperCase()), [byAddress.id, byName.id]);
  assert.deepEqual(await find(`ann ${mark.toLowerCase()} 100%_`), [byName.id]);
  assert.deepEqual(await find(`${mark}@EXAMPLE`), [byAddress.id]);
  assert.deepEqual(await find(`${mark}%`), []);
  assert.deepEqual(await find(`${mark.slice(0, -1)}_`), []);
  assert.deepEqual(await find(`'; DROP TABLE auth.users; -- ${mark}`), []);
});

test('pages go from the newest on and are stable while users register', async () => {
  const boss = await admin();
  const mark = unique('page');
  const ids = [];
  for (let i = 0; i < 5; i += 1) ids.unshift((await registerUser({ fullName: `${mark} ${i}` })).id);
  const seen = [];
  let cursor;
  for (const size of [2, 2, 1]) {
    const { body } = await boss.get('/auth/users', { query: { q: mark, limit: 2, ...(cursor && { cursor }) }, expect: 200 });
    assert.equal(body.users.length, size);
    seen.push(...body.users.map((user) => user.id));
    cursor = body.nextCursor;
    if (seen.length < 5) await registerUser({ fullName: `${mark} later` });
  }
  assert.equal(cursor, null);
  assert.deepEqual(seen, ids);
});

test('queries that are wrong', async () => {
  const boss = await admin();
  const cases = [
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ cursor: 'nonsense' }, 'cursor'],
    [{ cursor: Buffer.from('infinity|x').toString('base64url') }, 'cursor'],
    [{ cursor: Buffer.from(`2026-13-45 00:00:00+00|${randomUUID()}`).toString('base64url') }, 'cursor'],
    [{ cursor: 'A'.repeat(201) }, 'cursor'],
    [{ q: 'q'.repeat(201) }, 'q'],
    [{ q: 'a\u0007b' }, 'q'],
  ];
  for (const [query, path] of cases) {
    const { code, body } = await boss.get('/auth/users', { query, expect: 422 });
    assert.equal(code, 'VALIDATION_FAILED');
    assert.deepEqual(body.errors.map((error) => error.path), [path], JSON.stringify(query));
  }
  const both = await boss.get('/auth/users', { query: { limit: 'x', q: 'q'.repeat(201) }, expect: 422 });
  assert.deepEqual(both.body.errors.map((error) => error.path).sort(), ['limit', 'q']);
  assert.equal((await boss.get('/auth/users?q=%zz')).status, 400);
});

test('roles are replaced, and the next token carries them', async () => {
  const boss = await admin();
  const user = await registerUser();
  const { body } = await setRoles(boss, user, ['staff', 'user'], { expect: 200 });
  const { id: own, email, fullName } = user;
  assert.deepEqual(body, { id: own, email, fullName, roles: ['user', 'staff'], guest: false, emailVerified: false });
  assert.deepEqual((await user.api.get('/auth/me', { expect: 200 })).body.roles, ['user', 'staff']);
  const { body: session } = await api.post('/auth/refresh', { refreshToken: user.refreshToken }, { expect: 200 });
  assert.deepEqual(rolesOf(session.token), ['user', 'staff']);
  assert.deepEqual((await setRoles(boss, user, ['staff'], { expect: 200 })).body.roles, ['staff']);
  const { id } = (await boss.get('/auth/me', { expect: 200 })).body;
  const records = sql(`SELECT actor, detail ->> 'roles' FROM audit_log WHERE action = 'user.roles' AND subject = '${user.id}' ORDER BY id`);
  assert.deepEqual(records, [[id, '["staff", "user"]'], [id, '["staff"]']]);
  assert.deepEqual((await setRoles(boss, user, ['user'], { expect: 200 })).body.roles, ['user']);
});

test('roles of nobody, and roles that do not exist', async () => {
  const boss = await admin();
  const user = await registerUser();
  assert.equal((await setRoles(boss, { id: randomUUID() }, ['user'], { expect: 404 })).code, 'USER_NOT_FOUND');
  assert.equal((await setRoles(boss, { id: 'me' }, ['user'])).status, 404);
  const path = `/auth/users/${user.id}/roles`;
  for (const body of [
    {},
    { roles: 'admin' },
    { roles: [] },
    { roles: null },
    { roles: {} },
    { roles: ['user', 'staff', 'admin', 'root'] },
  ]) {
    const answer = await boss.put(path, body, { expect: 422 });
    assert.ok(
      answer.body.errors.every((error) => error.path.startsWith('roles')),
      answer.text,
    );
  }
  const mixed = await boss.put(path, { roles: ['user', 'root', 3], extra: 1 }, { expect: 422 });
  assert.deepEqual(mixed.body.errors.map((error) => error.path).sort(), ['extra', 'roles[1]', 'roles[2]']);
  await boss.put(path, { roles: ['user', 'user'] }, { expect: 422 });
  assert.deepEqual((await user.api.get('/auth/me', { expect: 200 })).body.roles, ['user']);
});

test('a demoted admin can do nothing with what is left of the token', async () => {
  const boss = await admin();
  const former = await newAdmin();
  await former.api.get('/auth/users', { expect: 200 });
  await setRoles(boss, former, ['user'], { expect: 200 });
  assert.equal((await former.api.get('/auth/users', { expect: 403 })).code, 'FORBIDDEN');
  assert.equal((await setRoles(former.api, former, ['admin'], { expect: 403 })).code, 'FORBIDDEN');
});

test('an admin who logged out cannot use what is left of the token', async () => {
  const former = await newAdmin();
  await api.post('/auth/logout', { refreshToken: former.refreshToken }, { expect: 204 });
  await former.api.get('/auth/users', { expect: 401 });
  await setRoles(former.api, former, ['user', 'admin', 'staff'], { expect: 401 });
  await setRoles(await admin(), former, ['user'], { expect: 200 });
});

test('somebody always stays admin, also when two admins resign or demote each other at the same moment', async () => {
  const boss = await admin();
  const bossUser = (await boss.get('/auth/me', { expect: 200 })).body;
  for (const user of await everybody(boss)) {
    if (user.roles.includes('admin') && user.id !== bossUser.id) await setRoles(boss, user, ['user'], { expect: 200 });
  }
  const alone = await setRoles(boss, bossUser, ['user'], { expect: 409 });
  assert.equal(alone.code, 'LAST_ADMIN');
  assert.deepEqual((await boss.get('/auth/me', { expect: 200 })).body.roles, bossUser.roles);
  await setRoles(boss, bossUser, bossUser.roles, { expect: 200 }); // keeping the role is no demotion

  const second = await newAdmin();
  const restore = async () => {
    const stays = (await boss.get('/auth/me', { expect: 200 })).body.roles.includes('admin') ? boss : second.api;
    await setRoles(stays, bossUser, bossUser.roles, { expect: 200 });
    await setRoles(boss, second, ['user', 'admin'], { expect: 200 });
  };
  for (let round = 0; round < 5; round += 1) {
    const resign = await Promise.all([setRoles(boss, bossUser, ['user']), setRoles(second.api, second, ['user'])]);
    assert.deepEqual(resign.map((answer) => answer.status).sort(), [200, 409]);
    await restore();
    const duel = await Promise.all([setRoles(boss, second, ['user']), setRoles(second.api, bossUser, ['user'])]);
    assert.deepEqual(duel.map((answer) => answer.status).sort(), [200, 403]);
    await restore();
  }
  await setRoles(boss, second, ['user'], { expect: 200 });
});

test('the demo admin is the one of ADMIN_EMAIL', async () => {
  const { body } = await (await admin()).get('/auth/me', { expect: 200 });
  assert.equal(body.email.toLowerCase(), setting('ADMIN_EMAIL').toLowerCase());
  assert.ok(body.roles.includes('admin'));
});

test('users are found by words without their accents, in any order', async () => {
  const boss = await admin();
  const mark = unique('w').replaceAll('-', '');
  const user = await registerUser({ fullName: `Nguyễn Thị Kiều ${mark}` });
  for (const q of [`kieu ${mark}`, `${mark} nguyen`, `THỊ ${mark}`.normalize('NFD'), `${user.email.split('@')[0]} kieu`]) {
    const { users } = (await boss.get('/auth/users', { query: { q }, expect: 200 })).body;
    assert.deepEqual(users.map(({ id }) => id), [user.id], q);
  }
  assert.deepEqual((await boss.get('/auth/users', { query: { q: `soren ${mark}` }, expect: 200 })).body.users, []);
});
