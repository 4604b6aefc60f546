// A seat map that is wrong in each possible way: 422 that names the fault by its JSON path, and nothing stored.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../support/fingerprint.mjs';
import { names } from '../support/mutants.mjs';
import { root } from '../support/stack.mjs';
import { admin, unique } from '../support/world.mjs';

const id = unique('map');
const right = () => ({
  id,
  name: 'Hall',
  currency: 'VND',
  priceTiers: { A: 1000, B: 500 },
  zones: [
    { id: 'A', rows: [{ id: 'R1', from: 1, to: 10 }, { id: 'R2', from: 1, to: 10 }] },
    { id: 'B', rows: [{ id: 'R3', from: 1, to: 10 }] },
  ],
  format: 'ROW_NUM',
});

// Changes the value at a path like zones[0].rows[1].from; undefined removes it.
function set(map, path, value) {
  const steps = path.match(/[A-Za-z_]+|\d+/g);
  const last = steps.pop();
  const place = steps.reduce((node, step) => node[step], map);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return map;
}

const OTHERS = { null: null, number: 7, text: 'x', boolean: true, list: [1], object: { a: 1 } };
const not = (...kinds) => Object.entries(OTHERS).filter(([kind]) => !kinds.includes(kind)).map(([, value]) => value);

// path of the fault → values that are wrong there
const WRONG = {
  id: [undefined, ...not('text'), '', 'a b', '-a', '../x', 'x'.repeat(65), 'ä', 'another'],
  name: [undefined, ...not('text'), '', 'x'.repeat(300), 'a\u0007b', 'a\u202Eb', 'a\u200Bb', 'a\u2028b', 'a\u0085b'],
  'zones[0].name': [...not('text'), '', 'a\u0007b', 'a\u202Eb', 'a\u200Bb', 'a\u2028b', 'a\u0085b'],
  currency: [...not('text'), '', 'VN', 'vnd', 'VNDX', 'V1D'],
  priceTiers: [undefined, ...not('object')],
  'priceTiers.A': [undefined, ...not('number'), -1, 1.5, 1e13, '1000'],
  'priceTiers.C': [100],
  zones: [undefined, ...not('list'), []],
  'zones[0]': not('object'),
  'zones[0].id': [undefined, ...not('text'), '', 'a b', 'x'.repeat(65)],
  'zones[1].id': ['A'],
  'zones[0].rows': [undefined, ...not('list'), []],
  'zones[0].rows[1]': not('object'),
  'zones[0].rows[0].id': [undefined, ...not('text'), '', 'a b', 'x'.repeat(65)],
  'zones[0].rows[0].from': [undefined, ...not('number'), 0, -1, 1.5, '1', 1e10],
  'zones[0].rows[0].to': [undefined, ...not('number'), 0, -1, 2.5, '10', 1e10],
  'zones[0].rows[0].surprise': [1],
  'zones[0].surprise': [1],
  surprise: [1],
  format: [undefined, ...not('text'), '', 'ROW', 'row_num', 'NUM_ROW'],
  'zones[0].position': [null, 'x', 1, [], {}, { x: 1 }, { x: 'a', y: 1 }],
  'zones[0].rotation': [null, 'x', [], {}],
  'zones[0].rows[0].curve': ['x', []],
};

test('every member of a template', async () => {
  const boss = await admin();
  const before = fingerprint();
  const wrong = [];
  for (const [path, values] of Object.entries(WRONG)) {
    for (const value of values) {
      const answer = await boss.put(`/seatmaps/${id}`, set(right(), path, value));
      if (answer.status !== 422 || !names(answer.body.errors, path))
        wrong.push(`${path} = ${JSON.stringify(value)?.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(fingerprint(), before);
});

test('faults of the whole', async () => {
  const boss = await admin();
  const before = fingerprint();
  const rows = (count, to) => Array.from({ length: count }, (_, i) => ({ id: `Q${i}`, from: 1, to }));
  const cases = {
    'a row twice in one zone': [set(right(), 'zones[0].rows[1].id', 'R1'), 'zones[0].rows[1]'],
    'a row twice in two zones': [set(right(), 'zones[1].rows[0].id', 'R1'), 'zones[1].rows[0]'],
    'rows that give the same seats (A1+1, A+11)': [
      set(right(), 'zones[0].rows', [
        { id: 'A1', from: 1, to: 1 },
        { id: 'A', from: 11, to: 11 },
      ]),
      'zones[0].rows[1]',
    ],
    'to before from': [set(set(right(), 'zones[0].rows[0].from', 5), 'zones[0].rows[0].to', 4), 'zones[0].rows[0].to'],
    'a zone without a price': [set(right(), 'priceTiers', { A: 1 }), 'priceTiers.B'],
    'more than 100,000 seats': [set(right(), 'zones[0].rows', rows(101, 1000)), 'zones'],
    '200,000,000 seats': [set(right(), 'zones[0].rows', rows(4000, 50_000)), 'zones'],
    'more than 5,000 rows': [set(right(), 'zones[0].rows', rows(5001, 1)), 'zones'],
    'more than 200 zones': [
      set(
        right(),
        'zones',
        Array.from({ length: 201 }, (_, i) => ({ id: `Z${i}`, rows: rows(1, 1) })),
      ),
      'zones',
    ],
    'everything at once': [
      { id: 7, name: '', priceTiers: { A: -1 }, zones: [{ id: 'A', rows: [{ id: '', from: 0, to: 0 }] }], format: 'X' },
      'id',
      'name',
      'priceTiers.A',
      'zones[0].rows[0].id',
      'zones[0].rows[0].from',
      'format',
    ],
    'an empty object': [{}, 'id', 'name', 'priceTiers', 'zones', 'format'],
  };
  const wrong = [];
  for (const [what, [body, ...paths]] of Object.entries(cases)) {
    const answer = await boss.put(`/seatmaps/${id}`, body);
    const missing = paths.filter((path) => !names(answer.body.errors ?? [], path));
    if (answer.status !== 422 || missing.length > 0)
      wrong.push(`${what}: ${answer.status}, lacks ${missing}: ${answer.text.slice(0, 300)}`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(fingerprint(), before);
});

test('the right one is stored, so the wrong ones were wrong for their own reason', async () => {
  const boss = await admin();
  const { body } = await boss.put(`/seatmaps/${id}`, right(), { expect: 201 });
  assert.deepEqual([body.version, body.seatCount, body.template], [1, 30, right()]);
  await boss.put(`/seatmaps/${id}`, right(), { expect: 200 });
  assert.equal((await boss.get(`/seatmaps/${id}`, { expect: 200 })).body.version, 1, 'the same template makes no new version');
});

test('the shipped maps', async () => {
  const boss = await admin();
  const m1 = JSON.parse(readFileSync(join(root, 'seatmaps/m1.json'), 'utf8'));
  const tiers = { VIP: 1200000, A: 800000, B: 500000 };
  assert.deepEqual([m1.id, m1.name, m1.priceTiers, m1.format], ['m1', 'My Dinh Basic', tiers, 'ROW_NUM']);
  const expected = { VIP: [['A', 1, 20], ['B', 1, 20]], A: [['C', 1, 25], ['D', 1, 25]], B: [['E', 1, 30], ['F', 1, 30]] };
  assert.deepEqual(Object.fromEntries(m1.zones.map((zone) => [zone.id, zone.rows.map((row) => [row.id, row.from, row.to])])), expected);
  const { body } = await boss.get('/seatmaps', { expect: 200 });
  const count = (name) => body.seatmaps.find((map) => map.id === name)?.seatCount;
  assert.equal(count('m1'), 150);
  assert.equal(count('stadium'), 40_192);
  assert.ok(count('theatre') >= 550 && count('theatre') <= 650, `${count('theatre')} seats`);
});
