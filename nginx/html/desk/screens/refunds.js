// Money that needs a person: refunds by their state, what went back without us, and what the payment's provider told that belongs to nothing.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { actionButton, tabs } from '../ask.js';
import { makeLedger, pagePath } from '../ledger.js';
import { payload } from '../payload.js';
import { markGiven } from '../sale-payment.js';
import { moment, saleLink, stateTag } from '../sale-words.js';
import { tryAgain } from '../sale-refund.js';

const STATES = ['failed', 'pending', 'done'];

const place = (id) => (id ? element('p', { class: 'row' }, t('paybacks.order'), ' ', saleLink(id)) : element('p', { class: 'quiet' }, t('paybacks.no-order')));

async function retry(refund) {
  const order = await get(`/orders/${refund.orderId}`);
  await tryAgain(order, refund);
}

function refundActions(refund, again) {
  const then = (action) => async () => {
    try {
      await action(refund);
    } finally {
      await again();
    }
  };
  if (refund.status === 'failed') return actionButton(t('money.try-again'), then(retry), 'small');
  return refund.status === 'pending' && refund.provider === 'manual' ? actionButton(t('money.given'), then(markGiven), 'small primary') : null;
}

function refundLine(refund, again) {
  return element('li', { class: 'entry money-line', data: { refund: refund.id } },
    element('div', { class: 'stack tight' }, element('strong', { class: 'number' }, money(refund.amount, refund.currency)), moment(refund.doneAt ?? refund.createdAt)),
    element('div', { class: 'stack tight' },
      place(refund.orderId),
      element('p', { class: 'small quiet' }, t('paybacks.of', { provider: refund.provider, count: refund.tickets.length })),
      element('p', { class: 'small' }, refund.reason),
      refund.error ? element('p', { class: 'small bad' }, refund.error) : null),
    element('div', { class: 'row' }, stateTag('payback', refund.status), refundActions(refund, again)));
}

function outsideEntry(outside) {
  return element('li', { class: 'entry money-line' },
    element('div', { class: 'stack tight' }, element('strong', { class: 'number' }, money(outside.amount, outside.currency)), moment(outside.updatedAt)),
    element('div', { class: 'stack tight' },
      place(outside.orderId),
      element('p', { class: 'small' }, t(`outside.kind-${outside.kind}`)),
      element('p', { class: 'small quiet' }, [outside.provider, outside.reference].filter(Boolean).join(' · '))),
    stateTag('outside', outside.status));
}

function eventEntry(event) {
  return element('li', { class: 'entry money-line' },
    element('div', { class: 'stack tight' }, element('strong', {}, event.type), moment(event.receivedAt)),
    element('div', { class: 'stack tight' },
      element('p', {}, t(`paybacks.event-${event.outcome}`)),
      element('p', { class: 'small quiet' }, `${event.provider} · ${event.id}`),
      payload(event.payload)));
}

const LISTS = {
  outside: { path: '/payments/outside', items: 'outside', line: () => outsideEntry },
  events: { path: '/payments/events', items: 'events', line: () => eventEntry },
  refunds: { path: '/refunds', items: 'refunds', line: (again) => (refund) => refundLine(refund, again) },
};

export function render({ main, title, query, signal }) {
  title(t('paybacks.title'));
  const status = STATES.includes(query.get('status')) ? query.get('status') : 'failed';
  const list = Object.hasOwn(LISTS, query.get('list') ?? '') ? query.get('list') : 'refunds';
  const { path, items, line } = LISTS[list];
  const current = list === 'refunds' ? `/desk/refunds?status=${status}` : `/desk/refunds?list=${list}`;
  const ledger = makeLedger({
    id: 'money',
    label: t('paybacks.title'),
    signal,
    line: line(() => ledger.again()),
    empty: () => t(`paybacks.none-${list === 'refunds' ? status : list}`),
    read: async (cursor) => {
      const page = await get(pagePath(path, list === 'refunds' ? { status } : {}, cursor), { signal });
      return { items: page[items], nextCursor: page.nextCursor };
    },
  });
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('h1', { tabindex: '-1' }, t('paybacks.title')),
    tabs(t('paybacks.lists'), current, [
      ...STATES.map((state) => [`/desk/refunds?status=${state}`, t(`payback.state-${state}`)]),
      ['/desk/refunds?list=outside', t('paybacks.outside')],
      ['/desk/refunds?list=events', t('paybacks.events')],
    ]),
    element('p', { class: 'quiet' }, t(`paybacks.about-${list === 'refunds' ? status : list}`)),
    ledger.element));
  ledger.again();
}
