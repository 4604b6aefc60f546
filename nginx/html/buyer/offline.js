// What the pages show without a network: the tickets that this browser has kept.
import { element } from '/shared/element.js';
import { here } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { keptTickets } from './kept.js';
import { ticketCard } from './ticket.js';

// → true when there is something to show at this address
export async function renderOffline({ main, title }) {
  const order = /^\/orders\/(?<id>[^/]+)\/?$/.exec(location.pathname)?.groups.id;
  if (order === undefined && !/^\/tickets\/?$/.test(location.pathname)) return false;
  const kept = await keptTickets();
  const tickets = kept?.tickets.filter(({ ticket }) => order === undefined || ticket.orderId === order) ?? [];
  if (tickets.length === 0) return false;
  title(t('tickets.title'));
  main.replaceChildren(element('div', { class: 'wide stack', id: 'offline' },
    element('h1', { tabindex: '-1' }, t('tickets.title')),
    element('p', { class: 'note warn', role: 'status' }, t('tickets.offline', { when: here(kept.at) })),
    element('ul', { class: 'tickets' }, tickets.map(({ ticket, event, code }) => ticketCard(ticket, { event, code, withEvent: true })))));
  return true;
}
