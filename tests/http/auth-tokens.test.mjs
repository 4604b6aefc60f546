// Access tokens that are not ours, not valid, or not any more.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { client } from '../support/client.mjs';
import { registerUser } from '../support/world.mjs';
import { setting } from '../support/stack.mjs';

const api = client();
const secret = setting('JWT_SECRET');
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const hmac = (text, key = secret, hash = 'sha256') => createHmac(hash, key).update(text).digest('base64url');
const seconds = () => Math.floor(Date.now() / 1000);

function forge(header, claims, sign = hmac) {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(signed)}`;
}

async function parts() {
  const user = await registerUser();
  const [header, claims] = user.token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { user, header, claims };
}

async function refused(token, what) {
  const answer = await api.get('/auth/me', { token, expect: 401 });
  assert.equal(answer.code, 'UNAUTHORIZED', what);
  assert.match(answer.headers['www-authenticate'], /^Bearer/, what);
}

test('a token signed here with the same claims is taken: what follows is refused for its fault alone', async () => {
  const { header, claims } = await parts();
  await api.get('/auth/me', { token: forge(header, claims), expect: 200 });
});

test('no token, or not a bearer token', async () => {
  const { user } = await parts();
  const missing = await api.get('/auth/me', { expect: 401 });
  assert.match(missing.headers['www-authenticate'], /^Bearer/);
  for (const value of ['', 'Bearer', 'Bearer ', `Basic ${user.token}`, user.token, `Bearer ${user.token} x`, 'Bearer a.b.c', 'Bearer ..']) {
    const answer = await api.get('/auth/me', { headers: { Authorization: value }, expect: 401 });
    assert.equal(answer.code, 'UNAUTHORIZED', value);
  }
});

test('another algorithm than HS256', async () => {
  const { header, claims } = await parts();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = (text) => createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url');
  await refused(forge({ alg: 'none', typ: 'JWT' }, claims, () => ''), 'alg none without a signature');
  await refused(forge({ alg: 'none', typ: 'JWT' }, claims), 'alg none with a signature');
  for (const alg of ['None', 'NONE', 'nOnE']) await refused(forge({ ...header, alg }, claims, () => ''), alg);
  await refused(forge({ alg: 'RS256', typ: 'JWT' }, claims, rsa), 'RS256 with an RSA signature');
  await refused(forge({ alg: 'RS256', typ: 'JWT' }, claims), 'RS256 with our HMAC');
  await refused(forge({ ...header, alg: 'HS512' }, claims, (text) => hmac(text, secret, 'sha512')), 'HS512');
  await refused(forge({ ...header, alg: 'HS384' }, claims, (text) => hmac(text, secret, 'sha384')), 'HS384');
  await refused(forge({ typ: 'JWT' }, claims), 'no algorithm');
  await refused(forge({ ...header, alg: 256 }, claims), 'a number as algorithm');
  await refused(forge({ ...header, crit: ['exp'], exp: 1 }, claims), 'a critical extension');
});

test('a signature that is not ours', async () => {
  const { user, header, claims } = await parts();
  await refused(forge(header, claims, (text) => hmac(text, `${secret}x`)), 'another secret');
  await refused(forge(header, claims, (text) => hmac(text, '')), 'an empty secret');
  await refused(forge(header, claims, () => 'AAAA'), 'a short signature');
  const [head, body, signature] = user.token.split('.');
  await refused(`${head}.${encode({ ...claims, roles: ['user', 'admin'] })}.${signature}`, 'raised roles');
  await refused(`${head}.${body}.`, 'no signature');
  await refused(`${head}.${body}`, 'two parts');
  await refused(`${user.token}.${signature}`, 'four parts');
  await refused(`${head}.${body}.${[...signature].reverse().join('')}`, 'a reversed signature');
});

test('claims that are missing, wrong or out of date', async () => {
  const { header, claims } = await parts();
  const now = seconds();
  const changes = {
    'expired a second ago': { exp: now - 1 },
    'expired long ago': { exp: 1 },
    'not yet valid': { nbf: now + 600 },
    'exp as text': { exp: String(now + 600) },
    'negative exp': { exp: -1 },
    'another issuer': { iss: 'somebody' },
    'another audience': { aud: 'something' },
    'sub is no UUID': { sub: 'admin' },
    'sub is a number': { sub: 1 },
    'sid is no UUID': { sid: '../../etc/passwd' },
    'roles is text': { roles: 'admin' },
    'roles holds a number': { roles: [1] },
    'email is an object': { email: {} },
    ...Object.fromEntries(
      ['exp', 'nbf', 'iss', 'aud', 'sub', 'sid', 'roles', 'email', 'name'].map((name) => [`no ${name}`, { [name]: undefined }]),
    ),
  };
  for (const [what, change] of Object.entries(changes)) {
    await refused(forge(header, { ...claims, ...change }), what);
  }
});

test('rubbish of every kind and length', async () => {
  const { header, claims } = await parts();
  await refused(forge(header, { ...claims, name: 'x'.repeat(5000) }), 'too long');
  await refused(`${encode('{')}.${encode(claims)}.AAAA`, 'a header that is no JSON');
  await refused(forge('[]', claims), 'a header that is a list');
  await refused(forge(header, '"text"'), 'claims that are text');
  await refused(forge(header, '[]'), 'claims that are a list');
  await refused(forge(header, '['.repeat(1500)), 'claims that are deep');
  await refused('.'.repeat(3000), 'dots');
  await refused(`${'A'.repeat(2000)}.${'A'.repeat(1000)}.${'A'.repeat(500)}`, 'letters');
  await refused('%00.%00.%00', 'percent signs');
});

test('a token for a session that never was, or is somebody else’s', async () => {
  const { header, claims } = await parts();
  const other = await parts();
  await refused(forge(header, { ...claims, sid: '00000000-0000-4000-8000-000000000000' }), 'no such session');
  await refused(forge(header, { ...claims, sid: other.claims.sid }), 'the session of another user');
  await refused(forge(header, { ...claims, sub: other.claims.sub }), 'another user');
});

test('a token’s role is what the database says', async () => {
  const { header, claims } = await parts();
  const token = forge(header, { ...claims, roles: ['user', 'admin'] });
  assert.equal((await api.get('/auth/users', { token, expect: 403 })).code, 'FORBIDDEN');
  const path = `/auth/users/${claims.sub}/roles`;
  assert.equal((await api.put(path, { roles: ['admin'] }, { token, expect: 403 })).code, 'FORBIDDEN');
});
