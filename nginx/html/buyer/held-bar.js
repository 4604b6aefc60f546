// A bar under the menu, on every other page: seats that are held for the buyer and orders that wait for their payment, with the time left
// and the way back to them.
import { get, now } from '/shared/api.js';
import { element } from '/shared/element.js';
import { countdown } from '/shared/format.js';
import { t } from '/shared/texts.js';

const FRESH_MS = 10_000;
const LOOKED_AT = 5; // of the newest orders
const MOST = 3; // lines

let found = { owner: null, at: 0, items: [] };
let timer;

async function read(user) {
  const query = user.roles.includes('admin') ? `&user=${user.id}` : ''; // an admin is shown everybody's otherwise
  const [{ holds }, { orders }] = await Promise.all([get('/holds'), get(`/orders?limit=${LOOKED_AT}${query}`)]);
  return [
    ...holds.map(({ showId, seats, expiresAt }) => ({ href: `/shows/${showId}`, text: t('held.seats', { count: seats.length }), until: expiresAt })),
    ...orders.filter(({ status, expiresAt }) => status === 'pending' && expiresAt)
      .map(({ id, tickets, expiresAt }) => ({ href: `/orders/${id}`, text: t('held.order', { count: tickets.length }), until: Date.parse(expiresAt) })),
  ].slice(0, MOST);
}

function place() {
  const bar = document.getElementById('held');
  if (bar !== null) return bar;
  const made = element('aside', { id: 'held', class: 'held-bar', hidden: true, 'aria-label': t('held.title') });
  document.getElementById('bar').after(made);
  return made;
}

function draw() {
  clearInterval(timer);
  const bar = place();
  const items = found.items.filter(({ href, until }) => until > now() && href !== location.pathname.replace(/\/$/, ''));
  const lefts = items.map(({ until }) => [element('span', { class: 'number' }), until]);
  bar.hidden = items.length === 0;
  bar.replaceChildren(...items.map(({ href, text }, index) => element('a', { class: 'wide', href }, element('span', {}, text), lefts[index][0])));
  const tick = () => {
    for (const [left, until] of lefts) left.textContent = countdown(until - now());
    if (lefts.some(([, until]) => until <= now())) draw();
  };
  tick();
  if (items.length > 0) timer = setInterval(tick, 500);
}

// Called at each address, with the user or null. What cannot be asked for just now is shown at the next one.
export async function showHeld(user) {
  if (user?.id !== found.owner) found = { owner: user?.id ?? null, at: 0, items: [] };
  draw();
  if (user === null || Date.now() - found.at < FRESH_MS) return;
  const items = await read(user).catch(() => null);
  if (items === null || found.owner !== user.id) return;
  found = { owner: user.id, at: Date.now(), items };
  draw();
}

// Something was held, given back, ordered or paid: the next look asks anew.
export function heldChanged() {
  found.at = 0;
}
