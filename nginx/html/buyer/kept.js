// Tickets that were shown once, kept for a gate without a network: of one account, until it logs out or another one logs in.
// They lie in the browser's Cache Storage, which there is where the page came over TLS or from this machine.
const STORE = 'tickets';
const ADDRESS = '/kept-tickets.json'; // a name in the store; nothing is there for the network
const MOST = 100;
let turn = Promise.resolve(); // one change after the other

async function read() {
  const found = await (await caches.open(STORE)).match(ADDRESS);
  return found === undefined ? null : found.json();
}

async function write(kept) {
  await (await caches.open(STORE)).put(ADDRESS, new Response(JSON.stringify(kept)));
}

// Storage that is full or switched off keeps nothing: the tickets are on the page all the same.
function change(action) {
  if (!('caches' in globalThis)) return turn;
  turn = turn.then(action).catch(() => {});
  return turn;
}

// ticket, event: as the page shows them; code: the picture of its code, as SVG text
export function keepTicket(owner, ticket, event, code) {
  return change(async () => {
    const kept = await read();
    const others = kept?.owner === owner ? kept.tickets.filter((one) => one.ticket.id !== ticket.id) : [];
    await write({ owner, at: Date.now(), tickets: [{ ticket, event, code }, ...others].slice(0, MOST) });
  });
}

// A ticket that admits nobody any more, or somebody else.
export function dropTicket(id) {
  return change(async () => {
    const kept = await read();
    if (kept?.tickets.some(({ ticket }) => ticket.id === id)) await write({ ...kept, tickets: kept.tickets.filter(({ ticket }) => ticket.id !== id) });
  });
}

// Forgets the tickets of everybody but this account; null: of everybody.
export function forgetTickets(owner) {
  return change(async () => {
    const kept = await read();
    if (kept !== null && kept.owner !== owner) await caches.delete(STORE);
  });
}

// {at: ms, tickets: [{ticket, event, code}]}; null: none
export async function keptTickets() {
  if (!('caches' in globalThis)) return null;
  await turn;
  const kept = await read().catch(() => null);
  return kept?.tickets.length > 0 ? kept : null;
}
