// Tokens that are forged, expired, for another algorithm or malformed: 401 on every call that takes one, and no changed row.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { client } from '../support/client.mjs';
import { operations } from '../support/contract.mjs';
import { fingerprint } from '../support/fingerprint.mjs';
import { setting } from '../support/stack.mjs';
import { decode, hmacToken, wrongAuthorizations } from '../support/tokens.mjs';
import { adminToken, buy, checkout, createShow, hold, registerUser } from '../support/world.mjs';

const api = client();
const wantsToken = ({ operation }) => operation.security === undefined || operation.security.some((one) => one.bearer !== undefined);
const anonymousToo = ({ operation }) => operation.security?.some((one) => one.bearer === undefined);
const guarded = operations.filter(wantsToken);

const fill = (path) =>
  path
    .replace('{id}', path.startsWith('/seatmaps') ? 'm1' : randomUUID())
    .replace('{session}', randomUUID())
    .replace('{seat}', 'A1');
const bodyOf = ({ operation }) => operation.requestBody?.content['application/json'].example;

test('a right token made here is accepted, so that the wrong ones are wrong for their own reason', async () => {
  const user = await registerUser();
  const token = hmacToken(setting('JWT_SECRET'), decode(user.token));
  assert.equal((await api.get('/auth/me', { token, expect: 200 })).body.id, user.id);
});

for (const one of guarded) {
  test(`${one.method} ${one.path} refuses every wrong token`, async () => {
    const list = wrongAuthorizations(setting('JWT_SECRET'), await adminToken());
    const before = fingerprint();
    const wrong = [];
    if (!anonymousToo(one)) list.push(['no token', undefined]);
    for (const [what, value] of list) {
      const headers = value === undefined ? {} : { Authorization: value };
      const answer = await api.send(one.method, fill(one.path), { body: bodyOf(one), headers });
      if (answer.status !== 401 || answer.code !== 'UNAUTHORIZED') wrong.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(fingerprint(), before);
  });
}

test('a role that is not enough is 403 on every call of staff and admin', async () => {
  const user = await registerUser();
  const before = fingerprint();
  // GET /orders is everybody's; only its parameters for admins are not (orders_admin.test.mjs).
  // A guest's 403 is not about roles.
  const isOfRoles = ({ responses }) => responses['403'] && !JSON.stringify(responses['403']).includes('ACCOUNT_REQUIRED');
  const limited = operations.filter(({ operation }) => isOfRoles(operation) && operation.operationId !== 'listOrders');
  assert.ok(limited.length >= 10);
  for (const one of limited) {
    const answer = await user.api.send(one.method, fill(one.path), { body: bodyOf(one) });
    assert.deepEqual([answer.status, answer.code], [403, 'FORBIDDEN'], `${one.method} ${one.path}`);
  }
  assert.deepEqual(fingerprint(), before);
});

test('what belongs to somebody else is 404', async () => {
  const [owner, other] = [await registerUser(), await registerUser()];
  const show = await createShow();
  const held = await hold(owner, show, ['A1']);
  const order = await checkout(owner, await hold(owner, show, ['A2']));
  const ticket = (await buy(owner, show, ['A3'])).tickets[0];
  const before = fingerprint();
  for (const [method, path, body] of [
    ['GET', `/holds/${held.holdId}`],
    ['POST', `/holds/${held.holdId}/extend`],
    ['DELETE', `/holds/${held.holdId}`],
    ['POST', '/checkout', { holdId: held.holdId }],
    ['GET', `/orders/${order.id}`],
    ['POST', `/orders/${order.id}/cancel`],
    ['GET', `/tickets/${ticket.id}`],
  ]) {
    await other.api.send(method, path, { body, expect: 404 });
  }
  assert.deepEqual(fingerprint(), before);
});
