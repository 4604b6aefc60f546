// Ed25519 (RFC 8032) in the browser: by WebCrypto, else by the module that was installed with the decoder.
import { fromBase64url } from './code.js';

const FALLBACK = '/gate/made/noble/ed25519.js';
const keys = new Map(); // x → CryptoKey
let way; // a promise of (x, bytes, signature) → boolean; of null: nothing here can check

async function byWebCrypto(x, bytes, signature) {
  if (!keys.has(x)) keys.set(x, await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, { name: 'Ed25519' }, false, ['verify']));
  return crypto.subtle.verify({ name: 'Ed25519' }, keys.get(x), signature, bytes);
}

async function byModule() {
  const { verifyAsync } = await import(FALLBACK);
  return (x, bytes, signature) => verifyAsync(signature, bytes, fromBase64url(x), { zip215: false });
}

// The first test key of RFC 8032, 7.1: a browser that cannot read it has no Ed25519.
async function choose() {
  try {
    await byWebCrypto('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', new Uint8Array(1), new Uint8Array(64));
    return byWebCrypto;
  } catch {
    return globalThis.crypto?.subtle ? byModule().catch(() => null) : null;
  }
}

export async function canVerify() {
  way ??= choose();
  return (await way) !== null;
}

// true: genuine; false: not; null: this browser cannot tell
export async function verify(x, text, signature) {
  if (!(await canVerify())) return null;
  return (await way)(x, new TextEncoder().encode(text), signature).catch(() => false);
}
