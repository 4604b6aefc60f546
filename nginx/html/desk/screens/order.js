// An order: its tickets, its money, what was written down about it, and all that happened to it.
import { api, get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { makeForm } from '/shared/forms.js';
import { t } from '/shared/texts.js';
import { actionButton } from '../ask.js';
import { area } from '../controls.js';
import { keepDraft } from '../drafts.js';
import { moneyBox } from '../sale-money.js';
import { markPaid } from '../sale-payment.js';
import { storyOf } from '../sale-story.js';
import { seatsCard } from '../sale-seats.js';
import { placeOf, shortId, stateTag } from '../sale-words.js';

const ASK_MS = 2000;

function actions(order, changed) {
  const then = (action) => async () => {
    try {
      await action(order);
    } finally {
      await changed();
    }
  };
  const manual = order.payment.provider === 'manual' && ['pending', 'declined'].includes(order.payment.status);
  return [
    manual ? actionButton(t('sale.mark-paid'), then(markPaid), 'primary') : null,
  ].filter(Boolean);
}

function noteCard(order) {
  const form = makeForm({
    fields: [area({ name: 'note', label: t('sale.note'), hint: t('sale.note-hint'), maxlength: 500, rows: 3, value: order.adminNote ?? '' })],
    button: t('sale.note-save'),
    send: async ({ note }) => {
      await api('PUT', `/orders/${order.id}/note`, { body: { note } });
      forget();
      return t('sale.note-saved');
    },
  });
  const forget = keepDraft(form, `note ${order.id}`);
  return element('section', { class: 'card' }, form);
}

async function head(order) {
  const { title, when } = await placeOf(order.showId);
  return [
    element('div', { class: 'row between' },
      element('h1', { tabindex: '-1' }, t('sale.heading', { code: shortId(order.id) })),
      element('span', { role: 'status' }, stateTag('sale', order.status))),
    element('p', {}, element('a', { href: `/desk/shows/${order.showId}` }, title), when ? ` · ${when}` : ''),
    element('p', {}, order.buyer.name, ' · ', order.buyer.email, ' · ', element('a', { href: `/desk/orders?user=${order.buyer.id}` }, t('sale.of-buyer'))),
    order.note ? element('p', { class: 'note warn' }, order.note) : null,
  ].filter(Boolean);
}

const waits = (order) => order.status === 'pending' || (order.refunds ?? []).some(({ status }) => status === 'pending');

// Reads the order again while something of it is under way: the word of the payment's provider comes to the service, not to this page.
function watch(read, signal) {
  const timer = setInterval(() => document.hidden || read().catch(() => {}), ASK_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return () => clearInterval(timer);
}

export async function render({ main, params, title, signal }) {
  const path = `/orders/${params.id}`;
  const parts = Object.fromEntries(['head', 'actions', 'seats', 'money', 'story'].map((name) => [name, element('div', { class: 'stack' })]));
  parts.actions.className = 'row';
  let shown = '';
  let stop = () => {};

  async function draw(order) {
    stop();
    stop = waits(order) ? watch(read, signal) : () => {};
    const text = JSON.stringify(order);
    if (text === shown) return;
    shown = text;
    main.firstElementChild.dataset.status = order.status;
    parts.actions.replaceChildren(...actions(order, read));
    parts.seats.replaceChildren(seatsCard(order, read));
    parts.money.replaceChildren(moneyBox(order, read));
    const [heading, story] = await Promise.all([head(order), storyOf(order, signal)]);
    parts.head.replaceChildren(...heading);
    parts.story.replaceChildren(story);
  }
  const read = async () => draw(await get(path, { signal }));

  const order = await get(path, { signal });
  title(t('sale.heading', { code: shortId(order.id) }));
  main.replaceChildren(element('div', { class: 'wide stack', id: 'order' },
    element('p', {}, element('a', { href: '/desk/orders' }, t('sale.all'))),
    parts.head, parts.actions,
    element('div', { class: 'sale-page' },
      element('div', { class: 'stack' }, parts.seats, parts.story),
      element('div', { class: 'stack' }, parts.money, noteCard(order), element('p', {}, element('a', { href: `/desk/audit?object=${encodeURIComponent(`order ${order.id}`)}` }, t('sale.audit')))))));
  await draw(order);
}
