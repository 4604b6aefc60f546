// The programs tell their settings themselves (--settings); nginx/env.example and the README's table say the same.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESPONDERS } from '../support/processes.mjs';
import { root, state } from '../support/stack.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');

// [{name, fallback, comment}] of texts such as "# comment\nNAME=default\n"; in env.example, settings are commented out.
const entries = (text) =>
  [...text.matchAll(/^# (.*)\n#?([A-Z_]+)=(.*)\n/gm)].map(([, comment, name, fallback]) => ({ name, fallback, comment }));

function printed(name) {
  const run = spawnSync(join(state, 'app/bin', `ticketing-${name}`), ['--settings'], { encoding: 'utf8', timeout: 10_000, env: {} });
  assert.deepEqual([run.status, run.stderr], [0, ''], name);
  const found = entries(run.stdout);
  assert.equal(found.length, run.stdout.match(/^[^#\n]/gm).length, `${name}: a setting without a comment`);
  return found;
}

const tables = new Map(RESPONDERS.map((name) => [name, printed(name)]));
const all = new Map([...tables.values()].flat().map((entry) => [entry.name, entry]));

test('a responder prints its settings without needing any', () => {
  for (const [name, table] of tables) {
    assert.ok(table.some((entry) => entry.name === `${name.toUpperCase()}_DATABASE_URL`), name);
    assert.ok(table.some((entry) => entry.name === 'DATABASE_URL' && entry.comment.endsWith('; required')), name);
  }
  assert.equal(all.get('HOLD_TTL_SECONDS').fallback, '300');
  assert.ok(!tables.get('auth').some(({ name }) => name === 'HOLD_TTL_SECONDS'));
});

test('env.example has what the programs print, no more and no less, in the same order', () => {
  const [, ours] = read('nginx/env.example').split(/^# ---- responders: .*\n/m);
  const example = entries(ours);
  assert.deepEqual(example.map(({ name }) => name).sort(), [...all.keys()].sort());
  for (const entry of example) assert.deepEqual(entry, all.get(entry.name));
  for (const [name, table] of tables) {
    const names = table.map((entry) => entry.name);
    assert.deepEqual(example.map((entry) => entry.name).filter((one) => names.includes(one)), names, name);
  }
});

test('ticketctl hands each responder the settings that it reads', () => {
  const shell = read('nginx/ctl/settings.sh');
  const words = (pattern) => pattern.exec(shell)[1].split(' ');
  const everybodys = words(/^readonly SETTINGS_ALL='(.*)'$/m);
  for (const [name, table] of tables) {
    const handed = [...everybodys, ...words(new RegExp(`^  \\[${name}\\]='(.*)'$`, 'm'))];
    // The addresses of databases are made by database_url().
    const wanted = table.map((entry) => entry.name).filter((one) => !one.endsWith('DATABASE_URL'));
    assert.deepEqual(wanted.filter((one) => !handed.includes(one)), [], name);
  }
});

test('the units of systemd and the rooms of fcgi are those of the one list of responders', () => {
  const target = read('nginx/systemd/ticketing.target');
  for (const kind of ['socket', 'service']) {
    const named = [...target.matchAll(new RegExp(`ticketing@([a-z]+)\\.${kind}`, 'g'))].map(([, name]) => name);
    assert.deepEqual(named, RESPONDERS, kind);
  }
  assert.deepEqual(RESPONDERS.filter((name) => !existsSync(join(root, 'fcgi', name, 'main.c'))), []);
});

test('the README tells the defaults that the programs have', () => {
  const [, section] = /\n## Settings\n([^]*?)\n## /.exec(read('README.md'));
  const example = new Map(entries(read('nginx/env.example')).map(({ name, fallback }) => [name, fallback]));
  let compared = 0;
  for (const [, names, told] of section.matchAll(/^\| (`.*?`) \| (.*?) \| /gm)) {
    const settings = [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
    const values = settings.length === 1 ? [told] : told.split(', ');
    for (const [i, name] of settings.entries()) {
      const fallback = all.get(name)?.fallback ?? example.get(name);
      assert.notEqual(fallback, undefined, `${name} is no setting`);
      if (fallback === '') {
        assert.match(values[i] ?? told, /^[a-z ]+$/, `${name} has no default`);
      } else {
        assert.equal(values[i], fallback, name);
        compared += 1;
      }
    }
  }
  assert.ok(compared >= 8, `${compared}`);
});
