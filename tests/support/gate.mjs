// A gate without a network: it knows nothing but its pack (and later ones), and verifies with Node's own Ed25519.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { sql } from './stack.mjs';
import { buy, createShow, registerUser, sleep, unique } from './world.mjs';

const bytes = (text) => Buffer.from(text, 'base64url');
const uuid = (raw) => raw.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const publicKey = ({ kty, crv, x }) => createPublicKey({ key: { kty, crv, x }, format: 'jwk' });

// The pack of an answer of GET /shows/:id/gate-pack, its signature verified over the characters that were sent.
export function openPack({ body, text }, keys = body.pack.keys) {
  const raw = text.slice('{"pack":'.length, text.lastIndexOf(',"keyId":'));
  assert.equal(raw, JSON.stringify(body.pack), 'the pack is compact JSON, so that it can be written again');
  const key = keys.find(({ kid }) => kid === body.keyId);
  assert.ok(key && verify(null, Buffer.from(`G1${raw}`), publicKey(key), bytes(body.signature)), 'the signature of the pack');
  return body.pack;
}

export class OfflineGate {
  constructor(name, answer) {
    this.name = name;
    this.scans = [];
    this.void = new Set();
    this.inside = new Map(); // ticket → inside?
    this.revisions = new Map();
    this.update(answer);
  }

  update(answer) {
    const pack = openPack(answer, this.keys);
    if (pack.since === null) {
      this.void.clear();
      this.inside.clear();
      this.revisions.clear();
    }
    for (const id of [...pack.void, ...pack.valid, ...pack.checkedIn.map(({ ticketId }) => ticketId)]) {
      this.void.delete(id);
      this.inside.delete(id);
    }
    for (const id of pack.void) this.void.add(id);
    for (const { ticketId, inside } of pack.checkedIn) this.inside.set(ticketId, inside);
    for (const { ticketId, revision } of pack.revisions) this.revisions.set(ticketId, revision);
    this.keys = pack.keys;
    this.show = pack.show;
    this.version = pack.version;
  }

  // Why the text is refused; undefined: it is good.
  judge(qr) {
    const shape = /^T1([A-Z2-7]{3})([A-Za-z0-9_-]{2})([A-Za-z0-9_-]{43})(~?[A-Za-z0-9_-]{1,14})([A-Za-z0-9_-]{86})$/.exec(qr);
    if (!shape) return 'malformed';
    const [, kid, revision, ids, , signature] = shape;
    const key = this.keys.find((one) => one.kid === kid);
    if (!key) return 'unknown key';
    if (!verify(null, Buffer.from(qr.slice(0, -86)), publicKey(key), bytes(signature))) return 'forged';
    if (bytes(signature).toString('base64url') !== signature || bytes(ids).toString('base64url') !== ids) return 'forged';
    const ticket = uuid(bytes(ids).subarray(0, 16));
    if (uuid(bytes(ids).subarray(16)) !== this.show.id) return 'wrong show';
    if (this.void.has(ticket)) return 'void';
    if (DIGITS.indexOf(revision[0]) * 64 + DIGITS.indexOf(revision[1]) < (this.revisions.get(ticket) ?? 0)) return 'passed on';
    if (this.inside.get(ticket)) return 'inside';
    this.inside.set(ticket, true);
    return undefined;
  }

  // Scans a text: true lets in. What it let in is kept for the upload.
  scan(qr, at = new Date()) {
    const refusal = this.judge(qr);
    if (refusal === undefined) {
      this.scans.push({ qr, scanId: unique(this.name), scannedAt: at.toISOString(), gate: this.name });
    }
    return refusal === undefined;
  }
}

export const pack = (who, show, since) => who.get(`/shows/${show.id}/gate-pack`, { expect: 200, ...(since && { query: { since } }) });
// 503 and 429 say to come again: many gates at the same tickets may wait for one another longer than a busy machine
// allows. A scanId makes that safe.
export async function untilAnswered(ask) {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (![429, 503].includes(answer.status) || tries === 30) return answer;
    await sleep(1000);
  }
}

export async function upload(who, scans, options) {
  const answer = await untilAnswered(() =>
    who.post('/checkins/batch', { scans }, { expect: [200, 429, 503], timeout: 120_000, ...options }),
  );
  assert.equal(answer.status, 200, answer.text);
  return answer.body.results;
}

// All tickets of a buyer, with their codes.
export async function ticketsOf(user) {
  const tickets = [];
  let cursor;
  do {
    const { body } = await user.api.get('/tickets', { query: { limit: 100, ...(cursor && { cursor }) }, expect: 200 });
    tickets.push(...body.tickets);
    cursor = body.nextCursor;
  } while (cursor);
  return tickets;
}

// A show in the theatre with `count` sold tickets (a multiple of ten): {show, user, tickets}.
export async function fullHouse(count, fields = {}) {
  const [user, show] = [await registerUser(), await createShow({ seatMapId: 'theatre', ...fields })];
  const { body } = await user.api.get(`/shows/${show.id}/seatmap`, { expect: 200 });
  const seats = body.seats.slice(0, count).map(({ seatId }) => seatId);
  for (let i = 0; i < count; i += 10) await buy(user, show, seats.slice(i, i + 10));
  // Bought in time: an entry is never before the purchase.
  sql(`UPDATE orders SET created_at = created_at - interval '1 day', paid_at = paid_at - interval '1 day' WHERE show_id = '${show.id}'`);
  return { user, show, tickets: await ticketsOf(user) };
}
