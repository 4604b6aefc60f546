// One order: waits for its payment, then has the tickets. Who comes back from the payment's page lands here.
import { get, now, post } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { countdown, here, money, time } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { heldChanged } from '../held-bar.js';
import { known, orderKind } from '/shared/known.js';
import { saveOrderPdf, ticketCard } from '../ticket.js';

const ASK_MS = 1500;
const ASK_LATER_MS = 5000;
const SOON = 40; // that often quickly
const PAID = ['paid', 'partially_refunded', 'refunded'];

function facts(order, { event, show }) {
  const line = (name, ...value) => [element('dt', {}, name), element('dd', {}, ...value)];
  return element('dl', { class: 'facts' },
    show ? line(t('order.when'), time(show.startsAt, event.timeZone)) : null,
    event?.venue ? line(t('order.where'), event.venue) : null,
    line(t('order.seats'), order.tickets.map(({ seatId }) => seatId).join(', ')),
    line(t('order.total'), element('span', { class: 'total number' }, money(order.total, order.currency))),
    order.paidAt ? line(t('order.paid-at'), here(order.paidAt)) : null);
}

async function cancel(order, again) {
  if (!(await confirm({ title: t('order.cancel'), text: t('order.cancel-how'), yes: t('order.cancel'), dangerous: true }))) return;
  await post(`/orders/${order.id}/cancel`).catch((error) => toast(error.text, 'bad'));
  again();
}

function pending(order, again, signal) {
  const left = element('strong', { class: 'number' });
  const tick = () => {
    left.textContent = countdown(Date.parse(order.expiresAt) - now());
  };
  if (order.expiresAt) {
    tick();
    const timer = setInterval(tick, 500);
    signal.addEventListener('abort', () => clearInterval(timer));
  }
  return element('div', { class: 'stack' },
    order.payment.status === 'declined' ? element('p', { class: 'note bad', role: 'status' }, t('order.declined')) : element('p', { class: 'note warn' }, t('order.waits')),
    order.expiresAt ? element('p', {}, t('order.left'), ' ', left) : null,
    element('div', { class: 'row' },
      order.payment.url ? element('a', { class: 'button primary', href: order.payment.url }, t('order.pay', { total: money(order.total, order.currency) })) : null,
      element('button', { class: 'button', type: 'button', onclick: () => cancel(order, again) }, t('order.cancel'))));
}

function refunds(order) {
  if (!order.refunds?.length) return null;
  return element('section', { class: 'card stack' }, element('h2', {}, t('order.refunds')),
    element('ul', { class: 'lines' }, order.refunds.map((refund) => element('li', { class: 'row between' },
      element('span', {}, money(refund.amount, order.currency), ' ', element('span', { class: 'quiet small' }, here(refund.doneAt ?? refund.createdAt))),
      element('span', { class: `tag ${refund.status === 'done' ? 'good' : 'warn'}` }, t(`refund.state-${refund.status}`))))));
}

// A ticket that was passed on is not the buyer's any more: the order still knows its seat.
async function readTicket(ticket, order, signal) {
  try {
    return await get(`/tickets/${ticket.id}`, { signal });
  } catch (error) {
    if (error.status !== 404) throw error;
    return { ...ticket, currency: order.currency, qr: null };
  }
}

async function tickets(order, { event }, again, signal) {
  if (!PAID.includes(order.status) || event === null) return null;
  const mine = await Promise.all(order.tickets.map((ticket) => readTicket(ticket, order, signal)));
  return element('section', { class: 'stack' },
    element('div', { class: 'row between' }, element('h2', {}, t('order.tickets')),
      mine.some(({ qr }) => qr !== null) ? element('button', { class: 'button no-print', type: 'button', onclick: () => saveOrderPdf(order) }, t('order.pdf')) : null),
    element('ul', { class: 'tickets' }, mine.map((ticket) => ticketCard(ticket, { event, changed: again }))));
}

// Asks until the order is no longer what is shown: the payment's word comes to the service, not to this page.
function watch(order, again, signal) {
  let asked = 0;
  const look = async () => {
    asked += 1;
    const found = await get(`/orders/${order.id}`, { signal }).catch(() => null);
    if (signal.aborted) return;
    if (found && (found.status !== order.status || found.payment.status !== order.payment.status)) again();
    else later();
  };
  const later = () => {
    const timer = setTimeout(look, asked < SOON ? ASK_MS : ASK_LATER_MS);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  later();
}

export async function render({ main, params, title, signal, again }) {
  const order = await get(`/orders/${params.id}`, { signal });
  const where = await known(order.showId);
  const name = where.event?.title ?? t('orders.gone');
  title(`${t('order.title')} · ${name}`);
  heldChanged();
  const cards = await tickets(order, where, again, signal);
  main.replaceChildren(element('div', { class: 'wide stack', id: 'order', data: { status: order.status } },
    element('p', { class: 'no-print' }, element('a', { href: '/orders' }, t('order.all'))),
    element('div', { class: 'row between' }, element('h1', { tabindex: '-1' }, name), element('span', { class: `tag ${orderKind(order)}`, role: 'status' }, t(`order.state-${order.status}`))),
    order.status === 'paid' ? element('p', { class: 'note good' }, t('order.thanks')) : null,
    order.note ? element('p', { class: 'note warn' }, order.note) : null,
    element('div', { class: 'columns' },
      element('section', { class: 'card stack' }, facts(order, where), order.status === 'pending' ? pending(order, again, signal) : null),
      refunds(order)),
    cards));
  if (order.status === 'pending') watch(order, again, signal);
}
