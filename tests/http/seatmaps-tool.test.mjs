// ticketing-seatmap, the command line program: checks files and loads them.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client } from '../support/client.mjs';
import { unique } from '../support/world.mjs';
import { root, state, ticketctl } from '../support/stack.mjs';

const program = join(state, 'app/bin/ticketing-seatmap');
const run = (args, env = {}) => spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
const template = (id) => ({
  id,
  name: 'Tool',
  priceTiers: { S: 5 },
  zones: [{ id: 'S', rows: [{ id: 'A', from: 1, to: 7 }] }],
  format: 'ROW_NUM',
});

test('check says nothing about good files and names every fault of bad ones', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seatmap-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const shipped = run(['check', ...['m1', 'theatre', 'stadium'].map((name) => join(root, `seatmaps/${name}.json`))]);
  assert.deepEqual([shipped.status, shipped.stdout, shipped.stderr], [0, '', '']);
  const bad = file('bad.json', JSON.stringify({ ...template('bad'), format: 'X', priceTiers: { S: -1 } }));
  const broken = file('broken.json', '{"id": "a",\n  nonsense}');
  const missing = join(folder, 'missing.json');
  const result = run(['check', bad, broken, missing]);
  assert.equal(result.status, 1);
  const lines = result.stdout.trimEnd().split('\n');
  assert.ok(lines.some((line) => line.startsWith(`${bad}: format: `)), result.stdout);
  assert.ok(lines.some((line) => line.startsWith(`${bad}: priceTiers.S: `)), result.stdout);
  assert.ok(lines.some((line) => line.startsWith(`${broken}: $: line 2, `)), result.stdout);
  assert.ok(lines.some((line) => line.startsWith(`${missing}: $: `)), result.stdout);
  const many = file(
    'many.json',
    JSON.stringify({ ...template('many'), ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`x${i}`, 1])) }),
  );
  assert.match(run(['check', many]).stdout, /and 50 more\n$/);
});

test('names in a new template are one line of visible characters', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seatmap-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const named = template('named');
  named.name = 'a\u202eb';
  named.zones[0].name = 'x\u200by';
  named.stage = { position: { x: 1, y: 1 }, width: 1, height: 1, name: 's\u2028t' };
  const path = join(folder, 'named.json');
  writeFileSync(path, JSON.stringify(named));
  const result = run(['check', path]);
  assert.equal(result.status, 1);
  for (const place of ['name', 'zones[0].name', 'stage.name']) assert.ok(result.stdout.includes(`${path}: ${place}: `), result.stdout);
});

test('wrong usage', () => {
  for (const args of [[], ['check'], ['load'], ['store', 'x.json'], ['--help']]) {
    const result = run(args);
    assert.equal(result.status, 2, args.join(' '));
    assert.match(result.stderr, /usage/);
  }
  const nowhere = run(['load', join(root, 'seatmaps/m1.json')], { DATABASE_URL: '' });
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /DATABASE_URL/);
});

test('load stores a version, once; nothing when one of the files has a fault', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seatmap-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const url = ticketctl(['url']);
  assert.equal(url.status, 0, url.stderr);
  const env = { DATABASE_URL: url.stdout.trim() };
  const id = unique('tool');
  const good = join(folder, 'good.json');
  const bad = join(folder, 'bad.json');
  writeFileSync(good, JSON.stringify(template(id)));
  writeFileSync(bad, JSON.stringify({ ...template('bad'), format: 'X' }));
  assert.equal(run(['load', good, bad], env).status, 1);
  await client().get(`/seatmaps/${id}`, { expect: 404 });
  for (let time = 0; time < 2; time++) {
    const result = run(['load', good], env);
    assert.deepEqual([result.status, result.stdout, result.stderr], [0, `${id} 1 7\n`, '']);
  }
  assert.deepEqual((await client().get(`/seatmaps/${id}`, { expect: 200 })).body.template, template(id));
  const away = run(['load', good], { DATABASE_URL: 'postgresql:///ticketing?host=/nonexistent' });
  assert.equal(away.status, 1);
});
