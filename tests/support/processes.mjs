// The processes of the stack. A responder is the child of its multiwatch, whose id is the first word of the pid file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { state } from './stack.mjs';
import { until } from './world.mjs';

export { RESPONDERS } from './responders.mjs';

export function watcher(name, folder = state) {
  return Number(readFileSync(join(folder, 'pid', `${name}.pid`), 'utf8').trim().split(/\s+/)[0]);
}

// The ids of the responder's processes, read from /proc.
export function responders(name, folder = state) {
  const pid = watcher(name, folder);
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  } catch {
    return [];
  }
}

// kill -9, then waits until multiwatch has started another one; resolves to its process id.
export async function killAndWait(name) {
  const [pid] = responders(name);
  process.kill(pid, 'SIGKILL');
  return until(() => responders(name).find((other) => other !== pid), { what: `a new ${name} responder`, every: 10 });
}

export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} is no more than this:\n${status}`);
  return Number(kilobytes) * 1024;
}
