// The money of an order: what came, what goes back and how far that is, what the payment's provider says went elsewhere, and what is left.
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { actionButton } from './ask.js';
import { markGiven } from './sale-payment.js';
import { tryAgain } from './sale-refund.js';
import { moment, stateTag } from './sale-words.js';

const CAME = ['succeeded', 'partially_refunded', 'refunded'];

function sums(order) {
  const line = (text, amount, kind = '') => element('div', { class: kind }, element('dt', {}, text), element('dd', { class: 'number' }, money(amount, order.currency)));
  const came = CAME.includes(order.payment.status) ? order.total : 0;
  const back = (...states) => (order.refunds ?? []).filter(({ status }) => states.includes(status)).reduce((sum, { amount }) => sum + amount, 0);
  return element('dl', { class: 'sums' },
    line(t('money.total'), order.total, 'whole'),
    line(t('money.came'), came),
    back('done') > 0 ? line(t('money.back'), -back('done')) : null,
    back('pending', 'failed') > 0 ? line(t('money.on-its-way'), -back('pending', 'failed')) : null,
    came > 0 ? line(t('money.left'), came - back('done', 'pending', 'failed'), 'rest') : null);
}

function seatsOf(refund, order) {
  const names = order.tickets.filter(({ id }) => refund.tickets.includes(id)).map(({ seatId }) => seatId);
  return names.length > 0 ? names.join(', ') : t('money.no-seats');
}

function refundLine(refund, order, changed) {
  const act = (action) => async () => {
    try {
      await action();
    } finally {
      await changed();
    }
  };
  const byHand = order.payment.provider === 'manual' && refund.status === 'pending';
  return element('li', { data: { refund: refund.id } },
    element('div', { class: 'row between' }, element('strong', { class: 'number' }, money(refund.amount, order.currency)), stateTag('payback', refund.status)),
    element('p', { class: 'small' }, seatsOf(refund, order)),
    moment(refund.doneAt ?? refund.createdAt),
    refund.status === 'failed' ? element('div', { class: 'row' }, actionButton(t('money.try-again'), act(() => tryAgain(order, refund)), 'small')) : null,
    byHand ? element('div', { class: 'row' }, actionButton(t('money.given'), act(() => markGiven({ ...refund, currency: order.currency, orderId: order.id })), 'small')) : null);
}

export function outsideLine(outside) {
  return element('li', {},
    element('div', { class: 'row between' }, element('strong', { class: 'number' }, money(outside.amount, outside.currency)), stateTag('outside', outside.status)),
    element('p', { class: 'small' }, t(`outside.kind-${outside.kind}`), ' · ', element('span', { class: 'quiet' }, outside.reference)),
    moment(outside.updatedAt));
}

const part = (heading, lines) => (lines.length > 0 ? [element('h3', {}, heading), element('ul', { class: 'paybacks' }, lines)] : []);

// changed(): reads the order again
export function moneyBox(order, changed) {
  return element('section', { class: 'card stack', 'aria-labelledby': 'money-title' },
    element('h2', { id: 'money-title' }, t('money.title')),
    sums(order),
    element('p', { class: 'small quiet' }, t('money.by', { provider: order.payment.provider })),
    part(t('money.refunds'), (order.refunds ?? []).map((refund) => refundLine(refund, order, changed))),
    part(t('money.outside'), (order.outsideMoney ?? []).map(outsideLine)));
}
