// A show with its seats: the map, the list of the same seats, and the panel with what is chosen.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { time } from '/shared/format.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { House, MOST, readHold } from '../house.js';
import { SeatList } from '../seat-list.js';
import { followSize, legend, makeMap } from '../show-map.js';
import { ShowPanel } from '../show-panel.js';
import { eventData } from '../structured.js';

const MODES = { live: 'show.live', polling: 'show.polling', broken: 'show.broken' };

function header(show, event, state) {
  return element('header', { class: 'show-head' },
    element('p', { class: 'small' }, element('a', { href: `/events/${event.id}` }, t('show.back'))),
    element('h1', { tabindex: '-1' }, event.title),
    element('p', { class: 'quiet' }, element('time', { datetime: show.startsAt, id: 'when' }, time(show.startsAt, event.timeZone)), event.venue ? ` · ${event.venue}` : ''),
    state);
}

// How many seats are free, held and sold, each with the sign that it has on the map.
function stateLine() {
  const parts = { a: element('span', { class: 'key free' }), h: element('span', { class: 'key held' }), s: element('span', { class: 'key sold' }) };
  const mode = element('span', {}, t('show.connecting'));
  const line = element('p', { class: 'quiet small keys', id: 'state', role: 'status', 'aria-live': 'off' }, mode);
  return {
    element: line,
    show(house, now) {
      const sum = { a: 0, h: 0, s: 0 };
      for (const letter of house.states()) sum[letter] += 1;
      if (parts.a.parentNode === null) line.prepend(parts.a, parts.h, parts.s);
      parts.a.textContent = t('seat.count-free', { count: sum.a });
      parts.h.textContent = t('show.count-held', { count: sum.h });
      parts.s.textContent = t('show.count-sold', { count: sum.s });
      mode.textContent = `(${t(MODES[now])})`;
    },
  };
}

// The stage takes what the window has left beneath the bar and above the panel, which on a phone lies at the lower edge.
function fillWindow(stage, panel, signal) {
  const measure = () => {
    stage.style.setProperty('--above', `${stage.getBoundingClientRect().top + scrollY}px`);
    if (panel.dataset.open !== 'true') stage.style.setProperty('--sheet', `${panel.offsetHeight}px`);
  };
  const observer = new ResizeObserver(measure);
  observer.observe(panel);
  addEventListener('resize', measure, { signal });
  signal.addEventListener('abort', () => observer.disconnect());
}

async function read(id, signal) {
  const [show, loaded, hold] = await Promise.all([get(`/shows/${id}`, { signal }), get(`/shows/${id}/seatmap`, { signal }), user() === null ? null : readHold(id, signal)]);
  return { show, loaded, hold, event: await get(`/events/${show.eventId}`, { signal }) };
}

export async function render(page) {
  const { show, loaded, hold, event } = await read(page.params.id, page.signal);
  page.title(event.title);
  const state = stateLine();
  let mode = 'live';
  let view;
  const house = new House(show, event, loaded, {
    changed(indexes) {
      view.map.map.states = house.states();
      view.map.map.chosen = house.chosen;
      view.map.map.changed(indexes);
      view.list.changed(indexes);
      view.panel.show();
      if (house.states().length === house.seats.length) state.show(house, mode);
    },
    taken: (seatIds) => view.panel.notice(t('show.taken', { count: seatIds.length, seats: seatIds.join(', ') })),
    reload: () => page.again(),
    gone: () => view.panel.notice(t('show.gone'), 'bad'),
    mode(now) {
      mode = now;
      if (house.states().length > 0) state.show(house, mode);
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
  const stage = element('div', { class: 'show-stage' }, header(show, event, state.element), legend(house, view.map.map), view.map.element);
  page.main.replaceChildren(element('div', { class: 'wide show-page' }, stage, view.panel.element,
    element('section', { class: 'stack', id: 'list' }, element('h2', {}, t('show.list')), element('p', { class: 'quiet' }, t('show.list-how')), view.list.element),
    eventData(event, [show])));
  fillWindow(stage, view.panel.element, page.signal);
  followSize(view.map.map, view.map.canvas, page.signal);
  if (hold !== null) house.setHold(hold);
  view.panel.show();
  house.live.start();
  page.signal.addEventListener('abort', () => house.live.stop());
}
