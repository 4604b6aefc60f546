// Every field of every call of the API document: wrong type, missing, too long, out of range, unknown. Always a 4xx problem that names the
// field, never a changed row.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { operations } from '../support/contract.mjs';
import { fingerprint } from '../support/fingerprint.mjs';
import { deref, mutants, names } from '../support/mutants.mjs';
import { admin, createEvent, createShow } from '../support/world.mjs';

const withBody = operations.filter(
  ({ method, operation }) => operation.requestBody && operation.operationId !== 'paymentWebhook' && method !== 'PATCH',
);

// Real things where the handler looks them up; a body is checked before anything else, so a random id does elsewhere.
async function target({ path, operation }) {
  const example = structuredClone(operation.requestBody.content['application/json'].example);
  if (operation.operationId === 'createHold') example.showId = (await createShow()).id;
  let id = randomUUID();
  if (operation.operationId === 'createShow' || operation.operationId === 'putEvent') id = (await createEvent()).id;
  if (operation.operationId === 'putShow') id = (await createShow()).id;
  if (operation.operationId === 'putSeatMap') id = example.id = `bad-${randomUUID().slice(0, 8)}`;
  return { example, path: path.replace('{id}', id).replace('{provider}', 'test') };
}

for (const one of withBody) {
  test(`${one.method} ${one.path}: every wrong field is named`, async () => {
    const boss = await admin();
    const { example, path } = await target(one);
    const before = fingerprint();
    const wrong = [];
    for (const { what, body, paths, all } of mutants(deref(one.operation.requestBody.content['application/json'].schema), example)) {
      if (one.operation.operationId === 'checkInBatch' && what.startsWith('scans is a list with')) continue; // judged scan by scan: 200
      let answer;
      try {
        answer = await boss.send(one.method, path, { body });
      } catch (error) {
        wrong.push(`${what}: ${error.message.slice(0, 300)}`);
        continue;
      }
      const named = paths.filter((name) => names(answer.body?.errors ?? [], name));
      if (answer.status !== 422 || named.length < (all ? paths.length : 1)) {
        wrong.push(`${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(fingerprint(), before, 'no row changed');
  });
}

const WRONG_QUERY = {
  limit: ['0', '101', '-1', 'x', '1.5', '1e2', '99999999999999999999', ' 5', '0x10'],
  cursor: ['!', 'AAAA', 'bm90IG91cnM', 'x'.repeat(201), "' OR 1=1 --"],
  from: ['yesterday', '2030-02-30T00:00:00Z', '2030-01-01'],
  to: ['never', '2030-13-01T00:00:00Z'],
  q: ['x'.repeat(201)],
  format: ['xml'],
};

for (const one of operations.filter(({ operation }) =>
  operation.parameters.some((parameter) => parameter.in === 'query' || parameter.$ref),
)) {
  const own = one.operation.parameters.map((parameter) => parameter.name ?? parameter.$ref?.split('/').pop());
  const checked = own.filter((name) => WRONG_QUERY[name]);
  if (checked.length === 0) continue;
  test(`${one.method} ${one.path}: every wrong query parameter is named`, async () => {
    const boss = await admin();
    const path = one.path.includes('{id}') ? one.path.replace('{id}', (await createShow()).id) : one.path;
    const before = fingerprint();
    const wrong = [];
    const needed = one.operation.operationId === 'listRefunds' ? { status: 'failed' } : {};
    for (const name of checked) {
      const isDay = one.operation.parameters.some((parameter) => parameter.name === name && parameter.schema?.format === 'date');
      for (const value of WRONG_QUERY[name].filter((text) => !isDay || text !== '2030-01-01')) {
        const answer = await boss.send(one.method, path, { query: { ...needed, [name]: value } });
        if (answer.status !== 422 || !names(answer.body.errors, name))
          wrong.push(`${name}=${value}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
    }
    for (const tail of ['%', '%zz', '%ff', 'q=%ff%fe', 'limit=%00', 'q=%00', 'q=%c0%af', 'cursor=%ed%a0%80']) {
      const answer = await boss.send(one.method, `${path}?${tail}`);
      if (answer.status >= 500) wrong.push(`?${tail}: ${answer.status}`);
      if (/[=]%(ff|00|c0|ed)/.test(tail) && own.includes(tail.split('=')[0]) && answer.status < 400)
        wrong.push(`?${tail}: ${answer.status}`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(fingerprint(), before, 'no row changed');
  });
}

test('wrong Idempotency-Keys', async () => {
  const boss = await admin();
  const show = await createShow();
  const before = fingerprint();
  for (const key of ['', 'x'.repeat(256), 'tab\there', Buffer.from('\u00e9', 'utf8').toString('latin1')]) {
    const answer = await boss.post('/holds', { showId: show.id, seats: ['A1'] }, { headers: { 'Idempotency-Key': key } });
    assert.deepEqual([answer.status, answer.code], [400, 'INVALID_REQUEST'], JSON.stringify(key));
  }
  assert.deepEqual(fingerprint(), before);
});

test('rules between fields', async () => {
  const boss = await admin();
  const event = await createEvent();
  const show = await createShow({ eventId: event.id });
  const before = fingerprint();
  const showFields = { startsAt: '2030-01-02T00:00:00Z', seatMapId: 'm1' };
  const cases = [
    ['/holds', { showId: show.id, seats: ['A1', 'Z99'] }, 'seats[1]'],
    ['/holds', { showId: show.id, seats: ['A1', 'a1'] }, 'seats[1]'],
    ['/holds', { showId: show.id, seats: ['A1', 'A2', 'A1'] }, 'seats[2]'],
    ['/holds', { showId: show.id, seats: ['A01'] }, 'seats[0]'],
    ['/holds', { showId: show.id, seats: ["A1'); DROP TABLE seat_claims; --"] }, 'seats[0]'],
    ['/holds', { showId: show.id, seats: ['{A1,A2}'] }, 'seats[0]'],
    [`/events/${event.id}/shows`, { ...showFields, seatMapId: 'nowhere' }, 'seatMapId'],
    [`/events/${event.id}/shows`, { ...showFields, endsAt: '2030-01-01T00:00:00Z' }, 'endsAt'],
    [
      `/events/${event.id}/shows`,
      { ...showFields, salesStartAt: '2029-01-02T00:00:00Z', salesEndAt: '2029-01-01T00:00:00Z' },
      'salesEndAt',
    ],
    [`/events/${event.id}/shows`, { ...showFields, priceTiers: { Balcony: 1 } }, 'priceTiers.Balcony'],
  ];
  for (const [path, body, fault] of cases) {
    const answer = await boss.post(path, body);
    assert.ok(answer.status === 422 && names(answer.body.errors, fault.replace(/\[2\]$/, '')), `${JSON.stringify(body)}: ${answer.text}`);
  }
  const missing = await boss.post('/holds', { showId: randomUUID(), seats: ['A1'] });
  assert.deepEqual([missing.status, missing.code], [404, 'SHOW_NOT_FOUND']);
  assert.deepEqual(fingerprint(), before);
});
