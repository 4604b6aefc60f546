// An event on the desk: what it is, whether buyers see it, and its shows.
import { api, get } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { clock, here, money, shortDay, zone } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { readTagged } from '../change.js';
import { removal } from '../removal.js';

const EVER = '1970-01-01T00:00:00Z';
const PAGE = 100;

export function priceRange({ priceTiers, currency }) {
  const all = Object.values(priceTiers);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? money(least, currency) : `${money(least, currency)} – ${money(most, currency)}`;
}

// Whether seats can be had, and why not.
export function saleTag(show) {
  const now = Date.now();
  if (Date.parse(show.endsAt ?? show.startsAt) < now) return element('span', { class: 'tag' }, t('programme.over'));
  if (show.salesOpen) return element('span', { class: 'tag good' }, t('programme.on-sale'));
  const soon = show.salesStartAt !== null && Date.parse(show.salesStartAt) > now;
  return element('span', { class: 'tag warn' }, t(soon ? 'programme.sale-soon' : 'programme.sale-closed'));
}

function showLine(show, event) {
  const day = shortDay(show.startsAt, event.timeZone);
  return element('li', { class: 'line show' },
    element('div', {},
      element('h3', {}, element('a', { href: `/desk/shows/${show.id}` }, element('time', { datetime: show.startsAt }, `${day}, ${clock(show.startsAt, event.timeZone)}`))),
      element('p', { class: 'quiet small' }, show.seatMapId, ' · ', element('span', { class: 'number' }, priceRange(show)))),
    saleTag(show),
    element('a', { class: 'button small', href: `/desk/shows/${show.id}/edit`, 'aria-label': t('programme.edit-show-of', { day }) }, t('programme.edit')));
}

async function publish(page, event, tag) {
  const wanted = !event.published;
  if (!wanted && !await confirm({ title: t('programme.unpublish-title'), text: t('programme.unpublish-text'), yes: t('programme.unpublish') })) return;
  try {
    await api('PATCH', `/events/${event.id}`, { body: { published: wanted }, headers: { 'If-Match': tag } });
    toast(t(wanted ? 'programme.now-published' : 'programme.now-draft'));
  } catch (error) {
    toast(error.code === 'PRECONDITION_FAILED' ? t('programme.changed-meanwhile') : error.text ?? t('app.broken'), 'bad');
  }
  page.again();
}

function actions(page, event, tag) {
  const publishing = element('button', { class: event.published ? 'button' : 'button primary', type: 'button' }, t(event.published ? 'programme.unpublish' : 'programme.publish'));
  publishing.addEventListener('click', async () => {
    publishing.disabled = true;
    await publish(page, event, tag);
    publishing.disabled = false;
  });
  return element('div', { class: 'row' },
    publishing,
    element('a', { class: 'button', href: `/desk/events/${event.id}/edit` }, t('programme.edit')),
    element('a', { class: 'button', href: `/events/${event.id}` }, t('programme.buyers-page')),
    removal({ path: `/events/${event.id}`, tag, title: t('programme.delete-event'), text: t('programme.delete-event-text', { title: event.title }), done: () => page.go('/desk/events') }));
}

function facts(event) {
  const rows = [
    ['field.venue', event.venue ?? t('change.nothing')], ['field.timeZone', event.timeZone], ['field.transferable', t(event.transferable ? 'change.yes' : 'change.no')],
    ['field.defaultDurationMinutes', t('programme.minutes', { count: event.defaultDurationMinutes })], ['field.imageUrl', event.imageUrl ?? t('change.nothing')], ['programme.changed-at', here(event.updatedAt)],
  ];
  return element('dl', { class: 'facts event-facts' }, rows.map(([key, value]) => [element('dt', {}, t(key)), element('dd', {}, value)]));
}

// The shows to come first, as they will be played; then those that are over, the latest first.
function shows(list, event) {
  const now = Date.now();
  const over = (show) => Date.parse(show.endsAt ?? show.startsAt) < now;
  const [past, next] = [list.filter(over).reverse(), list.filter((show) => !over(show))];
  const part = (heading, some) => (some.length === 0 ? null : [element('h3', { class: 'quiet' }, heading), element('ul', { class: 'lines' }, some.map((show) => showLine(show, event)))]);
  if (list.length === 0) return element('p', { class: 'note' }, t('programme.no-shows'));
  return [element('p', { class: 'quiet small' }, t('programme.times-in', { zone: zone(list[0].startsAt, event.timeZone) })), part(t('programme.to-come'), next), part(t('programme.past'), past)];
}

export async function render(page) {
  const { params, main, title, signal } = page;
  const [{ body: event, tag }, { shows: list, nextCursor }] = await Promise.all([
    readTagged(`/events/${params.id}`, signal),
    get(`/events/${params.id}/shows?from=${EVER}&limit=${PAGE}`, { signal }),
  ]);
  title(event.title);
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('p', {}, element('a', { href: '/desk/events' }, t('programme.all-events'))),
    element('header', { class: 'stack tight' },
      element('p', {}, element('span', { class: event.published ? 'tag good' : 'tag warn' }, t(event.published ? 'programme.published' : 'programme.draft'))),
      element('h1', { tabindex: '-1' }, event.title)),
    actions(page, event, tag),
    element('section', { class: 'card stack' }, facts(event), event.description ? element('p', { class: 'description' }, event.description) : null),
    element('div', { class: 'row between' }, element('h2', {}, t('programme.shows')), element('a', { class: 'button primary', href: `/desk/events/${event.id}/shows/new` }, t('programme.new-show'))),
    shows(list, event),
    nextCursor === null ? null : element('p', { class: 'quiet' }, t('programme.first-shows', { count: PAGE }))));
}
