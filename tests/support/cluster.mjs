// A PostgreSQL server of a test's own: in a folder, run by a user that is not root.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const bin = join('/usr/lib/postgresql', readdirSync('/usr/lib/postgresql').sort((a, b) => Number(a) - Number(b)).at(-1), 'bin');
const asRoot = process.getuid() === 0;

// A command that must succeed; what it printed.
export function run(command, args, { input, cwd, env } = {}) {
  const done = spawnSync(command, args, { input, cwd, encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } });
  assert.equal(done.status, 0, `${command} ${args.join(' ')}: ${done.error ?? ''}${done.stdout}${done.stderr}`);
  return done.stdout;
}

// [command, arguments] for the user that servers run as, which root must not be.
export const asServer = (command, ...args) => (asRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args]);

// `folder` belongs to the server's user; its socket is there, its superuser is 'ticketing', whom it trusts there. With a `port` it also
// listens at 127.0.0.1, where it asks for passwords.
export class Cluster {
  constructor(folder, name, { port } = {}) {
    Object.assign(this, { folder, port, data: join(folder, name), log: join(folder, `${name}.log`) });
  }

  create() {
    if (asRoot) run('chown', ['postgres', this.folder]);
    this.program(
      'initdb',
      '-D',
      this.data,
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
      '-U',
      'ticketing',
      '-E',
      'UTF8',
      '--no-sync',
    );
    return this;
  }

  // One of PostgreSQL's own, on this server's machine and as its user.
  program(name, ...args) {
    run(...asServer(join(bin, name), ...args), { cwd: this.folder });
  }

  control(...args) {
    this.program('pg_ctl', '-D', this.data, '-w', '-l', this.log, ...args);
  }

  start() {
    const listen = this.port === undefined ? '-c listen_addresses=' : `-c listen_addresses=127.0.0.1 -c port=${this.port}`;
    this.control('-o', `-k ${this.folder} ${listen} -c fsync=off`, 'start');
  }

  // As the superuser: what psql prints.
  sql(text, database = 'ticketing') {
    const port = this.port === undefined ? [] : ['-p', String(this.port)];
    return run('psql', ['-h', this.folder, ...port, '-U', 'ticketing', '-d', database, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'], {
      input: text,
    });
  }
}
