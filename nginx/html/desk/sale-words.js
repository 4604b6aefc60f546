// What the screens of orders and of money share: where an order's show is, how its states look, and short names of long ids.
import { known } from '/shared/known.js';
import { element } from '/shared/element.js';
import { here, time } from '/shared/format.js';
import { t } from '/shared/texts.js';

export const SALE_STATES = ['pending', 'paid', 'partially_refunded', 'refunded', 'cancelled', 'expired'];
const STATES = {
  sale: { kinds: { paid: 'good', pending: 'warn', partially_refunded: 'good' }, text: (state) => t(`sale.state-${state}`) },
  seat: { kinds: { valid: 'good', pending: 'warn', void: 'bad' }, text: (state) => t(`seat.state-${state}`) },
  payback: { kinds: { done: 'good', pending: 'warn', failed: 'bad' }, text: (state) => t(`payback.state-${state}`) },
  outside: { kinds: { lost: 'bad', open: 'warn', pending: 'warn' }, text: (state) => t(`outside.state-${state}`) },
};

// The state of an order (sale), a ticket (seat), a refund (payback) or of money outside (outside).
export function stateTag(what, state) {
  const { kinds, text } = STATES[what];
  return element('span', { class: `tag ${kinds[state] ?? ''}` }, text(state));
}

// As people say it on the phone, and as the search finds it; the whole id is in the address. The first eight digits alone tell the minute:
// all orders of a minute share them.
export const shortId = (id) => id.slice(0, 13).toUpperCase();

export const saleLink = (id, text = shortId(id)) => element('a', { href: `/desk/orders/${id}`, class: 'code-name' }, text);

export const moment = (text) => element('time', { datetime: text, class: 'small quiet' }, here(text));

// {title, when} of a show; texts that say so when it is gone.
export async function placeOf(showId) {
  const { event, show } = await known(showId);
  return { title: event?.title ?? t('sale.gone'), when: show ? time(show.startsAt, event.timeZone) : '' };
}

export const seatsText = (tickets, most = 6) => {
  const names = tickets.slice(0, most).map(({ seatId }) => seatId).join(', ');
  return tickets.length > most ? t('sale.seats-more', { names, count: tickets.length - most }) : names;
};
