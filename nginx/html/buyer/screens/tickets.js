// All tickets that the account owns, and the field for the code of one that somebody passes on.
import { get, post } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { makeForm } from '/shared/forms.js';
import { known } from '/shared/known.js';
import { ticketCard } from '../ticket.js';

const PAGE = 50;
const UNKNOWN = { timeZone: 'UTC', transferable: false }; // of a show that was taken away

export async function render({ main, title, signal, again, query }) {
  title(t('tickets.title'));
  const { tickets, nextCursor } = await get(`/tickets?limit=${PAGE}${query.get('cursor') ? `&cursor=${encodeURIComponent(query.get('cursor'))}` : ''}`, { signal });
  const cards = await Promise.all(tickets.map(async (ticket) => {
    const { event } = await known(ticket.show.id);
    return ticketCard(ticket, { event: event ?? UNKNOWN, changed: again, withEvent: true });
  }));
  const claim = makeForm({
    fields: [field({ name: 'code', label: t('tickets.code'), hint: t('tickets.code-hint'), required: true, maxlength: 64, autocomplete: 'off' })],
    button: t('tickets.claim'),
    send: async ({ code }) => {
      await post('/tickets/claim', { code: code.trim() });
      await again();
    },
  });
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('tickets.title')),
    cards.length === 0 ? element('p', { class: 'note' }, t('tickets.none')) : element('ul', { class: 'tickets' }, cards),
    nextCursor ? element('div', {}, element('a', { class: 'button', href: `/tickets?cursor=${encodeURIComponent(nextCursor)}` }, t('events.more'))) : null,
    element('section', { class: 'card stack no-print' }, element('h2', {}, t('tickets.claim-title')), claim)));
}
