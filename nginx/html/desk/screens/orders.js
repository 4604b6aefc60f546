// All orders: one search box, the filters, and a line an order.
import { get } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { choice } from '../controls.js';
import { makeLedger, pagePath } from '../ledger.js';
import { moment, placeOf, SALE_STATES, saleLink, seatsText, stateTag } from '../sale-words.js';

const SHORTEST = 2; // letters that the service looks for

async function line(order) {
  const { title, when } = await placeOf(order.showId);
  return element('li', { class: 'entry sale-line' },
    element('div', { class: 'stack tight' },
      element('div', { class: 'row' }, saleLink(order.id), stateTag('sale', order.status)),
      moment(order.createdAt)),
    element('div', { class: 'stack tight' },
      element('strong', {}, title),
      element('p', { class: 'small quiet' }, when),
      element('p', { class: 'small' }, order.buyer.name, ' · ', order.buyer.email),
      element('p', { class: 'small quiet' }, seatsText(order.tickets))),
    element('strong', { class: 'number amount' }, money(order.total, order.currency)));
}

// What the address asks for besides the search: the orders of one show, or of one person. A link takes it away.
async function narrowed(query) {
  const without = (name) => {
    const rest = new URLSearchParams(query);
    rest.delete(name);
    return `/desk/orders?${rest}`;
  };
  const chip = (name, text) => element('p', { class: 'row note' }, text, element('a', { href: without(name) }, t('sales.all')));
  const show = query.get('show');
  const { title, when } = show ? await placeOf(show) : {};
  return [
    show ? chip('show', t('sales.of-show', { title, when })) : null,
    query.get('user') ? chip('user', t('sales.of-user')) : null,
  ];
}

export async function render({ main, title, query, go, signal }) {
  title(t('sales.title'));
  const words = (query.get('q') ?? '').trim();
  const narrow = { show: query.get('show'), user: query.get('user'), q: words.length >= SHORTEST && !query.get('user') ? words : '' };
  const filters = { ...narrow, status: query.get('status') ?? (Object.values(narrow).some(Boolean) ? '' : 'paid') };
  const ledger = makeLedger({
    id: 'orders',
    label: t('sales.title'),
    signal,
    line,
    empty: () => t(Object.values(filters).some(Boolean) ? 'sales.none-found' : 'sales.none'),
    read: async (cursor) => {
      const { orders, nextCursor } = await get(pagePath('/orders', filters, cursor), { signal });
      return { items: orders, nextCursor };
    },
  });
  const search = query.get('user') ? null : field({ name: 'q', label: t('sales.search'), hint: t('sales.search-hint'), type: 'search', minlength: SHORTEST, maxlength: 100, value: words, autocomplete: 'off' });
  const states = SALE_STATES.map((state) => [state, t(`sale.state-${state}`)]);
  const narrowing = Object.values(narrow).some(Boolean);
  const status = choice({ name: 'status', label: t('sales.status'), value: filters.status, options: narrowing ? [['', t('sales.any')], ...states] : states });
  const form = element('form', { class: 'finder', role: 'search' }, search, status);
  const find = (wanted) => {
    const kept = Object.entries({ show: narrow.show, user: narrow.user, ...wanted }).filter(([, value]) => value);
    go(`/desk/orders?${new URLSearchParams(kept)}`, { replace: true });
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    find({ q: form.elements.q?.value.trim() }); // a search looks at orders of every state
  });
  status.addEventListener('change', () => find({ q: words, status: form.elements.status.value }));
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('sales.title')), await narrowed(query), form, ledger.element));
  ledger.again();
}
