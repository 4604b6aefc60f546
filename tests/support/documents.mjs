// Tickets as a gate and a printer see them: reads codes with zbarimg, pages with poppler, signatures with Node's own crypto.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000, maxBuffer: 64 << 20, ...options });
  if (result.error) throw result.error;
  assert.equal(result.status, 0, `${command} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

// Calls `use(path)` with a file of these bytes in a folder of its own, which is removed afterwards.
export function withFile(name, bytes, use) {
  const folder = mkdtempSync(join(tmpdir(), 'ticket-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return use(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The texts of all codes in a picture.
const scan = (path) => run('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', path]).trim().split('\n');

export const scanPng = (bytes) => withFile('code.png', bytes, scan);

export const scanSvg = (bytes) =>
  withFile('code.svg', bytes, (path, folder) => {
    run('rsvg-convert', ['-o', join(folder, 'code.png'), path]);
    return scan(join(folder, 'code.png'));
  });

// The codes of each page, printed at 150 dpi.
export const scanPdf = (bytes) =>
  withFile('pages.pdf', bytes, (path, folder) => {
    run('pdftoppm', ['-r', '150', '-png', path, join(folder, 'page')]);
    return readdirSync(folder).filter((name) => name.endsWith('.png')).sort().map((name) => scan(join(folder, name)));
  });

export const pdfText = (bytes) => withFile('pages.pdf', bytes, (path) => run('pdftotext', ['-layout', path, '-']));
export const pdfInfo = (bytes) => withFile('pages.pdf', bytes, (path) => run('pdfinfo', [path]));

// [{name, embedded}]
export const pdfFonts = (bytes) =>
  withFile('pages.pdf', bytes, (path) =>
    run('pdffonts', [path]).split('\n').slice(2).filter(Boolean).map((line) => {
      const [embedded] = line.match(/(yes|no) +(yes|no) +(yes|no)/).slice(1);
      return { name: line.split(' ')[0], embedded: embedded === 'yes' };
    }),
  );

const uuid = (hex) => hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// What a scanner built from the written format alone reads; null when the signature is not one of these keys'.
export function readQr(text, keys) {
  const match = /^T1(?<kid>[A-Z2-7]{3})(?<revision>[\w-]{2})(?<ids>[\w-]{43})(?<seat>~?[\w-]{1,14})(?<signature>[\w-]{86})$/.exec(text);
  const key = keys.find(({ kid }) => kid === match?.groups.kid);
  if (!key) return null;
  const { revision, ids, seat, signature } = match.groups;
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' });
  if (!verify(null, Buffer.from(text.slice(0, -86)), publicKey, Buffer.from(signature, 'base64url'))) return null;
  const hex = Buffer.from(ids, 'base64url').toString('hex');
  return {
    ticketId: uuid(hex.slice(0, 32)),
    showId: uuid(hex.slice(32)),
    seat,
    revision: digits.indexOf(revision[0]) * 64 + digits.indexOf(revision[1]),
    keyId: key.kid,
  };
}
