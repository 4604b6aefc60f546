// The text on a ticket (docs/qr.html): what scanners add is taken off, and its parts are read strictly.
const SHAPE = /^T1([A-Z2-7]{3})([A-Za-z0-9_-]{2})([A-Za-z0-9_-]{43})(~?[A-Za-z0-9_-]{1,14})([A-Za-z0-9_-]{86})$/;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SHORTEST = 137;
const LONGEST = 150;
const SIGNATURE = 86; // characters

export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function strip(text) {
  return text.replace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '').replace(/^\]Q\d/, '').replace(/^[\s\uFEFF]+/, '');
}

// base64url without padding; null when it is not, or has another spelling too.
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const spare = { 0: 0, 2: 4, 3: 2 }[text.length % 4];
  if (spare > 0 && DIGITS.indexOf(text.at(-1)) & ((1 << spare) - 1)) return null;
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
}

const uuid = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

// {keyId, revision, ticketId, showId, seatId, cut: is the seat's beginning missing?, signed: text, signature: bytes}; null: no code of a ticket
export function parse(text) {
  const found = text.length < SHORTEST || text.length > LONGEST ? null : SHAPE.exec(text);
  if (found === null) return null;
  const [, keyId, revision, packed, seat, sealed] = found;
  const [ids, signature] = [fromBase64url(packed), fromBase64url(sealed)];
  if (ids === null || signature === null) return null;
  return {
    keyId,
    revision: DIGITS.indexOf(revision[0]) * 64 + DIGITS.indexOf(revision[1]),
    ticketId: uuid(ids.subarray(0, 16)),
    showId: uuid(ids.subarray(16)),
    seatId: seat.replace(/^~/, ''),
    cut: seat.startsWith('~'),
    signed: text.slice(0, -SIGNATURE),
    signature,
  };
}
