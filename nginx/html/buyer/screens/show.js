// A show with its seats: the map, the list of the same seats, and the panel with what is chosen.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { money, time } from '/shared/format.js';
import { addGestures } from '/shared/seat-gestures.js';
import { SeatMap } from '/shared/seat-map.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { House, MOST, readHold } from '../house.js';
import { SeatList } from '../seat-list.js';
import { ShowPanel } from '../show-panel.js';
import { eventData } from '../structured.js';

const STATES = { a: 'seat.free', h: 'seat.held', s: 'seat.sold' };
const STEP = 1.5;

function legend(house, map) {
  const chips = house.prices.map((price, index) => element('button', { type: 'button', class: `chip tier-${index % 8}`, 'aria-pressed': 'false' }, money(price, house.currency)));
  chips.forEach((chip) => chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
    const wanted = chips.flatMap((one, index) => (one.getAttribute('aria-pressed') === 'true' ? [index % 8] : []));
    map.filter = wanted.length === 0 ? null : new Set(wanted);
    map.changed(null);
  }));
  return element('div', { class: 'legend' },
    element('div', { class: 'row', role: 'group', 'aria-label': t('show.filter') }, chips),
    element('div', { class: 'map-tools quiet small' }, element('span', { class: 'key held' }, t('seat.held')), element('span', { class: 'key sold' }, t('seat.sold')), element('span', { class: 'key mine' }, t('seat.chosen')), mapButtons(map)));
}

function mapButtons(map) {
  const button = (text, label, action) => element('button', { type: 'button', class: 'button small', 'aria-label': label, title: label, onclick: action }, text);
  return element('div', { class: 'map-buttons' }, button('+', t('show.closer'), () => map.zoom(STEP)), button('−', t('show.farther'), () => map.zoom(1 / STEP)), button('⤢', t('show.whole'), () => map.fit()));
}

function describe(house, index) {
  const seat = house.seats[index];
  const state = house.chosen.has(index) ? 'seat.chosen' : STATES[house.states()[index]] ?? 'seat.sold';
  return t('seat.label', { seat: seat.seatId, price: money(seat.price, house.currency), state: t(state) });
}

// The map with its canvas, its buttons and the sign at the seat that is pointed at.
function makeMap(house, choose) {
  const canvas = element('canvas', { role: 'img', 'aria-label': t('show.map') });
  const sign = element('p', { class: 'sign', hidden: true, 'aria-hidden': 'true' });
  const map = new SeatMap(canvas, house.template, house.seats, house.categories);
  addGestures(canvas, map, {
    choose,
    point(index, at) {
      canvas.classList.toggle('over', index >= 0);
      sign.hidden = index < 0 || house.states().length === 0;
      if (sign.hidden) return;
      sign.textContent = describe(house, index);
      sign.style.setProperty('translate', `calc(${at.x}px - 50%) calc(${at.y}px - 100% - 14px)`);
    },
  });
  return { map, canvas, element: element('div', { class: 'map' }, canvas, sign) };
}

const MODES = { live: 'show.live', polling: 'show.polling', broken: 'show.broken' };

// Follows the size of the canvas and the theme until the screen is left.
function followSize(map, canvas, signal) {
  let first = true;
  const observer = new ResizeObserver(() => {
    if (canvas.clientWidth === 0) return;
    map.resize();
    if (first) map.fit();
    first = false;
  });
  observer.observe(canvas);
  const theme = () => map.resize();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', theme);
  signal.addEventListener('abort', () => {
    observer.disconnect();
    dark.removeEventListener('change', theme);
  });
}

function header(show, event, state) {
  return element('header', { class: 'stack show-head' },
    element('p', {}, element('a', { href: `/events/${event.id}` }, t('show.back'))),
    element('h1', { tabindex: '-1' }, event.title),
    element('p', { class: 'quiet' }, element('time', { datetime: show.startsAt, id: 'when' }, time(show.startsAt, event.timeZone)), event.venue ? ` · ${event.venue}` : ''),
    state);
}

function summary(house, mode) {
  const sum = { a: 0, h: 0, s: 0 };
  for (const letter of house.states()) sum[letter] += 1;
  return `${t('seat.count-free', { count: sum.a })}, ${t('show.count-held', { count: sum.h })}, ${t('show.count-sold', { count: sum.s })} (${t(MODES[mode])})`;
}

async function read(id, signal) {
  const [show, loaded, hold] = await Promise.all([get(`/shows/${id}`, { signal }), get(`/shows/${id}/seatmap`, { signal }), user() === null ? null : readHold(id, signal)]);
  return { show, loaded, hold, event: await get(`/events/${show.eventId}`, { signal }) };
}

export async function render(page) {
  const { show, loaded, hold, event } = await read(page.params.id, page.signal);
  page.title(event.title);
  const state = element('p', { class: 'quiet small', id: 'state', role: 'status', 'aria-live': 'off' }, t('show.connecting'));
  let mode = 'live';
  let view;
  const house = new House(show, event, loaded, {
    changed(indexes) {
      view.map.map.states = house.states();
      view.map.map.chosen = house.chosen;
      view.map.map.changed(indexes);
      view.list.changed(indexes);
      view.panel.show();
      if (house.states().length === house.seats.length) state.textContent = summary(house, mode);
    },
    taken: (seatIds) => view.panel.notice(t('show.taken', { count: seatIds.length, seats: seatIds.join(', ') })),
    reload: () => page.again(),
    gone: () => view.panel.notice(t('show.gone'), 'bad'),
    mode(now) {
      mode = now;
      if (house.states().length > 0) state.textContent = summary(house, mode);
    },
  });
  const choose = (index) => {
    if (index < 0) return;
    const why = house.toggle(index);
    if (why === 'most') toast(t('show.most', { count: MOST }));
    if (why === 'taken') toast(t('show.not-free', { seat: house.seats[index].seatId }));
    if (why === 'held') toast(t('show.held-already'));
  };
  view = { map: makeMap(house, choose), list: new SeatList(house, choose), panel: new ShowPanel(house, page) };
  page.main.replaceChildren(element('div', { class: 'wide stack show-page' },
    header(show, event, state),
    element('div', { class: 'show-columns' },
      element('div', { class: 'stack' }, legend(house, view.map.map), view.map.element,
        element('section', { class: 'stack', id: 'list' }, element('h2', {}, t('show.list')), element('p', { class: 'quiet' }, t('show.list-how')), view.list.element)),
      view.panel.element),
    eventData(event, [show])));
  followSize(view.map.map, view.map.canvas, page.signal);
  if (hold !== null) house.setHold(hold);
  view.panel.show();
  house.live.start();
  page.signal.addEventListener('abort', () => house.live.stop());
}
