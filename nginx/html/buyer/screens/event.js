// One event and its shows.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { clock, money, shortDay, zone } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { poster } from '../poster.js';
import { eventData } from '../structured.js';

const PAGE = 50;

function prices(show) {
  const all = Object.values(show.priceTiers);
  if (all.length === 0) return '';
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? money(least, show.currency) : t('event.from', { price: money(least, show.currency) });
}

// Why no seat can be had now; '' when one can.
function closed(show) {
  if (show.salesOpen) return '';
  const soon = show.salesStartAt !== null && Date.parse(show.salesStartAt) > Date.now();
  return soon ? t('event.soon', { when: shortDay(show.salesStartAt, 'UTC') }) : t('event.closed');
}

function showItem(show, event) {
  const day = shortDay(show.startsAt, event.timeZone);
  const why = closed(show);
  return element('li', { class: 'card show-line' },
    element('div', {},
      element('p', {}, element('time', { datetime: show.startsAt, class: 'day' }, day)),
      element('p', { class: 'quiet' }, t('event.at', { time: clock(show.startsAt, event.timeZone) }), show.admissionStartAt ? ` · ${t('event.doors', { time: clock(show.admissionStartAt, event.timeZone) })}` : '')),
    element('p', { class: 'number' }, why === '' ? prices(show) : element('span', { class: 'tag warn' }, why)),
    element('a', { class: why === '' ? 'button primary' : 'button', href: `/shows/${show.id}`, 'aria-label': `${t('event.seats')}, ${day}` }, t('event.seats')));
}

export async function render({ main, params, title, signal }) {
  const from = new Date(Date.now() - 6 * 3_600_000).toISOString();
  const [event, first] = await Promise.all([
    get(`/events/${params.id}`, { signal }),
    get(`/events/${params.id}/shows?limit=${PAGE}&from=${encodeURIComponent(from)}`, { signal }),
  ]);
  title(event.title);
  const list = element('ul', { class: 'stack', id: 'shows' }, first.shows.map((show) => showItem(show, event)));
  main.replaceChildren(element('article', { class: 'wide stack event-page' },
    element('p', {}, element('a', { href: '/' }, t('app.all-events'))),
    element('header', { class: 'hero card' }, poster(event),
      element('div', { class: 'stack' },
        element('h1', { tabindex: '-1' }, event.title),
        event.venue ? element('p', { class: 'quiet' }, event.venue) : null,
        event.description ? element('p', { class: 'description' }, event.description) : null)),
    element('h2', {}, t('event.shows')),
    first.shows.length === 0 ? element('p', { class: 'note' }, t('event.no-shows')) : element('p', { class: 'quiet small' }, t('event.zone', { zone: zone(first.shows[0].startsAt, event.timeZone) })),
    list,
    eventData(event, first.shows)));
}
