// Mails as they arrived: in the folder of a stack without SMTP_URL, or in the Maildir of a real SMTP server.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { state } from './stack.mjs';
import { until } from './world.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const PYTHON = '/usr/bin/python3'; // Debian's, which has python3-aiosmtpd

export function parseMail(bytes) {
  const run = spawnSync(PYTHON, [script('parse_mail.py')], { input: bytes, encoding: 'utf8', maxBuffer: 64 << 20 });
  assert.equal(run.status, 0, run.stderr);
  const mail = JSON.parse(run.stdout);
  assert.deepEqual(mail.defects, []);
  for (const line of bytes.toString('latin1').split(/\r?\n/)) assert.ok(line.length <= 998, 'a line is too long (RFC 5322)');
  return mail;
}

const read = (folder) =>
  (existsSync(folder) ? readdirSync(folder) : []).filter((name) => !name.startsWith('.')).map((name) => readFileSync(join(folder, name)));

// The mails to an address, parsed.
function to(folder, address) {
  return read(folder).filter((bytes) => bytes.includes(`<${address}>`)).map(parseMail);
}

const folder = join(state, 'mail');
export const mailsInFolder = (address) => to(folder, address);
// Mails of one kind leave in the order of their events, so those of a test before this one (a restart under load buys hundreds) come first.
export const untilMailed = (look, what) =>
  until(look, { what, every: 200, progress: () => (existsSync(folder) ? readdirSync(folder).length : 0) });

export class MailServer {
  async start(port = process.env.SMTP_PORT) {
    this.folder ??= mkdtempSync(join(tmpdir(), 'mail-'));
    this.process = spawn(PYTHON, [script('smtp_server.py'), port, join(this.folder, 'box')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      this.process.stdout.once('data', resolve);
      this.process.once('exit', (code) => reject(new Error(`the mail server ended with ${code}`)));
    });
    return this;
  }

  to(address) {
    return to(join(this.folder, 'box/new'), address);
  }

  stop() {
    this.process.removeAllListeners('exit');
    this.process.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
