// A seat map: its drawing, its zones with their prices, a file of it, and the shows that are played in it.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { clock, money, shortDay } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { makePlan } from '../canvas.js';
import { saveText } from '../download.js';
import { countSeats, seatsOf, written } from '../plan.js';

const COLOURS = 8;
const EVENTS = 100; // whose shows are looked through
const AT_ONCE = 4;
const FALLBACK_CURRENCY = 'VND';

function zoneTable({ zones, priceTiers, currency }) {
  const head = ['plan.zone', 'plan.rows', 'plan.seats-head', 'plan.price'].map((key) => element('th', { scope: 'col' }, t(key)));
  const line = (zone) => element('tr', {}, element('th', { scope: 'row' }, zone.name ?? zone.id), element('td', { class: 'number' }, String(zone.rows.length)),
    element('td', { class: 'number' }, t('plan.count', { count: countSeats({ zones: [zone] }) })), element('td', { class: 'number' }, money(priceTiers[zone.id], currency ?? FALLBACK_CURRENCY)));
  return element('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': t('plan.zones') }, element('table', { class: 'numbers' }, element('thead', {}, element('tr', {}, head)), element('tbody', {}, zones.map(line))));
}

// The shows to come that use the map: the API lists shows by event.
async function showsWith(id, signal) {
  const { events, nextCursor } = await get(`/events?limit=${EVENTS}&from=${new Date().toISOString()}`, { signal });
  const found = [];
  const waiting = [...events];
  const worker = async () => {
    for (let event = waiting.pop(); event !== undefined; event = waiting.pop()) {
      const { shows } = await get(`/events/${event.id}/shows`, { signal });
      found.push(...shows.filter(({ seatMapId }) => seatMapId === id).map((show) => ({ show, event })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { found: found.sort((a, b) => a.show.startsAt.localeCompare(b.show.startsAt)), all: nextCursor === null };
}

async function fillUse(place, id, signal) {
  try {
    const { found, all } = await showsWith(id, signal);
    place.replaceChildren(
      found.length === 0 ? element('p', { class: 'quiet' }, t('plan.unused')) : element('ul', { class: 'lines' }, found.map(({ show, event }) => element('li', { class: 'line' },
        element('div', {}, element('h3', {}, element('a', { href: `/desk/shows/${show.id}` }, event.title)), element('p', { class: 'quiet small' }, `${shortDay(show.startsAt, event.timeZone)}, ${clock(show.startsAt, event.timeZone)}`)),
        element('p', { class: 'quiet small' }, t('plan.in-version', { version: String(show.seatMapVersion) }))))),
      all ? '' : element('p', { class: 'quiet small' }, t('plan.newest-events', { count: EVENTS })));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(element('p', { class: 'note bad' }, error.text ?? t('app.broken')));
  }
}

export async function render({ main, params, title, signal }) {
  const { id, name, version, seatCount, template } = await get(`/seatmaps/${encodeURIComponent(params.id)}`, { signal });
  title(name);
  const seats = seatsOf(template);
  const prices = [...new Set(seats.map(({ price }) => price))].sort((a, b) => b - a);
  const plan = makePlan({
    template, seats, signal, label: t('plan.drawing', { name }), categories: seats.map(({ price }) => prices.indexOf(price) % COLOURS),
    describe: (index) => `${seats[index].seatId}, ${money(seats[index].price, template.currency ?? FALLBACK_CURRENCY)}`,
  });
  plan.map.states = seats.map(() => 'a');
  const use = element('div', { 'aria-live': 'polite' }, element('p', { class: 'quiet' }, t('app.loading')));
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('p', {}, element('a', { href: '/desk/seatmaps' }, t('plan.all'))),
    element('header', { class: 'stack tight' }, element('h1', { tabindex: '-1' }, name), element('p', { class: 'quiet' }, `${id} · ${t('plan.seats', { count: seatCount })} · ${t('plan.in-version', { version: String(version) })}`)),
    element('div', { class: 'row' },
      element('a', { class: 'button primary', href: `/desk/seatmaps/${encodeURIComponent(id)}/edit` }, t('plan.new-version')),
      element('button', { class: 'button', type: 'button', onclick: () => saveText(`${id}.json`, written(template), 'application/json') }, t('plan.download'))),
    plan.element,
    element('section', { class: 'stack' }, element('h2', {}, t('plan.zones')), zoneTable(template)),
    element('section', { class: 'stack' }, element('h2', {}, t('plan.used-by')), use)));
  fillUse(use, id, signal);
}
