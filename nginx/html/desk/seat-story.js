// What stands behind a seat: who holds it or bought it, when that person came in, and whose it was before. Shown when a seat is chosen on the
// map or in the list.
import { get } from '/shared/api.js';
import { show as showDialog } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { clock, here, money, shortDay } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { saleLink } from './sale-words.js';

const facts = (rows) => element('dl', { class: 'facts' }, rows.map(([key, ...values]) => [element('dt', {}, t(key)), element('dd', {}, ...values)]));
const person = ({ name, email }) => [name, email].filter(Boolean).join(' · ') || t('live.unknown-person');

function ticketFacts(ticket, zone) {
  const when = (moment) => `${shortDay(moment, zone)}, ${clock(moment, zone)}`;
  const rows = [
    ['live.buyer', person(ticket.buyer)],
    ['live.order', saleLink(ticket.orderId)],
    ['live.ticket', t(`live.ticket-${ticket.ticketStatus}`), ' · ', money(ticket.price, ticket.currency)],
    ticket.paidAt ? ['live.paid-at', here(ticket.paidAt)] : ['live.ordered-at', here(ticket.createdAt)],
  ];
  if (ticket.checkedInAt) rows.push(['live.came-at', when(ticket.checkedInAt)]);
  return facts(rows);
}

function story(behind, zone) {
  const { heldUntil, heldBy, ticket, earlier } = behind;
  const parts = [];
  if (heldUntil) parts.push(facts([['live.held-until', here(heldUntil)], ['live.held-by', heldBy ? person(heldBy) : t('live.unknown-person')]]));
  if (ticket) parts.push(ticketFacts(ticket, zone));
  if (parts.length === 0) parts.push(element('p', { class: 'quiet' }, t('live.nobody')));
  if (earlier.length > 0) parts.push(element('h3', {}, t('live.earlier-tickets')), ...earlier.map((one) => ticketFacts(one, zone)));
  return parts;
}

const LETTERS = { available: 'a', held: 'h', sold: 's' };

// given: show, event, seat (of the seat map), letter: its state as the map shows it, zoneName, signal
export async function tellSeat({ show, event, seat, letter, zoneName, signal }) {
  const state = element('span', { class: 'tag' }, t(`live.state-${letter}`));
  const place = element('div', { class: 'stack', 'aria-live': 'polite' }, element('p', { class: 'quiet' }, t('app.loading')));
  const dialog = showDialog(t('live.seat', { seat: seat.seatId }),
    element('p', { class: 'row' }, state, element('span', {}, `${zoneName ?? seat.zone} · ${t('seat.row', { row: seat.row })} · ${t('seat.number', { number: String(seat.number) })} · ${money(seat.price, show.currency)}`)), place);
  dialog.addEventListener('click', (click) => click.target.closest('a') && dialog.close());
  try {
    const behind = await get(`/shows/${show.id}/seats/${encodeURIComponent(seat.seatId)}`, { signal });
    state.textContent = t(`live.state-${behind.state === 'sold' && behind.ticket?.checkedInAt ? 'c' : LETTERS[behind.state]}`);
    place.replaceChildren(...story(behind, event.timeZone));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(element('p', { class: 'note bad' }, error.text ?? t('app.broken')));
  }
}
