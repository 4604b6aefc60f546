// Running programs, and small arithmetic.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Starts a program: {child, done}; done resolves to {status, stdout, stderr}.
export function start(program, args, { input, env, cwd } = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const done = new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? signal, stdout, stderr }));
  });
  child.stdin.on('error', () => {}); // it ended without reading its input
  child.stdin.end(input ?? '');
  return { child, done };
}

// Runs a program to its end; throws with its last words when it failed.
export async function run(program, args, options) {
  const { status, stdout, stderr } = await start(program, args, options).done;
  if (status !== 0) {
    throw new Error(`${program} ${args[0] ?? ''} ended with ${status}: ${(stderr || stdout).trim().split('\n').slice(-12).join('\n')}`);
  }
  return stdout;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Nearest rank, as load_samples.c does it.
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

export const readWord = (file) => readFileSync(file, 'utf8').trim().split(/\s+/)[0];
