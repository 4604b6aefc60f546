// Saying by hand that money has come or was given back: a note, and the reference of the bank or the cash book.
import { post } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { ask } from './ask.js';
import { area } from './controls.js';
import { shortId } from './sale-words.js';

const fields = (hint) => [
  area({ name: 'how', label: t('hand.note'), hint, maxlength: 500, rows: 3, required: true }),
  field({ name: 'reference', label: t('hand.reference'), maxlength: 200, autocomplete: 'off' }),
];

const bodyOf = ({ how, reference }) => ({ note: how, reference: reference || null });

export function markPaid(order) {
  return ask({
    title: t('hand.paid-title'),
    intro: element('p', {}, t('hand.paid-how', { amount: money(order.total, order.currency), code: shortId(order.id) })),
    fields: fields(t('hand.paid-hint')),
    button: t('hand.paid-yes'),
    draft: `paid ${order.id}`,
    send: (values) => post(`/orders/${order.id}/mark-paid`, bodyOf(values)),
  });
}

// refund: as a list of refunds has it
export function markGiven(refund) {
  return ask({
    title: t('hand.given-title'),
    intro: element('p', {}, t('hand.given-how', { amount: money(refund.amount, refund.currency), code: shortId(refund.orderId) })),
    fields: fields(t('hand.given-hint')),
    button: t('hand.given-yes'),
    draft: `given ${refund.id}`,
    send: (values) => post(`/refunds/${refund.id}/mark-done`, bodyOf(values)),
  });
}
