// tests/bench/run: see README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LINES } from './lib/lines.mjs';
import { Failure, Measure } from './lib/measure.mjs';
import { about, machine, merge, table } from './lib/report.mjs';
import { Stack } from './lib/stack.mjs';
import { World } from './lib/world.mjs';

const names = LINES.map((line) => line.name);
const usage = `usage: tests/bench/run [--quick] [--only] [LINE…] [--json FILE] [--state DIR] [--build DIR] [--seconds S] [--repetitions N]
  --quick   every line for half a second, with less data; judges nothing, fails only when a request fails
  --state   use (or make) this state folder and leave the stack running: the next run needs no preparation
  --build   take the programs of that build folder as they are, instead of building Release in build/bench
       tests/bench/run --merge FILE…   the table of several runs' medians, from what --json wrote
lines: ${names.join(' ')}`;

function read() {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      only: { type: 'boolean' },
      help: { type: 'boolean' },
      merge: { type: 'boolean' },
      json: text,
      state: text,
      build: text,
      seconds: text,
      repetitions: text,
    },
  });
  if (values.merge) return { merge: positionals };
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such line: ${unknown.join(', ')}`);
  return { ...values, lines: positionals.length > 0 ? LINES.filter((line) => positionals.includes(line.name)) : LINES };
}

// `others`: 125 sold-out stadiums are 5,024,000 tickets.
function planOf({ quick, seconds, repetitions }) {
  const plan = quick
    ? {
        quick: true,
        seconds: 0.5,
        warmUp: 0.2,
        repetitions: 1,
        others: { shows: 10, map: 'theatre' },
        scans: 2000,
        live: { subscribers: 200, seconds: 1 },
      }
    : {
        seconds: 6,
        warmUp: 1,
        repetitions: 3,
        others: { shows: 125, map: 'stadium' },
        scans: 40192,
        live: { subscribers: 5000, seconds: 20 },
      };
  if (seconds !== undefined) plan.seconds = Number(seconds);
  if (repetitions !== undefined) plan.repetitions = Number(repetitions);
  if (!(plan.seconds > 0 && plan.seconds <= 60 && plan.repetitions >= 1 && plan.repetitions <= 4))
    throw new Error('--seconds is at most 60, --repetitions 1 to 4');
  return plan;
}

async function measureLine(line, measure) {
  const { name, title, says, target } = line;
  const began = Date.now();
  try {
    const result = await line.run(measure);
    return {
      name,
      title,
      says,
      target,
      ...result,
      met: line.met(result.value) === null ? null : line.met(result.value) && result.also !== false,
      seconds: (Date.now() - began) / 1000,
    };
  } catch (error) {
    return {
      name,
      title,
      says,
      target,
      failed: error instanceof Failure ? error.message : (error.stack ?? String(error)),
      met: false,
      seconds: (Date.now() - began) / 1000,
    };
  }
}

async function main(options) {
  const plan = planOf(options);
  const stack = new Stack({ state: options.state && resolve(options.state), build: options.build && resolve(options.build) });
  const stop = () => stack.down().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const results = [];
  let facts;
  try {
    process.stderr.write('building, starting and filling a stack\n');
    await stack.up();
    const world = new World(stack);
    await world.prepare(plan.scans);
    facts = await machine(stack);
    if (!facts.postgres.includes('fsync on, synchronous_commit on')) throw new Error(`this is no durable server: ${facts.postgres}`);
    const measure = new Measure(stack, world, plan);
    for (const line of options.lines) {
      const result = await measureLine(line, measure);
      process.stderr.write(`${line.name}: ${result.failed ?? `${result.value.toFixed(2)} (${result.seconds.toFixed(0)} s)`}\n`);
      results.push(result);
    }
    await stack.ticketctl(['check']); // throws, with the violations
  } finally {
    await stack.down();
  }
  console.log(`${table(results, !options.quick)}\n${about(facts)}`);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ machine: facts, quick: options.quick === true, plan, lines: results }, null, 2)}\n`);
  const bad = results.some((result) => result.failed !== undefined || (!options.quick && result.met === false));
  if (bad) process.exitCode = 1;
}

let options;
try {
  options = read();
} catch (error) {
  console.error(`${error.message}\n${usage}`);
  process.exit(2);
}
if (options.help) {
  console.log(usage);
} else if (options.merge) {
  const runs = options.merge.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  console.log(`${table(merge(runs, LINES), !runs.some((one) => one.quick))}\n${runs.map((one) => about(one.machine)).join('\n')}`);
} else {
  await main(options).catch((error) => {
    console.error(`tests/bench/run: ${error.message}`);
    process.exitCode = 1;
  });
}
