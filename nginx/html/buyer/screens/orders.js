// The orders of the account, the newest first.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { here, money, time } from '/shared/format.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { known, orderKind } from '/shared/known.js';

const PAGE = 20;

async function line(order) {
  const { event, show } = await known(order.showId);
  return element('li', { class: 'card order-line' },
    element('div', {},
      element('h2', {}, element('a', { href: `/orders/${order.id}` }, event?.title ?? t('orders.gone'))),
      show ? element('p', {}, time(show.startsAt, event.timeZone)) : null,
      element('p', { class: 'quiet small' }, t('orders.made', { when: here(order.createdAt) }), ' · ', t('orders.seats', { count: order.tickets.length }))),
    element('span', { class: `tag ${orderKind(order)}` }, t(`order.state-${order.status}`)),
    element('strong', { class: 'number' }, money(order.total, order.currency)));
}

export async function render({ main, title, signal }) {
  title(t('orders.title'));
  const list = element('ul', { class: 'stack', id: 'orders' });
  const more = element('button', { class: 'button', type: 'button', hidden: true }, t('events.more'));
  let cursor = null;
  const read = async () => {
    const query = new URLSearchParams({ limit: PAGE });
    if (cursor) query.set('cursor', cursor);
    if (user().roles.includes('admin')) query.set('user', user().id); // an admin is shown everybody's otherwise
    const page = await get(`/orders?${query}`, { signal });
    list.append(...(await Promise.all(page.orders.map(line))));
    cursor = page.nextCursor;
    more.hidden = cursor === null;
  };
  more.addEventListener('click', () => read().catch((error) => signal.aborted || toast(error.text ?? t('app.broken'), 'bad')));
  await read();
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('orders.title')),
    list.children.length === 0 ? element('div', { class: 'card stack' }, element('p', {}, t('orders.none')), element('div', {}, element('a', { class: 'button primary', href: '/' }, t('app.all-events')))) : list,
    element('div', { class: 'row' }, more)));
}
