// Seat maps: versions, and templates that are wrong in each possible way.
import test from 'node:test';
import assert from 'node:assert/strict';
import { client } from '../support/client.mjs';
import { admin, registerUser, staff, unique } from '../support/world.mjs';

const api = client();
const paths = (answer) => [...new Set(answer.body.errors.map((error) => error.path))].sort();
const row = (id, to = 5, more = {}) => ({ id, from: 1, to, ...more });
const small = (id, more = {}) => ({
  id,
  name: 'Small',
  priceTiers: { S: 100, T: 50 },
  zones: [
    { id: 'S', rows: [row('A')] },
    { id: 'T', rows: [row('B')] },
  ],
  format: 'ROW_NUM',
  ...more,
});

test('PUT makes versions, the same template makes none', async () => {
  const boss = await admin();
  const id = unique('versions');
  assert.equal((await api.get(`/seatmaps/${id}`, { expect: 404 })).code, 'SEATMAP_NOT_FOUND');
  const first = await boss.put(`/seatmaps/${id}`, small(id), { expect: 201 });
  assert.deepEqual(first.body, { id, name: 'Small', version: 1, seatCount: 10, template: small(id) });
  assert.equal((await boss.put(`/seatmaps/${id}`, small(id), { expect: 200 })).body.version, 1);
  const second = await boss.put(`/seatmaps/${id}`, small(id, { name: 'Smaller', currency: 'EUR' }), { expect: 200 });
  assert.equal(second.body.version, 2);
  const read = await api.get(`/seatmaps/${id}`, { expect: 200 });
  assert.deepEqual(read.body, second.body);
  assert.equal((await api.get(`/seatmaps/${id}`, { headers: { 'If-None-Match': read.headers.etag } })).status, 304);
  const list = await api.get('/seatmaps', { expect: 200 });
  const { createdAt, ...mine } = list.body.seatmaps.find((map) => map.id === id);
  assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(mine, { id, name: 'Smaller', version: 2, seatCount: 10, currency: 'EUR' });
  assert.equal((await api.get('/seatmaps', { headers: { 'If-None-Match': list.headers.etag } })).status, 304);
  await boss.put(`/seatmaps/${id}`, small(id), { expect: 200 });
  assert.equal((await api.get(`/seatmaps/${id}`, { headers: { 'If-None-Match': read.headers.etag } })).body.version, 3);
  assert.equal((await api.get('/seatmaps', { headers: { 'If-None-Match': list.headers.etag } })).status, 200);
});

test('the template comes back member for member, in its own order, with geometry', async () => {
  const id = unique('geometry');
  const template = small(id, { zones: [
    { rows: [{ to: 3, id: 'A', from: 2, position: { x: 1, y: -2.5 }, rotation: 12, curve: 0.5 }], id: 'T', position: { x: 0, y: 0 } },
    { id: 'S', rows: [row('Ab_9-z', 1)] },
  ] });
  const boss = await admin();
  const { text } = await boss.put(`/seatmaps/${id}`, template, { expect: 201 });
  assert.ok(text.includes(JSON.stringify(template)), text);
  assert.ok((await api.get(`/seatmaps/${id}`)).text.includes(JSON.stringify(template)));
});

test('the shipped maps are there', async () => {
  const { body } = await api.get('/seatmaps/m1', { expect: 200 });
  assert.equal(body.name, 'My Dinh Basic');
  assert.equal(body.seatCount, 150);
  assert.deepEqual(body.template.priceTiers, { VIP: 1200000, A: 800000, B: 500000 });
});

// [what is wrong, change to the template, paths named]
const faults = [
  ['no id', { id: undefined }, ['id']],
  ['id of another path', { id: 'other' }, ['id']],
  ['no name', { name: undefined }, ['name']],
  ['empty name', { name: '' }, ['name']],
  ['name too long', { name: 'x'.repeat(201) }, ['name']],
  ['name with control characters', { name: 'a\u0007' }, ['name']],
  ['currency in small letters', { currency: 'vnd' }, ['currency']],
  ['currency of another type', { currency: 1 }, ['currency']],
  ['no format', { format: undefined }, ['format']],
  ['unknown format', { format: 'NUM_ROW' }, ['format']],
  ['format of another type', { format: 1 }, ['format']],
  ['unknown member', { colour: 'red' }, ['colour']],
  ['no prices', { priceTiers: undefined }, ['priceTiers']],
  ['prices of another type', { priceTiers: [1] }, ['priceTiers']],
  ['price missing', { priceTiers: { S: 1 } }, ['priceTiers.T']],
  ['price of no zone', { priceTiers: { S: 1, T: 1, U: 1 } }, ['priceTiers.U']],
  ['price below zero', { priceTiers: { S: -1, T: 1 } }, ['priceTiers.S']],
  ['price too high', { priceTiers: { S: 1e12 + 1, T: 1 } }, ['priceTiers.S']],
  ['price with a fraction', { priceTiers: { S: 1.5, T: 1 } }, ['priceTiers.S']],
  ['price as text', { priceTiers: { S: '1', T: 1 } }, ['priceTiers.S']],
  ['no zones', { zones: undefined }, ['zones']],
  ['empty zones', { zones: [], priceTiers: {} }, ['zones']],
  ['zones of another type', { zones: {}, priceTiers: {} }, ['zones']],
  ['a zone of another type', { zones: [1, { id: 'S', rows: [row('A')] }], priceTiers: { S: 1 } }, ['zones[0]']],
  ['zone without id', { zones: [{ rows: [row('A')] }, { id: 'S', rows: [row('B')] }], priceTiers: { S: 1 } }, ['zones[0].id']],
  ['zone id with spaces', { zones: [{ id: 'a b', rows: [row('A')] }], priceTiers: { 'a b': 1 } }, ['zones[0].id']],
  [
    'zone repeated',
    {
      zones: [
        { id: 'S', rows: [row('A')] },
        { id: 'S', rows: [row('B')] },
      ],
      priceTiers: { S: 1 },
    },
    ['zones[1].id'],
  ],
  ['zone with an unknown member', { zones: [{ id: 'S', rows: [row('A')], seats: 1 }], priceTiers: { S: 1 } }, ['zones[0].seats']],
  ['zone without rows', { zones: [{ id: 'S' }], priceTiers: { S: 1 } }, ['zones[0].rows']],
  ['zone with empty rows', { zones: [{ id: 'S', rows: [] }], priceTiers: { S: 1 } }, ['zones[0].rows']],
  [
    'zone with a rotation of another type',
    { zones: [{ id: 'S', rows: [row('A')], rotation: 'x' }], priceTiers: { S: 1 } },
    ['zones[0].rotation'],
  ],
  [
    'more than 200 zones',
    { zones: Array.from({ length: 201 }, (_, i) => ({ id: `Z${i}`, rows: [row(`R${i}`, 1)] })), priceTiers: { Z0: 1 } },
    null,
  ],
];
const rowFaults = [
  ['of another type', 'A', ''],
  ['without id', { from: 1, to: 2 }, '.id'],
  ['id of another type', { id: 1, from: 1, to: 2 }, '.id'],
  ['id with a slash', { id: 'a/b', from: 1, to: 2 }, '.id'],
  ['without from', { id: 'A', to: 2 }, '.from'],
  ['without to', { id: 'A', from: 1 }, '.to'],
  ['from as text', { id: 'A', from: '1', to: 2 }, '.from'],
  ['from zero', { id: 'A', from: 0, to: 2 }, '.from'],
  ['from below zero', { id: 'A', from: -3, to: 2 }, '.from'],
  ['to with a fraction', { id: 'A', from: 1, to: 2.5 }, '.to'],
  ['to out of range', { id: 'A', from: 1, to: 1e9 }, '.to'],
  ['to before from', { id: 'A', from: 5, to: 4 }, '.to'],
  ['unknown member', { id: 'A', from: 1, to: 4, step: 2 }, '.step'],
  ['position without y', { id: 'A', from: 1, to: 4, position: { x: 1 } }, '.position'],
];

test('templates that are wrong in each possible way', async () => {
  const boss = await admin();
  const id = unique('wrong');
  for (const [what, change, expected] of faults) {
    const answer = await boss.put(`/seatmaps/${id}`, { ...small(id), ...change });
    assert.equal(answer.status, 422, `${what}: ${answer.text}`);
    assert.equal(answer.code, 'VALIDATION_FAILED');
    if (expected) assert.deepEqual(paths(answer), expected, what);
  }
  for (const [what, wrong, path] of rowFaults) {
    const answer = await boss.put(`/seatmaps/${id}`, small(id, { zones: [{ id: 'S', rows: [row('Z'), wrong] }], priceTiers: { S: 1 } }));
    assert.equal(answer.status, 422, `row ${what}: ${answer.text}`);
    assert.ok(paths(answer)[0].startsWith(`zones[0].rows[1]${path}`), `row ${what}: ${paths(answer)}`);
  }
  for (const body of ['[]', '"text"', '1', 'null', 'true', '{}']) {
    await boss.put(`/seatmaps/${id}`, undefined, { raw: body, headers: { 'Content-Type': 'application/json' }, expect: 422 });
  }
  await api.get(`/seatmaps/${id}`, { expect: 404 });
});

test('seats that exist twice, and too many of them', async () => {
  const boss = await admin();
  const id = unique('many');
  const twice = (format) => small(id, { zones: [{ id: 'S', rows: [row('A')] }, { id: 'T', rows: [row('A')] }], format });
  assert.match(paths(await boss.put(`/seatmaps/${id}`, twice('ROW_NUM'), { expect: 422 }))[0], /^zones\[1\]\.rows\[0\]/);
  await boss.put(`/seatmaps/${id}`, twice('ZONE_ROW_NUM'), { expect: 201 });
  const wide = (count) =>
    small(id, { zones: [{ id: 'S', rows: Array.from({ length: count }, (_, i) => row(`R${i}_`, 1000)) }], priceTiers: { S: 1 } });
  assert.equal((await boss.put(`/seatmaps/${id}`, wide(100), { expect: 200 })).body.seatCount, 100000);
  assert.ok(paths(await boss.put(`/seatmaps/${id}`, wide(101), { expect: 422 })).includes('zones'));
  const rows = Array.from({ length: 5001 }, (_, i) => row(`R${i}_`, 1));
  assert.ok(
    paths(await boss.put(`/seatmaps/${id}`, small(id, { zones: [{ id: 'S', rows }], priceTiers: { S: 1 } }), { expect: 422 })).includes(
      'zones',
    ),
  );
});

test('all faults at once', async () => {
  const id = unique('all');
  const answer = await (
    await admin()
  ).put(
    `/seatmaps/${id}`,
    { id: 'other', zones: [{ id: 'S', rows: [{ id: 'A', from: 2, to: 1 }] }], priceTiers: { X: -1 }, more: 1 },
    { expect: 422 },
  );
  assert.deepEqual(paths(answer), ['format', 'id', 'more', 'name', 'priceTiers.S', 'priceTiers.X', 'zones[0].rows[0].to']);
});

test('bodies that are no JSON, too big, too deep; who may; ids', async () => {
  const boss = await admin();
  const id = unique('body');
  const json = { 'Content-Type': 'application/json' };
  const send = (raw, expect, headers = json) => boss.put(`/seatmaps/${id}`, undefined, { raw, headers, expect });
  assert.equal((await send('{"id":', 400)).code, 'INVALID_JSON');
  await send('', 400);
  await send(Buffer.from([0x22, 0xff, 0x22]), 400);
  await send(`${'['.repeat(10000)}${']'.repeat(10000)}`, 400);
  assert.equal((await send(JSON.stringify(small(id)), 415, { 'Content-Type': 'text/plain' })).code, 'UNSUPPORTED_MEDIA_TYPE');
  const big = JSON.stringify(small(id, { more: 'x'.repeat(1 << 20) }));
  assert.deepEqual(paths(await send(big, 422)), ['more'], 'a megabyte is taken in');
  const { status } = await send(`"${'x'.repeat(8 << 20)}"`, undefined);
  assert.equal(status, 413);
  const buyer = await registerUser();
  await api.put(`/seatmaps/${id}`, small(id), { expect: 401 });
  await buyer.api.put(`/seatmaps/${id}`, small(id), { expect: 403 });
  await (await staff()).put(`/seatmaps/${id}`, small(id), { expect: 403 });
  for (const bad of ['x'.repeat(65), 'a%20b', 'a%2fb', '%e1%bb%b9']) await api.get(`/seatmaps/${bad}`, { expect: [400, 404] });
  await api.get(`/seatmaps/${id}`, { expect: 404 });
  await api.delete('/seatmaps/m1', { expect: 405 });
});
