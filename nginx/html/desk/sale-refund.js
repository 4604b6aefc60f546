// Giving tickets of an order back: what it means and what it costs is said before, and what stands in its way is named.
import { newKey, post, Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { ask } from './ask.js';
import { tick } from './controls.js';

const sumOf = (tickets) => tickets.reduce((sum, { price }) => sum + price, 0);

// The seats that the service says stand in the way.
function namesOf(error, tickets) {
  const ids = error.body.tickets ?? [];
  return tickets.filter(({ id }) => ids.includes(id)).map(({ seatId }) => seatId).join(', ');
}

// → true when they were given back
export async function refundTickets(order, tickets) {
  const amount = money(sumOf(tickets), order.currency);
  const inside = tickets.filter(({ status }) => status === 'checked_in');
  const key = newKey(); // one for this question: pressed twice, or sent again after a broken line, it is one refund
  const blocked = element('p', { class: 'note bad', hidden: true });
  const send = async ({ force }) => {
    const body = { tickets: tickets.map(({ id }) => id), force: force === 'on' };
    try {
      await post(`/orders/${order.id}/refund`, body, { key: body.force ? `${key}-force` : key });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const names = namesOf(error, tickets);
      blocked.hidden = names === '';
      blocked.textContent = t('sale.in-the-way', { names });
      throw error;
    }
  };
  const done = await ask({
    title: t('sale.refund-title'),
    intro: [
      element('p', {}, t(sumOf(tickets) > 0 ? 'sale.refund-how' : 'sale.refund-free', { amount, count: tickets.length })),
      element('p', {}, element('strong', {}, tickets.map(({ seatId }) => seatId).join(', '))),
      blocked,
    ],
    fields: inside.length > 0 ? [tick({ name: 'force', label: t('sale.force', { count: inside.length }) })] : [],
    button: sumOf(tickets) > 0 ? t('sale.refund-yes', { amount }) : t('sale.refund-void'),
    send,
  });
  return done !== undefined;
}

// A refund that the provider refused is tried again. → when it was asked for
export function tryAgain(order, refund) {
  return post(`/orders/${order.id}/refund`, refund.tickets.length > 0 && order.status === 'partially_refunded' ? { tickets: refund.tickets } : {}, { key: newKey() });
}
