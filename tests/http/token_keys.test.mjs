// With JWT_PRIVATE_KEY and JWT_PUBLIC_KEY only the auth responder can make tokens, and all can check them. On a stack of its own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownStack } from '../support/own_stack.mjs';
import { RESPONDERS, responders } from '../support/processes.mjs';
import { newFolder, setting } from '../support/stack.mjs';
import { decode, hmacToken, wrongAuthorizations } from '../support/tokens.mjs';
import { admin, buy, createShow, registerUser } from '../support/world.mjs';

const folder = newFolder('keys');
const pair = (namedCurve = 'P-256') => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    privateKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
  };
};
const keys = pair();
function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  return path;
}

// For the auth responder alone: the template's first `up` has made its account.
function privateFile(name, text) {
  const path = file(name, text);
  chmodSync(path, 0o600);
  if (process.getuid() === 0) assert.equal(spawnSync('chown', ['ticketing-auth', path]).status, 0);
  return path;
}

let stack;
before(async () => {
  mkdirSync(folder, { recursive: true });
  stack = await ownStack({
    PASSWORD_COST: '1',
    JWT_PRIVATE_KEY: privateFile('private.pem', keys.privatePem),
    JWT_PUBLIC_KEY: file('public.pem', keys.publicPem),
  });
});
after(() => {
  try {
    stack?.down();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function esToken(claims, { privateKey }, alg = 'ES256', digest = 'sha256') {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign(digest, Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
// One call of each responder that takes a token.
const calls = ['/auth/me', '/events', '/holds?showId=00000000-0000-4000-8000-000000000000', '/orders'];

test('tokens are ES256, checked by the public key, and work everywhere', async () => {
  const user = await registerUser({ api: stack.api });
  const [head, body, signature] = user.token.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url')), { alg: 'ES256', typ: 'JWT' });
  const key = { key: keys.publicKey, dsaEncoding: 'ieee-p1363' };
  assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')));
  for (const path of calls) await user.api.get(path, { expect: 200 });
  const order = await buy(user, await createShow({}, stack.api), ['A1', 'A2']);
  assert.equal(order.tickets.length, 2);
  const renewed = (await stack.api.post('/auth/refresh', { refreshToken: user.refreshToken }, { expect: 200 })).body;
  await stack.api.get('/orders', { token: renewed.token, expect: 200 });
});

test('a token that the same key has signed elsewhere is good, so that the others are wrong for their own reason', async () => {
  const user = await registerUser({ api: stack.api });
  for (const path of calls) await stack.api.get(path, { token: esToken(decode(user.token), keys), expect: 200 });
});

test('no other token is taken: not HS256 with the public key as secret, nor by JWT_SECRET, nor by another key or algorithm', async () => {
  const { token } = (await admin(stack.api)).options;
  const claims = decode(token);
  const bare64 = keys.publicPem.replace(/-----[^-]+-----|\n/g, '');
  const secrets = [keys.publicPem, keys.publicPem.trim(), bare64, keys.privatePem, setting('JWT_SECRET', stack.state)];
  const wrong = [
    ...secrets.map((secret, i) => [`HS256, secret ${i}`, `Bearer ${hmacToken(secret, claims)}`]),
    ['DER as secret', `Bearer ${hmacToken(keys.publicKey.export({ type: 'spki', format: 'der' }), claims)}`],
    ['ES256, another key', `Bearer ${esToken(claims, pair())}`],
    ['ES384', `Bearer ${esToken(claims, pair('P-384'), 'ES384', 'sha384')}`],
    ['ES256, curve P-384', `Bearer ${esToken(claims, pair('P-384'))}`],
    ['our key, called HS256', `Bearer ${esToken(claims, keys, 'HS256')}`],
    ['our key, called none', `Bearer ${esToken(claims, keys, 'none')}`],
    ...wrongAuthorizations(keys.publicPem, token),
  ];
  for (const [what, value] of wrong) {
    for (const path of calls) {
      const answer = await stack.api.get(path, { headers: { Authorization: value } });
      assert.equal(answer.status, 401, `${what}: ${path}: ${answer.text.slice(0, 200)}`);
    }
  }
});

test('nobody but the auth responder is told of the private key, and nobody of the secret', () => {
  for (const name of RESPONDERS) {
    const [pid] = responders(name, stack.state);
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').map((line) => line.split('=')[0]);
    assert.ok(names.includes('JWT_PUBLIC_KEY'), name);
    assert.equal(names.includes('JWT_PRIVATE_KEY'), name === 'auth', name);
    assert.ok(!names.includes('JWT_SECRET'), name);
  }
});

const refusals = {
  'a private key without its public key': [{ JWT_PRIVATE_KEY: 'private.pem' }, /JWT_PUBLIC_KEY: is needed by JWT_PRIVATE_KEY/],
  'a public key without its private key': [{ JWT_PUBLIC_KEY: 'public.pem' }, /JWT_PRIVATE_KEY: is needed by JWT_PUBLIC_KEY/],
  'keys that are no pair': [
    { JWT_PRIVATE_KEY: 'other.pem', JWT_PUBLIC_KEY: 'public.pem' },
    /JWT_PRIVATE_KEY: .*other\.pem: it does not belong/,
  ],
  'a private key where a public one belongs': [
    { JWT_PRIVATE_KEY: 'private.pem', JWT_PUBLIC_KEY: 'private.pem' },
    /JWT_PUBLIC_KEY: .*it holds no public key/,
  ],
  'another curve': [
    { JWT_PRIVATE_KEY: 'p384.pem', JWT_PUBLIC_KEY: 'public.pem' },
    /JWT_PRIVATE_KEY: .*it holds no private key of the curve P-256/,
  ],
  'a file that is not there': [
    { JWT_PRIVATE_KEY: 'nowhere.pem', JWT_PUBLIC_KEY: 'public.pem' },
    /JWT_PRIVATE_KEY: .*nowhere\.pem: No such file/,
  ],
};

const bare = {
  PATH: process.env.PATH,
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
  RUN_DIRECTORY: '/tmp',
  PUBLIC_URL: 'http://localhost:4000',
  PAYMENT_WEBHOOK_SECRET: 'x'.repeat(32),
  TICKET_KEYS_FILE: '/nowhere',
};

for (const [what, [files, said]] of Object.entries(refusals)) {
  test(`${what}: the responder says so and does not start`, () => {
    file('other.pem', pair().privatePem);
    file('p384.pem', pair('P-384').privatePem);
    const settings = Object.fromEntries(Object.entries(files).map(([name, path]) => [name, join(folder, path)]));
    const names = what.includes('where a public one') ? RESPONDERS : ['auth'];
    for (const one of names) {
      const run = spawnSync(join(stack.state, 'app/bin', `ticketing-${one}`), [], {
        env: { ...bare, ...settings },
        encoding: 'utf8',
        timeout: 10_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      assert.equal(run.status, 1, run.stdout + run.stderr);
      assert.match(run.stdout + run.stderr, said);
      assert.doesNotMatch(run.stdout + run.stderr, /Sanitizer|PRIVATE KEY/);
    }
  });
}
