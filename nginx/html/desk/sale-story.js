// All that happened to an order, in its order: made, paid, given back, scanned, changed by whom.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { moment } from './sale-words.js';

const SCANS = 20; // tickets whose entry is looked up

function ofOrder(order) {
  const amount = (value) => money(value, order.currency);
  const refunds = (order.refunds ?? []).flatMap((refund) => [
    { at: refund.createdAt, text: t('story.refund', { amount: amount(refund.amount) }), kind: 'warn' },
    refund.doneAt ? { at: refund.doneAt, text: t('story.refund-done', { amount: amount(refund.amount) }), kind: 'good' } : null,
  ]);
  const outside = (order.outsideMoney ?? []).map((one) => ({ at: one.updatedAt, text: t('story.outside', { amount: amount(one.amount) }), more: one.reference, kind: 'bad' }));
  return [
    { at: order.createdAt, text: t('story.made') },
    order.paidAt ? { at: order.paidAt, text: t('story.paid', { amount: amount(order.total) }), kind: 'good' } : null,
    order.status === 'expired' && order.expiresAt ? { at: order.expiresAt, text: t('story.expired'), kind: 'warn' } : null,
    ...refunds,
    ...outside,
  ];
}

async function ofTickets(order, signal) {
  const inside = order.tickets.filter(({ status }) => status === 'checked_in').slice(0, SCANS);
  const tickets = await Promise.all(inside.map(({ id }) => get(`/tickets/${id}`, { signal }).catch(() => null)));
  return tickets.filter((ticket) => ticket?.checkedInAt).map(({ seatId, checkedInAt, gate }) => (
    { at: checkedInAt, text: t('story.inside', { seat: seatId }), more: gate ? t('story.gate', { gate }) : '', kind: 'good' }));
}

export async function storyOf(order, signal) {
  const entries = [...ofOrder(order), ...(await ofTickets(order, signal))].filter(Boolean).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return element('section', { class: 'card stack', 'aria-labelledby': 'story-title' },
    element('h2', { id: 'story-title' }, t('story.title')),
    element('ol', { class: 'story' }, entries.map(({ at, text, more, kind }) => element('li', { class: kind }, element('span', {}, text), more ? element('span', { class: 'small quiet' }, more) : null, moment(at)))));
}
