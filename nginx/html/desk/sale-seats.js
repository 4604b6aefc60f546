// The tickets of an order on the desk: their states, giving some or all of them back, and taking an entry back.
import { api } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { actionButton } from './ask.js';
import { downloadButton } from './download.js';
import { refundTickets } from './sale-refund.js';
import { stateTag } from './sale-words.js';

async function undo(ticket) {
  const agreed = await confirm({ title: t('sale.undo-title', { seat: ticket.seatId }), text: t('sale.undo-how'), yes: t('sale.undo'), dangerous: true });
  if (agreed) await api('DELETE', `/tickets/${ticket.id}/checkin`);
}

function line(ticket, order, { returnable, changed }) {
  const id = `seat-${ticket.id}`;
  const box = returnable
    ? element('input', { type: 'checkbox', id, name: 'tickets', value: ticket.id, 'aria-label': t('sale.choose', { seat: ticket.seatId }) })
    : element('span', {});
  const back = async () => {
    try {
      await undo(ticket);
    } finally {
      await changed();
    }
  };
  return element('li', { data: { ticket: ticket.id } },
    box,
    element('div', {}, element('label', { for: returnable ? id : null }, ticket.seatId), ' ', element('span', { class: 'quiet small' }, ticket.zoneName ?? ticket.zone), ' ', stateTag('seat', ticket.status)),
    element('span', { class: 'number' }, money(ticket.price, order.currency)),
    returnable
      ? element('div', { class: 'under row' },
        downloadButton({ path: `/tickets/${ticket.id}/ticket.pdf`, name: `ticket-${ticket.seatId}.pdf`, text: t('sale.pdf'), accept: 'application/pdf' }),
        ticket.status === 'checked_in' ? actionButton(t('sale.undo'), back, 'small') : null)
      : null);
}

// changed(): reads the order again
export function seatsCard(order, changed) {
  const open = ['paid', 'partially_refunded'].includes(order.status);
  const returnable = ({ status }) => open && ['valid', 'checked_in'].includes(status);
  const there = order.tickets.filter(returnable);
  const list = element('ul', { class: there.length > 0 ? 'seats' : 'seats settled' }, order.tickets.map((ticket) => line(ticket, order, { returnable: returnable(ticket), changed })));
  const chosen = () => there.filter(({ id }) => list.querySelector(`#seat-${id}`).checked);
  const give = (tickets) => async () => {
    if (await refundTickets(order, tickets())) await changed();
  };
  const some = actionButton(t('sale.refund-none'), give(chosen));
  const count = () => {
    const { length } = chosen();
    some.disabled = length === 0;
    some.textContent = length === 0 ? t('sale.refund-none') : t('sale.refund-some', { count: length });
  };
  list.addEventListener('change', count);
  count();
  return element('section', { class: 'card stack', 'aria-labelledby': 'seats-title' },
    element('h2', { id: 'seats-title' }, t('sale.seats', { count: order.tickets.length })),
    list,
    there.length > 0 ? element('div', { class: 'row' }, some, actionButton(t('sale.refund-all'), give(() => there), 'danger')) : null);
}
