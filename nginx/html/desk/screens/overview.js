// The desk's first page: how the sale goes, what needs a person, and how full the next shows are.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { clock, money, shortDay } from '/shared/format.js';
import { number, t } from '/shared/texts.js';
import { Takings } from '../takings.js';

const EVENTS = 20; // whose shows are looked at
const SHOWS = 8;
const AGAIN_MS = 60_000;

function sum(heading, { tickets, ticketsRefunded, orders, amounts }, id) {
  const lines = amounts.filter(({ revenue, refunded }) => revenue > 0 || refunded > 0);
  return element('section', { class: 'card sum-card', id },
    element('h2', {}, heading),
    element('p', { class: 'big' }, number(tickets), ' ', element('span', { class: 'unit' }, t('takings.tickets-unit', { count: tickets }))),
    lines.length === 0 ? element('p', { class: 'quiet' }, t('takings.nothing-yet')) : lines.map(({ currency, revenue, refunded }) => element('p', {},
      element('strong', { class: 'number' }, money(revenue, currency)), refunded > 0 ? element('span', { class: 'quiet small' }, ` · ${t('takings.refunded', { amount: money(refunded, currency) })}`) : '')),
    element('p', { class: 'quiet small' }, t('takings.orders', { count: orders }), ticketsRefunded > 0 ? ` · ${t('takings.tickets-back', { count: ticketsRefunded })}` : ''));
}

// Where on the desk a person sees to it.
const PLACES = {
  failed_refunds: () => '/desk/refunds?status=failed', manual_refunds: () => '/desk/refunds?status=pending', open_disputes: () => '/desk/refunds?list=outside',
  outside_money: () => '/desk/refunds?list=outside', unmatched_payments: () => '/desk/refunds?list=events', parked_deliveries: () => '/desk/webhooks',
  disabled_endpoints: () => '/desk/webhooks', undelivered_mails: ({ orders }) => `/desk/orders/${orders[0]}`, gate_conflicts: ({ shows }) => `/desk/shows/${shows[0]}`,
};
const GRAVE = new Set(['failed_refunds', 'open_disputes', 'gate_conflicts']);

function needs(list) {
  const waiting = list.filter(({ count, kind }) => count > 0 && kind in PLACES);
  const line = (need) => element('li', { class: 'line need' },
    element('p', {}, element('a', { href: PLACES[need.kind](need) }, t(`takings.need-${need.kind}`, { count: need.count }))),
    element('span', { class: GRAVE.has(need.kind) ? 'tag bad' : 'tag warn' }, number(need.count)));
  return element('section', { class: 'stack', id: 'needs' }, element('h2', {}, t('takings.needs-you')),
    waiting.length === 0 ? element('p', { class: 'note good' }, t('takings.needs-nothing')) : element('ul', { class: 'lines' }, waiting.map(line)));
}

// The next shows of the events that have one: [{show, event}]
async function nextShows(signal) {
  const now = new Date().toISOString();
  const { events } = await get(`/events?limit=${EVENTS}&from=${now}`, { signal });
  const lists = await Promise.all(events.map(async (event) => (await get(`/events/${event.id}/shows?from=${now}&limit=${SHOWS}`, { signal })).shows.map((show) => ({ show, event }))));
  return lists.flat().sort((a, b) => a.show.startsAt.localeCompare(b.show.startsAt)).slice(0, SHOWS);
}

// One line a show: how much of the house is sold, and how much is held just now.
function full({ show, event }, states) {
  const count = (letter) => states.reduce((total, state) => total + (state === letter ? 1 : 0), 0);
  const [sold, held] = [count('s'), count('h')];
  const share = (part) => (states.length === 0 ? 0 : Math.round((100 * part) / states.length));
  return element('li', { class: 'line full' },
    element('div', {}, element('h3', {}, element('a', { href: `/desk/shows/${show.id}` }, event.title)),
      element('p', { class: 'quiet small' }, `${shortDay(show.startsAt, event.timeZone)}, ${clock(show.startsAt, event.timeZone)}`)),
    element('div', {},
      element('progress', { max: String(Math.max(1, states.length)), value: String(sold), 'aria-label': t('takings.sold-of', { title: event.title }) }),
      element('p', { class: 'small number' }, t('takings.sold', { sold, of: states.length, share: share(sold) }), held > 0 ? ` · ${t('takings.held', { count: held })}` : '')));
}

async function capacity(place, signal) {
  try {
    const shows = await nextShows(signal);
    const states = await Promise.all(shows.map(({ show }) => get(`/shows/${show.id}/availability?format=compact`, { signal })));
    place.replaceChildren(shows.length === 0 ? element('p', { class: 'note' }, t('takings.no-shows'), ' ', element('a', { href: '/desk/events' }, t('programme.events')))
      : element('ul', { class: 'lines' }, shows.map((one, index) => full(one, [...states[index].states]))));
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(element('p', { class: 'note bad' }, error.text ?? t('app.broken')));
  }
}

export async function render({ main, title, signal }) {
  title(t('desk.overview'));
  const read = () => get('/reports/overview', { signal });
  const sums = element('div', { class: 'sums' });
  const need = element('div', {});
  const shows = element('div', {}, element('p', { class: 'quiet' }, t('app.loading')));
  const days = element('p', { class: 'quiet small' });
  const draw = (overview) => {
    days.textContent = t('takings.days-of', { zone: overview.zone });
    sums.replaceChildren(sum(t('takings.today'), overview.today, 'today'), sum(t('takings.seven-days'), overview.sevenDays, 'seven-days'), sum(t('takings.all'), overview.all, 'all'));
    need.replaceChildren(needs(overview.needsYou));
  };
  draw(await read());
  const takings = new Takings('', signal);
  main.replaceChildren(element('div', { class: 'wide stack loose' }, element('div', { class: 'stack tight' }, element('h1', { tabindex: '-1' }, t('desk.overview')), days), sums, need,
    element('section', { class: 'stack', id: 'capacity' }, element('h2', {}, t('takings.next-shows')), shows), takings.element));
  takings.read();
  capacity(shows, signal);
  const timer = setInterval(() => document.visibilityState === 'visible' && read().then(draw, () => {}), AGAIN_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}
