// The gate pack: what is needed to judge without a network. Its signature is verified, by a key of the pack before it or by one of its own:
// it comes straight from this service.
import { Problem, request } from '/shared/api.js';
import { verify } from './signature.js';
import { fromBase64url } from './code.js';
import { answered, ofShow, packOf, transact } from './store.js';

// The characters of the member `pack`, as they were sent.
const sent = (text) => text.slice('{"pack":'.length, text.lastIndexOf(',"keyId":'));

async function trusted(text, before) {
  const { pack, keyId, signature } = JSON.parse(text);
  const key = [...(before?.keys ?? []), ...pack.keys].find(({ kid }) => kid === keyId);
  const good = key && (await verify(key.x, `G1${sent(text)}`, fromBase64url(signature) ?? new Uint8Array(64)));
  if (good === false || key === undefined) throw new Error('the signature of the gate pack is wrong');
  return pack;
}

// What this device did is older than the pack, and the service knows of it: the pack says how it is now.
async function letGo(mine, key, asked) {
  const one = await answered(mine.get(key));
  if (one && !one.pending && one.at < asked) mine.delete(key);
}

async function replaceAll(stores, show, asked) {
  stores.marks.delete(ofShow(show));
  for (const one of await answered(stores.mine.getAll(ofShow(show)))) {
    if (!one.pending && one.at < asked) stores.mine.delete([show, one.ticket]);
  }
}

function write(pack, asked) {
  const show = pack.show.id;
  const marks = new Map();
  const mark = (ticket, what) => marks.set(ticket, { ...marks.get(ticket), ...what });
  for (const ticket of pack.valid) mark(ticket, {});
  for (const { ticketId, inside, checkedInAt, gate } of pack.checkedIn) mark(ticketId, { inside, at: Date.parse(checkedInAt), gate });
  for (const ticket of pack.void) mark(ticket, { void: true });
  for (const { ticketId, revision } of pack.revisions) mark(ticketId, { revision });
  return transact(['packs', 'marks', 'mine'], async (stores) => {
    if (pack.since === null) await replaceAll(stores, show, asked);
    for (const [ticket, what] of marks) {
      stores.marks.put({ show, ticket, ...what });
      if (pack.since !== null) await letGo(stores.mine, [show, ticket], asked);
    }
    stores.packs.put({ show, version: pack.version, about: pack.show, keys: pack.keys, at: Date.now() });
  });
}

// Fetches what has changed, or everything; → the pack without its lists.
export async function refresh(show, signal) {
  const before = await packOf(show);
  const asked = Date.now();
  const answer = await request('GET', `/shows/${show}/gate-pack${before ? `?since=${encodeURIComponent(before.version)}` : ''}`, { signal });
  const text = await answer.text().catch(() => Promise.reject(new Problem(0)));
  await write(await trusted(text, before), asked);
  return packOf(show);
}
