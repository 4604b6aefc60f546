// Every state of an order × everything that can happen to it, in both orders, twice, at the same time; then longer
// sequences drawn at random. Each must end in a legal state with the invariants kept. Wants TEST_DATABASE_URL
// (deployed); SEQUENCES (10000) and SEED may be given. Prints "ok - …" or "not ok - …" lines and "# states done".
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FACTS, arrivals } from './states/arrivals.mjs';

const folder = new URL('.', import.meta.url).pathname;
const url = process.env.TEST_DATABASE_URL;
const schema = process.env.SCHEMA_FOLDER ?? '../../schema';
const wanted = Number(process.env.SEQUENCES ?? 10_000);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const WORKERS = 4;
const ROUND = 500;

// mulberry32: the same seed, the same sequences
let state = seed;
function random(below) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}

const named = (text, name) =>
  [
    ...text
      .slice(text.indexOf(`FUNCTION states.${name}(`))
      .split('END CASE')[0]
      .matchAll(/WHEN '([^']+)' THEN/g),
  ].map((match) => match[1]);
const source = readFileSync(join(folder, 'states/setup.sql'), 'utf8');
const STATES = named(source, 'make');
const EVENTS = named(source, 'happen');

const psql = (args, input) => {
  const run = spawnSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url, ...args], { input, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
};
const together = (statements) =>
  Promise.all(statements.map((statement) => new Promise((resolve) => {
    const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', 'SET synchronous_commit = off', '-c', statement]);
    let errors = '';
    child.stderr.on('data', (data) => (errors += data));
    child.on('close', (status) => resolve(status === 0 ? '' : errors));
  })));
let bad = 0;
const same = (name, expected, actual) => {
  if (actual === expected) return console.log(`ok - ${name}`);
  bad += 1;
  console.log(`not ok - ${name} (seed ${seed})\n${String(actual).split('\n').slice(0, 20).map((line) => `# ${line}`).join('\n')}`);
};
const values = (rows) => rows.map((row) => `(${row.join(', ')})`).join(',\n');
const quote = (text) => `'${text.replace(/'/g, "''")}'`;

console.log(`# seed ${seed}: ${STATES.length} states, ${EVENTS.length} events`);
psql(['-f', join(folder, 'states/setup.sql')]);
const sequences = [];
const add = (from, events) => sequences.push([sequences.length + 1, from, events]);
for (const from of STATES) {
  for (const one of EVENTS) for (const other of EVENTS) add(from, [one, other]); // both orders, and each twice
}
const ordered = Math.max(Math.min(sequences.length, wanted), Math.floor(wanted * 0.8));
const draw = (least, most) => Array.from({ length: least + random(most - least + 1) }, () => EVENTS[random(EVENTS.length)]);
while (sequences.length < ordered) add(STATES[random(STATES.length)], draw(3, 7));
const alone = sequences.length;
while (sequences.length < Math.max(wanted, alone + 1000)) add(STATES[random(STATES.length)], draw(2, 5));

const started = Date.now();
const write = (list) =>
  psql(
    [],
    `INSERT INTO states.sequences VALUES ${values(list.map(([n, from, events]) => [n, quote(from), `ARRAY[${events.map(quote)}]`]))};`,
  );
write(sequences.slice(0, alone));
// In rounds: plans made while the tables were empty are not what a service would use for long.
async function play(first, last) {
  let errors = '';
  for (let from = first; from <= last; from += ROUND) {
    const part = (_, i) => `CALL states.play(${i}, ${WORKERS}, ${from}, ${Math.min(last, from + ROUND - 1)})`;
    errors += (await together(Array.from({ length: WORKERS }, part))).join('');
    psql(['-c', 'ANALYZE']);
  }
  return errors;
}
same('one after the other: no statement failed', '', await play(1, alone));
same('one after the other: the invariants hold', '', psql(['-f', join(schema, 'check_invariants.sql')]));

// At the same time: the orders are made first, then their events are taken from one queue by several workers.
write(sequences.slice(alone).map(([n, from]) => [n, from, ['unknown type']]));
await play(alone + 1, sequences.length);
const queue = sequences.slice(alone).flatMap(([n, , events]) => events.map((event) => [n, quote(event)])).map((row, i) => [i + 1, ...row]);
psql([], `INSERT INTO states.queue VALUES ${values(queue)}; ANALYZE;`);
same('at the same time: no statement failed', '', (await together(Array.from({ length: WORKERS }, () => 'CALL states.work()'))).join(''));
same('at the same time: the invariants hold', '', psql(['-f', join(schema, 'check_invariants.sql')]));

// The same facts in every order.
const told = arrivals(random).map((one, i) => ({ ...one, n: sequences.length + 1 + i }));
const line = ({ n, state: from, told: facts }) => [n, quote(from), `ARRAY[${facts.map(quote)}]`];
psql([], `INSERT INTO states.arrivals (n, state, facts) VALUES ${values(told.map(line))};`);
same('facts in any order: no statement failed', '', (await together(['CALL states.arrive()'])).join(''));
const endings = new Map(
  psql(['-c', 'SELECT n, ending FROM states.arrivals']).split('\n').map((row) => [Number(row.split('|')[0]), row.split('|')[1]]),
);
for (const [set, [from, ...facts]] of FACTS.entries()) {
  const ends = new Map();
  for (const one of told.filter((other) => other.set === set)) ends.set(endings.get(one.n), one.told.join(', '));
  const list = [...ends].map(([end, how]) => `${end} (${how})`).join('\n');
  same(`in any order they end alike: ${from}: ${facts.join(', ')}`, '', ends.size === 1 ? '' : list);
}
same('facts in any order: the invariants hold', '', psql(['-f', join(schema, 'check_invariants.sql')]));

same('every life was legal and all money is used or returned', '', psql(['-c', 'SELECT * FROM states.faults() LIMIT 20']));
console.log(
  `# ${sequences.length} sequences (${alone} in order, ${sequences.length - alone} at the same time), ${told.length} of facts ` +
    `in ${((Date.now() - started) / 1000).toFixed(1)} s`,
);
const tally = (column, table) =>
  psql(['-c', `SELECT string_agg(${column} || ' ' || n, ', ' ORDER BY ${column})
    FROM (SELECT ${column}, count(*) AS n FROM public.${table} GROUP BY 1) AS counted`]);
console.log(`# orders: ${tally('status', 'orders')}`);
console.log(`# events: ${tally('outcome', 'payment_events')}`);
console.log('# states done');
process.exitCode = bad === 0 ? 0 : 1;
