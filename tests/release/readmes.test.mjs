// Every command that a README names is run, in a copy of the checkout and on a stack of its own, with the programs as they are shipped
// (RELEASE: the folder they were built in; BUILD: the one with the tests). What a README shows of the answers is compared.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, prepareStack } from '../support/own_stack.mjs';
import { programExists, programsOf, shellOf } from '../support/readme.mjs';
import { newFolder, root, setting, sql } from '../support/stack.mjs';

// What cannot be run here, and why. Such a line is still parsed, and its program has to be there.
const NOT_RUN = [
  [/^(\.\/)?tests\/run\b/, 'it is what runs this test'],
  [/^tests\/bench\/run( --quick)?( +#.*)?$/, 'twenty minutes; the suite bench runs every line with --quick'],
  [/^tests\/fuzz\/run\b/, 'the suite fuzz runs it'],
  [/\btests\/schema\/run\.sh$/, 'the suite schema runs it'],
  [/\bstudio\b/, 'it stays until Ctrl-C; studio.test runs it'],
  [/^npm install --package-lock-only /, 'it asks the registry for newer versions'],
  [/^node tests\/bench\/map\.mjs /, 'it measures a running stack'],
  [/^npm ci$/, 'it needs the network; tests/run does it where it is missing'],
  [/^(systemctl|adduser) /, 'it changes the machine'],
  [/^perf record /, 'it watches the kernel of the whole machine'],
  [/^(sqitch rework|cmake --install)$/, 'it stands for a whole line'],
];

// On machines without systemd these are not there either.
const MAY_BE_MISSING = ['systemctl', 'perf'];

const scratch = newFolder('readmes');
const [checkout, state] = [join(scratch, 'checkout'), join(scratch, 'state')];
let env;
let base;

const run = (command, args, options) => spawnSync(command, args, { encoding: 'utf8', timeout: 120_000, cwd: checkout, env, ...options });

function ok(command, args, options) {
  const { status, stdout, stderr } = run(command, args, options);
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout.trim();
}

// An empty database in the stack's cluster, and its URL.
function newDatabase(name) {
  sql(`CREATE DATABASE ${name}`, state);
  return ok('ticketctl', ['url']).replace(/\/ticketing(?=\?|$)/, `/${name}`);
}

// What a reader would put in place of a README's examples.
let replacements;

// Some line of the benchmark, for half a second, on one stack for all such commands.
function quickBench(line) {
  const command = line.replace(/ *\[LINE…\]/, '').replace(/ *#.*/, '');
  const more = [/holds/.test(command) ? '' : 'start', /--state/.test(command) ? '' : '--state DIR'];
  return [command, ...more, '--quick --build', process.env.RELEASE].join(' ');
}

function asTyped(line) {
  return replacements.reduce((text, [pattern, value]) => text.replaceAll(pattern, typeof value === 'function' ? value : () => value), line);
}

// What a README says, or promises, that a command prints.
const PRINTS = [
  [/^openssl rand -hex 32/, /^[0-9a-f]{64}\n$/],
  [/^SCRIPT_NAME=.*cgi-fcgi/, /^Status: 401[^]*"code":"UNAUTHORIZED"/],
  [/^ctest /, /100% tests passed/],
  [/tests\/bench\/run --merge/, /\| a warm `ticketctl up`, to the first answer/],
  [/sqitch deploy/, /\+ \w+ \.+ ok/],
  [/--settings$/, /^# All responders: .*\nDATABASE_URL=$/m],
  [/sqitch add/, /Added "\w+/],
  [/\.seats \| length/, /\b150\b/],
  [/register/, /"roles": ?\["user"\]/],
  [/argjson mine/, /("seatId": ?"\w+",\s*"state": ?"held"\s*\}\s*\{?\s*){2}/],
  [/-X DELETE/, /\b204\b/],
  [/tickets\/\$TICKET -H/, /"status": ?"valid"/],
  [/checkin.*South/, /"alreadyCheckedIn": ?false[^]*"alreadyCheckedIn": ?true/],
  [/checkin.*South/, /"gate": ?"North"[^]*"gate": ?"North"/],
];

// A responder that stays in the foreground is started with its settings, and ended with its README.
const inForeground = (line) => /^spawn-fcgi -n /.test(line);
const servers = [];

async function start(line) {
  const settings = { DATABASE_URL: ok('ticketctl', ['url', 'auth']), JWT_SECRET: setting('JWT_SECRET', state), PUBLIC_URL: base };
  const child = spawn('bash', ['-c', `exec ${line}`], {
    cwd: checkout,
    env: { ...env, ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  servers.push(child);
  const socket = /-s (\S+)/.exec(line)[1];
  for (let left = 100; left > 0 && !existsSync(socket); left -= 1) await new Promise((resolve) => { setTimeout(resolve, 100); });
  assert.ok(existsSync(socket), line);
}

function endServers() {
  for (const child of servers.splice(0)) child.kill('SIGTERM');
}

function onlyParsed(line, reason) {
  assert.equal(run('bash', ['-n', '-c', line]).status, 0, `${line}: cannot be parsed`);
  for (const program of programsOf(line)) {
    assert.ok(MAY_BE_MISSING.includes(program) || programExists(program, checkout, env.PATH), `${line}: there is no ${program}`);
  }
  console.log(`# not run (${reason}): ${line}`);
}

function inShell(lines) {
  const script = lines.map(asTyped).join('\n');
  // What a person sees on one terminal: standard error is a pipe too, which `tee /dev/stderr` can open.
  const { stdout } = run('bash', ['-c', '{ bash -eu -o pipefail -c "$1"; echo "exit $?"; } 2>&1 | cat', 'readme', script]);
  assert.match(stdout, /exit 0\n$/, `${script}\n${stdout}`);
  const answer = stdout.replace(/exit 0\n$/, '');
  for (const line of lines) {
    for (const [, wanted] of PRINTS.filter(([pattern]) => pattern.test(line))) assert.match(answer, wanted, line);
  }
}

before(async () => {
  mkdirSync(join(scratch, 'tmp'));
  for (const folder of [checkout, join(scratch, 'units')]) mkdirSync(folder);
  const copied = spawnSync(
    'bash',
    [
      '-c',
      'git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - | tar -x -C "$1"',
      'copy',
      checkout,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  assert.equal(copied.status, 0, copied.stderr);
  mkdirSync(join(checkout, 'build'));
  symlinkSync(process.env.RELEASE, join(checkout, 'build/release'));
  symlinkSync(join(process.env.RELEASE, 'fcgi'), join(checkout, 'build/fcgi'));
  symlinkSync(process.env.BUILD, join(checkout, 'build/sanitize'));
  symlinkSync(join(root, 'tests/node_modules'), join(checkout, 'tests/node_modules'));
  symlinkSync(state, join(checkout, 'var'));
  prepareStack(state);
  const [port, other] = [await freePort(), await freePort()];
  base = `http://127.0.0.1:${port}`;
  env = {
    PATH: `${join(checkout, 'nginx')}:${join(process.env.RELEASE, 'fcgi')}:${process.env.PATH}`,
    HOME: scratch,
    TICKETING_STATE: state,
    PORT: String(port),
    RATE_LIMITS: 'off',
    TICKETING_BUILD: 'off',
    TICKETING_BUILD_DIR: process.env.RELEASE,
    SQITCH_FULLNAME: 'A Reader',
    SQITCH_EMAIL: 'reader@example.com',
    CMAKE_BUILD_TYPE: 'Debug',
    CMAKE_BUILD_PARALLEL_LEVEL: '2',
    CMAKE_GENERATOR: 'Ninja',
  };
  ok('ticketctl', ['up']);
  env.STAFF_PASSWORD = setting('DEMO_STAFF_PASSWORD', state);
  replacements = [
    [/(?<=[ =])\/tmp\//g, `${scratch}/tmp/`],
    [/http:\/\/(localhost|127\.0\.0\.1):4000/g, base],
    ['PORT=4001', `PORT=${other}`],
    [/DATABASE_URL=postgresql:\/\/…/g, () => `DATABASE_URL='${newDatabase('migrated')}'`],
    ['db:$DATABASE_URL', () => `db:'${newDatabase('by_hand')}'`],
    [/^ticketctl restore/g, () => `DATABASE_URL='${newDatabase('restored')}' ticketctl restore`],
    ['/opt/ticketing', join(scratch, 'opt')],
    ['/etc/systemd/system', join(scratch, 'units')],
    ['/run/ticketing', join(scratch, 'run')],
    ['-B build ', '-B build/new '],
    ['--build build ', '--build build/new '],
    ['--install build ', '--install build/new '],
    ['check|load FILE…', 'check seatmaps/m1.json'],
    [/^tests\/bench\/run(?! --merge).*/g, quickBench],
    [/\bDIR\b/g, join(scratch, 'bench')],
    [/^ticketing-keys FILE/g, `ticketing-keys ${scratch}/tickets.json`],
    [/\bFILE…?/g, join(scratch, 'file')],
    [/\bNAME\b/g, 'one_more'],
  ];
});

after(() => {
  endServers();
  for (const folder of [state, join(scratch, 'bench')]) {
    if (existsSync(folder)) ok('ticketctl', ['down'], { env: { ...env, TICKETING_STATE: folder } });
  }
  rmSync(scratch, { recursive: true, force: true });
});

const readmes = spawnSync('git', ['ls-files', '*README.md'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n');

for (const readme of readmes) {
  test(`${readme}: its commands run`, async () => {
    const done = new Set();
    for (const { lines } of shellOf(readFileSync(join(root, readme), 'utf8'))) {
      const runnable = lines.filter((line) => {
        const why = NOT_RUN.find(([pattern]) => pattern.test(line));
        if (why) onlyParsed(line, why[1]);
        return !why;
      });
      if (runnable.length === 1 && inForeground(runnable[0])) {
        await start(asTyped(runnable[0]));
      } else if (runnable.length > 0 && !done.has(runnable.join('\n'))) {
        const began = Date.now();
        inShell(runnable);
        console.log(
          `# ${((Date.now() - began) / 1000).toFixed(1)} s: ${runnable.length > 2 ? `${runnable.length} lines` : runnable.join('; ')}`,
        );
      }
      done.add(runnable.join('\n'));
    }
    endServers();
    ok('ticketctl', ['up']); // what a README has stopped or moved
  });
}

test('ticketctl help lists every verb that the README tells of', () => {
  const [, told] = /`ticketctl help` lists the\s+other\s+verbs: ([^]*?)\. /.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  const verbs = [...told.matchAll(/`([^`]+)`/g)].map(([, verb]) => verb);
  assert.ok(verbs.length >= 10, told);
  const help = ok('ticketctl', ['help']).split('\n');
  for (const verb of verbs) assert.ok(help.some((line) => line.startsWith(`  ${verb}`)), verb);
});
