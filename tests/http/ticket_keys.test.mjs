// Rotation of the keys that sign tickets, as an operator does it, under way and without a restart.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { client } from '../support/client.mjs';
import { readQr } from '../support/documents.mjs';
import { state, ticketctl, ticketctlMeanwhile } from '../support/stack.mjs';
import { buy, createShow, registerUser, until } from '../support/world.mjs';

const buyer = await registerUser();
const { tickets } = await buy(buyer, await createShow(), ['A1']);
const qr = async () => (await buyer.api.get(`/tickets/${tickets[0].id}`, { expect: 200 })).body.qr;
const keys = async () => (await client().get('/tickets/keys', { expect: 200 })).body.keys;
const signing = async () => (await qr()).slice(2, 5);

test('the keys are readable by nobody else', () => {
  assert.equal(statSync(join(state, 'keys/tickets.json')).mode & 0o777, 0o600);
  assert.equal(statSync(join(state, 'keys')).mode & 0o777, 0o700);
});

test('after a rotation a new key signs, the old one verifies until it is removed, and no request is lost', async () => {
  const old = await qr();
  const before = await keys();
  const listed = ticketctl(['keys', 'list']).stdout;
  assert.match(listed, new RegExp(`^${old.slice(2, 5)} .* signs$`, 'm'));
  assert.notEqual(ticketctl(['keys', 'remove', old.slice(2, 5)]).status, 0, 'the key that signs stays');

  let asked = 0;
  let done = false;
  const rotation = ticketctlMeanwhile(['keys', 'rotate']).then((status) => {
    done = true;
    assert.equal(status, 0);
  });
  while (!done) {
    assert.notEqual(readQr(await qr(), await keys()), null);
    asked++;
  }
  await rotation;
  assert.ok(asked > 0);
  await until(async () => (await signing()) !== old.slice(2, 5), { what: 'the new key signs' });
  const after = await keys();
  assert.equal(after.length, before.length + 1);
  assert.equal(readQr(old, after).ticketId, tickets[0].id, 'what was printed before stays good');
  assert.equal(readQr(await qr(), after).ticketId, tickets[0].id);

  const removal = ticketctl(['keys', 'remove', old.slice(2, 5)]);
  assert.equal(removal.status, 0, removal.stderr);
  await until(async () => (await keys()).length === before.length, { what: 'the removed key is gone' });
  assert.equal(readQr(old, await keys()), null);
});

test('keys lists, and says what it does not know', async () => {
  const before = await keys();
  assert.equal(ticketctl(['keys']).stdout.trim().split('\n').length, before.length);
  assert.notEqual(ticketctl(['keys', 'burn']).status, 0);
  assert.notEqual(ticketctl(['keys', 'remove']).status, 0);
  assert.notEqual(ticketctl(['keys', 'remove', 'ZZZ']).status, 0);
});
