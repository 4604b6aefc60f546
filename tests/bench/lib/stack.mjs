// The stack under test: built, started by nginx/ticketctl with a state folder of its own, and given two more locations of the same nginx:
// the null responder and files.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { RESPONDERS } from '../../support/responders.mjs';
import { readWord, root, run, sleep, start } from './tools.mjs';


const readWorkers = (master) => readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');

// An old worker of nginx still accepts connections for a moment after the new ones do; it would close them after their next answer.
function acceptsNoMore(worker) {
  try {
    return /shutting down/.test(readFileSync(`/proc/${worker}/cmdline`, 'utf8'));
  } catch {
    return true; // it has ended
  }
}

export class Stack {
  // options: state (kept and left running; else a temporary one), build (take its programs as they are)
  constructor({ state, build }) {
    this.keep = state !== undefined;
    this.state = state ?? mkdtempSync('/tmp/ticketing-bench.');
    mkdirSync(this.state, { recursive: true });
    chmodSync(this.state, 0o755);
    this.ready = build !== undefined;
    this.build = build ?? join(root, 'build/bench');
    this.folder = join(this.state, 'bench');
    mkdirSync(join(this.folder, 'static'), { recursive: true });
    this.tools = join(this.build, 'tests/bench');
  }

  async up() {
    if (!this.ready) {
      await this.compile();
    }
    const known = existsSync(join(this.folder, 'port')) ? Number(readWord(join(this.folder, 'port'))) : undefined;
    this.port = known ?? (await freePort());
    writeFileSync(join(this.folder, 'port'), `${this.port}\n`);
    this.url = `http://127.0.0.1:${this.port}`;
    this.started = true;
    await this.ticketctl(['up', '--no-demo']);
    this.run = realpathSync(join(this.state, 'run'));
    this.databaseUrls = {};
    for (const name of RESPONDERS) {
      this.databaseUrls[name] = (await this.ticketctl(['url', name])).trim();
    }
    await this.extend();
  }

  // By a connection of its own: nginx is about to be stopped or reloaded, which ends idle ones.
  get(path) {
    return fetch(`${this.url}${path}`, { headers: { connection: 'close' } });
  }

  // Seconds from `ticketctl up` with nothing running to the first answer.
  async warmStart() {
    this.null.kill('SIGTERM');
    await this.ticketctl(['down']);
    const began = performance.now();
    await this.ticketctl(['up', '--no-demo']);
    const answer = await this.get('/api/events');
    const took = (performance.now() - began) / 1000;
    if (answer.status !== 200) throw new Error(`after a warm up GET /api/events is answered ${answer.status}`);
    await this.extend();
    return took;
  }

  async compile() {
    const cache = join(this.build, 'CMakeCache.txt');
    if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${root}\n`)) {
      rmSync(this.build, { recursive: true });
    }
    await run('cmake', ['-S', root, '-B', this.build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release']);
    await run('cmake', ['--build', this.build, '--target', 'fcgi/all', 'tests/bench/all']);
  }

  environment() {
    return {
      TICKETING_STATE: this.state,
      PORT: String(this.port),
      RATE_LIMITS: 'off',
      TICKETING_BUILD: 'off',
      TICKETING_BUILD_DIR: this.build,
    };
  }

  ticketctl(args, input) {
    return run(join(root, 'nginx/ticketctl'), args, { env: this.environment(), input });
  }

  // SQL as the owner: rows as arrays of texts.
  async sql(text) {
    const output = await this.ticketctl(['psql', '-X', '-A', '-t', '-q', '-F', '\t', '-v', 'ON_ERROR_STOP=1'], text);
    return output.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
  }

  // The null responder and the files are served by the very nginx that serves the stack, with an upstream like the others.
  async extend() {
    const socket = join(this.run, 'null.sock');
    const gateway = join(this.state, 'nginx/gateway.conf');
    const before = readFileSync(gateway, 'utf8');
    const upstream = before.match(/^ *upstream ticketing_events.*$/m)?.[0];
    const include = before.match(/^ *include \S*\/nginx\/locations\.conf;$/m)?.[0];
    if (upstream === undefined || include === undefined) {
      throw new Error(`${gateway} has another shape than lib/stack.mjs knows`);
    }
    const locations = join(this.folder, 'locations.conf');
    writeFileSync(
      locations,
      `${this.nullLocation()}
location ^~ /bench-static/ {
    alias ${this.folder}/static/;
    include ${this.state}/nginx/headers.conf;
    add_header Cache-Control no-store always;
}
`,
    );
    this.startNull(socket);
    if (!before.includes('ticketing_null')) {
      const nullUpstream = upstream.replace('ticketing_events', 'ticketing_null').replace(/unix:\S+/, `unix:${socket}`);
      writeFileSync(
        gateway,
        before.replace(upstream, `${upstream}\n${nullUpstream}`).replace(include, `include ${locations};\n${include}`),
      );
    }
    const master = Number(readWord(join(this.state, 'pid/nginx.pid')));
    const workers = readWorkers(master);
    process.kill(master, 'SIGHUP');
    for (let i = 0; i < 100; i++) {
      const answer = await this.get('/api/null/7');
      if (answer.status === 200 && (await answer.text()).length === 7 && workers.every(acceptsNoMore)) return;
      await sleep(100);
    }
    throw new Error('nginx does not reach the null responder');
  }

  // The location of availability, with all its directives, but for another path and upstream.
  nullLocation() {
    const rendered = readFileSync(join(this.state, 'nginx/locations.conf'), 'utf8');
    const found = rendered.match(/^location ~ \^\/api\(\?<rest>\/shows\/\[\^\/\]\+\/availability\)\$ \{[^}]*\}/m)?.[0];
    if (found === undefined || !found.includes('fastcgi_pass ticketing_events;')) {
      throw new Error('nginx/locations.conf has another location for availability than lib/stack.mjs knows');
    }
    return found.replace(/^.*$/m, 'location ~ ^/api(?<rest>/null/[0-9]+)$ {').replace('ticketing_events', 'ticketing_null');
  }

  startNull(socket) {
    rmSync(socket, { force: true });
    const threads = '64'; // as THREADS of the others
    this.null = spawn(
      'spawn-fcgi',
      ['-n', '-s', socket, '-M', '0666', '-b', '4096', '--', join(this.tools, 'bench_null_responder'), threads],
      {
        stdio: 'ignore',
      },
    );
  }

  // Resident memory of the four responders in MB: {rss, pss, each: 'auth 12.3, …'}.
  memory() {
    const megabytes = (text, name) => (Number(text.match(new RegExp(`^${name}: +(\\d+)`, 'm'))[1]) * 1024) / 1e6;
    const all = RESPONDERS.map((name) => {
      const texts = children(Number(readWord(join(this.state, `pid/${name}.pid`)))).map((pid) =>
        readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'),
      );
      const sum = (what) => texts.reduce((total, text) => total + megabytes(text, what), 0);
      return { name, rss: sum('Rss'), pss: sum('Pss') };
    });
    const sum = (what) => all.reduce((total, one) => total + one[what], 0);
    return { rss: sum('rss'), pss: sum('pss'), each: all.map(({ name, rss }) => `${name} ${rss.toFixed(1)}`).join(', ') };
  }

  staticFile(bytes) {
    writeFileSync(join(this.folder, 'static', `${bytes}.json`), ' '.repeat(bytes), { mode: 0o644 });
    return `/bench-static/${bytes}.json`;
  }

  // What sanitizers wrote to the responders' logs, when the programs were built with them.
  complaints() {
    return RESPONDERS.map((name) => join(this.state, `log/${name}.log`))
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => /Sanitizer|runtime error:/.test(line)));
  }

  // Ends a stack of our own; the run fails when a sanitizer complained.
  async down() {
    this.null?.kill('SIGTERM');
    if (this.keep) return;
    if (this.started) {
      await start(join(root, 'nginx/ticketctl'), ['down'], { env: this.environment() }).done;
    }
    for (const line of this.complaints()) {
      console.error(line);
      process.exitCode = 1;
    }
    rmSync(this.state, { recursive: true, force: true });
  }
}

// The processes that a multiwatch runs.
function children(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1]) === pid;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
