// A further events responder beside the one of a stack, as on another host: the same program and settings, another socket.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from './fastcgi.mjs';
import { newFolder } from './stack.mjs';
import { until } from './world.mjs';

// The settings that a process was started with.
export function environmentOf(pid) {
  const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

// pid: of the responder to be like. → {ask(path, headers), pid, stop()}
export async function secondEvents(pid, settings = {}) {
  const folder = newFolder('second');
  const socket = join(folder, 'events.sock');
  const env = { ...environmentOf(pid), RUN_DIRECTORY: folder, ...settings };
  const child = spawn('spawn-fcgi', ['-n', '-s', socket, '-b', '1024', '--', readlinkSync(`/proc/${pid}/exe`)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-20_000);
  });
  await until(() => ask(socket, '/-/ready').then(({ status }) => status === 200, () => false), { what: 'a second events responder' });
  return {
    pid: child.pid,
    log: () => log,
    ask: (path, headers) => ask(socket, path, headers),
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
