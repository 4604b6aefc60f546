// Start-up with missing and wrong settings: each is named, all at once, no secret is printed, and the exit code is not 0.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareStack } from '../support/own_stack.mjs';
import { RESPONDERS } from '../support/processes.mjs';
import { newFolder, root, setting, state, ticketctl } from '../support/stack.mjs';

const RIGHT = {
  PATH: process.env.PATH,
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
  JWT_SECRET: 'a-secret-of-more-than-32-bytes-for-this-test',
  PAYMENT_WEBHOOK_SECRET: 'another-secret-of-more-than-32-bytes-here',
  PUBLIC_URL: 'http://localhost:4000',
  TICKET_KEYS_FILE: join(state, 'keys/tickets.json'),
  RUN_DIRECTORY: '/tmp',
};
const TOKENS = RESPONDERS;

function start(name, env) {
  const clean = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  const run = spawnSync(join(state, 'app/bin', `ticketing-${name}`), [], {
    env: clean,
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: run.status, signal: run.signal, output: run.stdout + run.stderr };
}

function refuses(name, changes, wanted) {
  const { status, signal, output } = start(name, { ...RIGHT, ...changes });
  assert.ok(status !== 0 && status !== null && signal === null, `${name} exits with ${status} ${signal}: ${output}`);
  assert.doesNotMatch(output, /Sanitizer|runtime error/);
  for (const text of wanted) assert.ok(output.includes(text), `${name} does not name ${text}:\n${output}`);
  return output;
}

// The settings of env.example whose default is a number.
const example = readFileSync(join(root, 'nginx/env.example'), 'utf8');
const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => ({ name, value }));
const inCode = readFileSync(join(root, 'common/config.c'), 'utf8');
const numbers = listed.filter(({ name, value }) => /^\d+$/.test(value) && inCode.includes(`"${name}"`)).map(({ name }) => name);

const refused = new Set();

for (const name of RESPONDERS) {
  test(`${name}: nothing set at all`, () => {
    const wanted = [
      'DATABASE_URL',
      ...(TOKENS.includes(name) ? ['JWT_SECRET'] : []),
      ...(['auth', 'checkout'].includes(name) ? ['PUBLIC_URL'] : []),
      ...(name === 'checkout' ? ['PAYMENT_WEBHOOK_SECRET', 'TICKET_KEYS_FILE'] : []),
    ];
    const { status, output } = start(name, { PATH: process.env.PATH });
    assert.ok(status > 0, output);
    for (const one of wanted) assert.ok(output.includes(one), `${one} is not named:\n${output}`);
  });

  test(`${name}: every setting that is a number is wrong, all are named at once`, () => {
    const wrong = Object.fromEntries(numbers.map((one) => [one, 'many']));
    const output = refuses(name, { ...wrong, JWT_SECRET: 'short', DATABASE_URL: undefined, LOG_LEVEL: 'loud' }, [
      'JWT_SECRET',
      'DATABASE_URL',
      'LOG_LEVEL',
      'DATABASE_POOL',
      'THREADS',
    ]);
    const mine = numbers.filter((one) => new RegExp(`\\b${one}\\b`).test(output));
    mine.forEach((one) => refused.add(one));
    assert.ok(mine.length >= 4, `${mine}`);
  });

  test(`${name}: each wrong setting alone`, () => {
    refuses(name, { JWT_SECRET: undefined }, ['JWT_SECRET']);
    refuses(name, { DATABASE_URL: undefined }, ['DATABASE_URL']);
    refuses(name, { DATABASE_URL: '' }, ['DATABASE_URL']);
    const output = refuses(name, { JWT_SECRET: 'x'.repeat(10) + 'sesame' }, ['JWT_SECRET', '32']);
    assert.ok(!output.includes('sesame'), 'a secret was printed');
    for (const value of ['0', '1.5', '99999999999999999999', '5 ']) refuses(name, { THREADS: value }, ['THREADS']);
    refuses(name, { DATABASE_POOLED: 'perhaps' }, ['DATABASE_POOLED']);
  });
}

test('each number was refused by some responder', () => {
  assert.ok(numbers.length >= 10, `${numbers}`);
  assert.deepEqual(numbers.filter((one) => !refused.has(one)), []);
});

test('checkout knows its providers, and what each needs', () => {
  refuses('checkout', { PAYMENT_PROVIDER: 'paypal' }, ['PAYMENT_PROVIDER']);
  refuses('checkout', { PAYMENT_PROVIDER: 'stripe' }, ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']);
  refuses('checkout', { PAYMENT_WEBHOOK_SECRET: undefined }, ['PAYMENT_WEBHOOK_SECRET']);
  refuses('checkout', { PAYMENT_WEBHOOK_SECRET: 'short' }, ['PAYMENT_WEBHOOK_SECRET']);
  refuses('checkout', { PUBLIC_URL: 'localhost' }, ['PUBLIC_URL']);
});

test('ticketctl up stops at a wrong setting and names it', () => {
  const folder = newFolder('startup');
  prepareStack(folder);
  try {
    const env = { TICKETING_STATE: folder, TICKETING_BUILD: 'off', PORT: '1', JWT_SECRET: 'short', HOLD_TTL_SECONDS: 'long' };
    const run = ticketctl(['up'], { env, timeout: 120_000 });
    assert.notEqual(run.status, 0);
    for (const name of ['JWT_SECRET', 'HOLD_TTL_SECONDS'])
      assert.ok((run.stdout + run.stderr).includes(name), `${name}:\n${run.stdout}${run.stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('secrets are made once, long enough, and only their owner can read them', () => {
  for (const name of ['JWT_SECRET', 'PAYMENT_WEBHOOK_SECRET']) assert.ok(setting(name).length >= 32);
  const mode = spawnSync('stat', ['-L', '-c', '%a', join(state, 'env')], { encoding: 'utf8' }).stdout.trim();
  assert.equal(mode, '600');
});

test('env.example and the code know the same settings, with the same defaults', () => {
  const known = [...inCode.matchAll(/"([A-Z][A-Z0-9_]{2,})"/g)].map(([, name]) => name);
  const names = new Set(listed.map(({ name }) => name));
  assert.deepEqual([...new Set(known)].filter((name) => !names.has(name)), [], 'missing in env.example');
});
