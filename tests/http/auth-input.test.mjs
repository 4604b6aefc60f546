// Every field of every call with every kind of wrong value: always a 4xx that names the fault, never a change.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { admin, login, registerUser, unique } from '../support/world.mjs';
import { sql } from '../support/stack.mjs';

const api = client();
const json = { 'Content-Type': 'application/json' };
const wrongTypes = [null, 1, 1.5, true, [], {}, ['text']];
const text = (max) => [...wrongTypes, '', 'x'.repeat(max + 1), 'a\u0000b', 'a\u0001b', 'a\u007fb'];
const password = (min) => [...text(128), ...(min > 1 ? ['x'.repeat(min - 1)] : [])];
const addresses = [
  'plain',
  '@',
  'a@',
  '@b',
  'a b@example.com',
  'a@b@c',
  'a@exam ple.com',
  `${'a'.repeat(250)}@b.com`,
  'a@b..com',
  'a@.com',
];

// Each call: a right body, and wrong values for each of its fields.
const calls = [
  {
    method: 'POST', path: '/auth/register',
    right: () => ({ email: `${unique('input')}@example.com`, password: 'pass123', fullName: 'Input' }),
    wrong: { email: [...text(254), ...addresses], password: password(6), fullName: [...text(100), '   ', '🎫'.repeat(101)] },
  },
  {
    method: 'POST', path: '/auth/login',
    right: (user) => ({ email: user.email, password: user.password }),
    wrong: { email: text(254), password: password(1) },
  },
  { method: 'POST', path: '/auth/refresh', right: (user) => ({ refreshToken: user.refreshToken }), wrong: { refreshToken: text(512) } },
  { method: 'POST', path: '/auth/logout', right: (user) => ({ refreshToken: user.refreshToken }), wrong: { refreshToken: text(512) } },
  { method: 'PUT', path: '/auth/me', right: () => ({ fullName: 'New Name' }), wrong: { fullName: [...text(100), '\t \n'] } },
  {
    method: 'PUT', path: '/auth/password',
    right: (user) => ({ currentPassword: user.password, newPassword: 'another-one' }),
    wrong: { currentPassword: password(1), newPassword: password(6) },
  },
];

const hasNul = (value) => typeof value === 'string' && value.includes('\u0000');

for (const { method, path, right, wrong } of calls) {
  test(`${method} ${path}: wrong values`, async () => {
    const user = await registerUser();
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const { status, body, code } = await user.api.send(method, path, { body: { ...right(user), [name]: value } });
        const what = `${name}: ${JSON.stringify(value)}`.slice(0, 120);
        assert.equal(status, 422, what);
        assert.equal(code, 'VALIDATION_FAILED', what);
        assert.deepEqual(body.errors.map((error) => error.path), [hasNul(value) ? '$' : name], what);
      }
    }
    await login(user.email, user.password); // nothing has changed
    await user.api.get('/auth/me', { expect: 200 });
  });

  test(`${method} ${path}: missing and unknown fields, all told at once`, async () => {
    const user = await registerUser();
    const names = Object.keys(wrong);
    const empty = await user.api.send(method, path, { body: {}, expect: 422 });
    assert.deepEqual(empty.body.errors.map((error) => error.path).sort(), [...names].sort());
    const unknown = await user.api.send(method, path, { body: { ...right(user), unknown: 1, __proto__x: {} }, expect: 422 });
    assert.deepEqual(unknown.body.errors.map((error) => error.path).sort(), ['__proto__x', 'unknown']);
    const all = await user.api.send(method, path, {
      body: { ...Object.fromEntries(names.map((name) => [name, 7])), more: 1 },
      expect: 422,
    });
    assert.deepEqual(all.body.errors.map((error) => error.path).sort(), [...names, 'more'].sort());
  });

  test(`${method} ${path}: bodies that are not what they should be`, async () => {
    const user = await registerUser();
    const good = Buffer.from(JSON.stringify(right(user)));
    const send = (raw, headers = json) => user.api.send(method, path, { raw, headers });
    const invalid = [
      '',
      '{',
      '{"a":}',
      'null,',
      '{"a":1}x',
      "{'a':1}",
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      '{"a":'.repeat(10_000),
      Buffer.concat([good.subarray(0, -1), Buffer.from(',"x":"\xff\xfe"}', 'latin1')]),
      Buffer.from([0xef, 0xbb, 0xbf, ...good]),
      Buffer.concat([good, Buffer.from([0])]),
      Buffer.from('{"x":"\xed\xa0\x80"}', 'latin1'),
      Buffer.from('{"x":"\xc0\x80"}', 'latin1'),
    ];
    for (const raw of invalid) {
      const answer = await send(raw);
      assert.equal(`${answer.status} ${answer.code}`, '400 INVALID_JSON', raw.toString('latin1').slice(0, 80));
    }
    for (const raw of ['null', 'true', '1', '"text"', '[]', '[{}]', '{"email":"a@b","email":"a@b"}']) {
      const answer = await send(raw);
      assert.equal(answer.status, 422, raw);
      assert.equal(answer.body.errors[0].path, '$', raw);
    }
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '']) {
      const answer = await send(good, type === undefined ? {} : { 'Content-Type': type });
      assert.equal(`${answer.status} ${answer.code}`, '415 UNSUPPORTED_MEDIA_TYPE', String(type));
    }
    for (const size of [65_537, 1 << 20]) {
      const answer = await send(Buffer.concat([good, Buffer.alloc(size - good.length, ' ')]));
      assert.equal(`${answer.status} ${answer.code}`, '413 BODY_TOO_LARGE', `${size} bytes`);
    }
    await login(user.email, user.password);
  });
}

test('several faults of a registration are all told, and the password is never repeated', async () => {
  const body = { email: 'nope', password: 'pw\u0001!', fullName: '' };
  const answer = await api.post('/auth/register', body, { expect: 422 });
  assert.deepEqual(answer.body.errors.map((error) => error.path).sort(), ['email', 'fullName', 'password']);
  assert.ok(!answer.text.includes('pw\\u0001') && !answer.text.includes(body.password));
  const short = await api.post('/auth/register', { email: 'nope', password: 'short', fullName: 'x' }, { expect: 422 });
  assert.deepEqual(short.body.errors.map((error) => error.path).sort(), ['email', 'password']);
  assert.ok(!short.text.includes('short'));
});

test('a password of 128 characters is taken, whatever their bytes, and one of 129 is not', async () => {
  const wide = { email: `${unique('wide')}@example.com`, password: '🎫'.repeat(128), fullName: 'Wide' };
  await api.post('/auth/register', { ...wide, password: '🎫'.repeat(129) }, { expect: 422 });
  await api.post('/auth/register', wide, { expect: 201 });
  await api.post('/auth/login', { email: wide.email, password: wide.password }, { expect: 200 });
  await api.post('/auth/login', { email: wide.email, password: '🎫'.repeat(127) }, { expect: 401 });
});

test('a name or an address with a character nobody sees is refused, and the character is named', async () => {
  const good = { email: `${unique('seen')}@example.com`, password: 'pass123', fullName: 'Seen' };
  for (const [field, value, character] of [
    ['fullName', 'Two\nlines', 'U+000A'], ['fullName', 'a\u202eb', 'U+202E'], ['fullName', 'a\u200bb', 'U+200B'],
    ['email', `a\u200b${good.email}`, 'U+200B'], ['email', `${good.email}\u202e`, 'U+202E'],
  ]) {
    const answer = await api.post('/auth/register', { ...good, [field]: value }, { expect: 422 });
    assert.deepEqual(answer.body.errors.map((error) => error.path), [field]);
    assert.match(answer.text, new RegExp(character.replace('+', '\\+')));
  }
});

test('a charset in the content type is fine, SQL in a value is a value', async () => {
  const name = "Robert'); DROP TABLE auth.users; --";
  const body = JSON.stringify({ email: `${unique('bobby')}@example.com`, password: "' OR ''='", fullName: name });
  const answer = await api.send('POST', '/auth/register', {
    raw: body,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    expect: 201,
  });
  assert.equal(answer.body.fullName, name);
  assert.equal(sql(`SELECT full_name FROM auth.users WHERE id = '${answer.body.id}'`)[0][0], name);
});

test('malformed ids and tricks with the path', async () => {
  const boss = await admin();
  for (const id of ['1', 'x', '%00', '..%2f..%2fetc%2fpasswd', '00000000-0000-0000-0000-00000000000g', '{}', "'"]) {
    const answer = await boss.put(`/auth/users/${id}/roles`, { roles: ['user'] }, { check: false });
    assert.ok([400, 404].includes(answer.status), `${id}: ${answer.status}`);
  }
});
