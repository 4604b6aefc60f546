// The seat maps of the house, each in its newest version.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { here } from '/shared/format.js';
import { t } from '/shared/texts.js';

function line({ id, name, version, seatCount, currency, createdAt }) {
  return element('li', { class: 'line' },
    element('div', {},
      element('h2', {}, element('a', { href: `/desk/seatmaps/${encodeURIComponent(id)}` }, name)),
      element('p', { class: 'quiet small' }, id)),
    element('p', { class: 'small' }, t('plan.seats', { count: seatCount }), currency ? ` · ${currency}` : ''),
    element('p', { class: 'quiet small' }, t('plan.version', { version: String(version), when: here(createdAt) })));
}

export async function render({ main, title, signal }) {
  title(t('plan.title'));
  const { seatmaps } = await get('/seatmaps', { signal });
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('div', { class: 'row between' }, element('h1', { tabindex: '-1' }, t('plan.title')), element('a', { class: 'button primary', href: '/desk/seatmaps/new' }, t('plan.new'))),
    seatmaps.length === 0 ? element('p', { class: 'note' }, t('plan.none')) : element('ul', { class: 'lines' }, seatmaps.map(line))));
}
