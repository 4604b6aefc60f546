// A show on the desk: its seats as they are this moment, what was sold, and who came in.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { time } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { makePlan } from '../canvas.js';
import { readTagged } from '../change.js';
import { CheckIns } from '../checkins.js';
import { downloadButton } from '../download.js';
import { HouseStates } from '../house-states.js';
import { removal } from '../removal.js';
import { tellSeat } from '../seat-story.js';
import { StateList } from '../state-list.js';
import { STATES, StateMap } from '../state-map.js';
import { Takings } from '../takings.js';
import { saleTag } from './event.js';

const MODES = { live: 'live.now', polling: 'live.polling', broken: 'live.broken' };

function header(page, { show, event, tag }, state) {
  return [
    element('p', {}, element('a', { href: `/desk/events/${event.id}` }, event.title)),
    element('header', { class: 'stack tight' },
      element('p', { class: 'row' }, saleTag(show), event.published ? null : element('span', { class: 'tag warn' }, t('programme.draft'))),
      element('h1', { tabindex: '-1' }, event.title),
      element('p', { class: 'quiet' }, element('time', { datetime: show.startsAt }, time(show.startsAt, event.timeZone)), event.venue ? ` · ${event.venue}` : ''),
      state),
    element('div', { class: 'row' },
      element('a', { class: 'button', href: `/desk/shows/${show.id}/edit` }, t('programme.edit')),
      element('a', { class: 'button', href: `/desk/orders?show=${show.id}` }, t('live.orders')),
      element('a', { class: 'button', href: `/shows/${show.id}` }, t('programme.buyers-page')),
      element('a', { class: 'button', href: `/gate/?show=${show.id}` }, t('live.gate-page')),
      downloadButton({ path: `/shows/${show.id}/attendees.csv`, name: 'show-attendees.csv', text: t('live.attendees-csv') }),
      downloadButton({ path: `/shows/${show.id}/orders.csv`, name: 'show-orders.csv', text: t('live.orders-csv') }),
      removal({ path: `/shows/${show.id}`, tag, title: t('programme.delete-show'), text: t('programme.delete-show-text', { when: time(show.startsAt, event.timeZone) }), done: () => page.go(`/desk/events/${event.id}`) })),
  ];
}

// The states as colours; pressed ones are shown alone. → {element, update(counts)}
function legend(map) {
  const chips = STATES.map((state) => element('button', { type: 'button', class: 'state-chip', data: { state }, 'aria-pressed': 'false' }));
  chips.forEach((chip) => chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
    const wanted = chips.filter((one) => one.getAttribute('aria-pressed') === 'true').map((one) => one.dataset.state);
    map.shown = wanted.length === 0 ? null : new Set(wanted);
    map.changed(null);
  }));
  const update = (counts) => chips.forEach((chip) => (chip.textContent = t(`live.count-${chip.dataset.state}`, { count: counts[chip.dataset.state] })));
  return { element: element('div', { class: 'row', role: 'group', 'aria-label': t('live.filter') }, chips), update };
}

function zoneTable(house, counts) {
  const rows = [...counts].filter(([id]) => id !== '').map(([id, count]) => {
    const all = STATES.reduce((sum, state) => sum + count[state], 0);
    return element('tr', {}, element('th', { scope: 'row' }, house.zoneNames.get(id) ?? id), [all, ...STATES.map((state) => count[state])].map((value) => element('td', { class: 'number' }, t('live.number', { count: value }))));
  });
  return element('table', { class: 'numbers' }, element('thead', {}, element('tr', {}, ['plan.zone', 'plan.seats-head', 'live.state-a', 'live.state-h', 'live.state-s', 'live.state-c'].map((key) => element('th', { scope: 'col' }, t(key))))), element('tbody', {}, rows));
}

// The map, its list and its numbers, all of one house. → {house, element}
function seatsPart(page, read, state) {
  const { show, event, loaded } = read;
  let mode = 'live';
  const zones = element('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': t('live.zones') });
  const draw = (indexes) => {
    if (!house.ready) return;
    plan.map.states = house.letters;
    plan.map.changed(indexes);
    const counts = house.counts();
    list.changed(indexes, counts);
    colours.update(counts.get(''));
    zones.replaceChildren(zoneTable(house, counts));
    state.textContent = t(MODES[mode]);
  };
  const doors = new CheckIns(show, event, page.signal);
  const house = new HouseStates({ ...read, signal: page.signal }, {
    changed: draw, reload: () => page.again(), gone: () => (state.textContent = t('live.gone')), totals: (totals) => doors.update(totals),
    mode(now) {
      mode = now;
      if (house.ready) state.textContent = t(MODES[mode]);
    },
  });
  const choose = (index) => tellSeat({ show, event, seat: house.seats[index], letter: house.letters[index], zoneName: house.zoneNames.get(house.seats[index].zone), signal: page.signal });
  const list = new StateList(house, choose);
  const plan = makePlan({
    template: loaded.template, seats: house.seats, categories: house.seats.map(() => 0), label: t('live.map'), choose, signal: page.signal, Map: StateMap,
    describe: (index) => t('live.seat-label', { seat: house.seats[index].seatId, state: t(`live.state-${house.letters[index] ?? 'a'}`) }),
  });
  const colours = legend(plan.map);
  doors.update(read.totals);
  return {
    house,
    parts: [
      element('section', { class: 'stack' }, element('h2', {}, t('live.house')), colours.element, plan.element, element('details', {}, element('summary', {}, t('live.zones')), zones), element('details', { id: 'list' }, element('summary', {}, t('live.list')), list.element)),
      doors.element,
    ],
  };
}

export async function render(page) {
  const { params: { id }, signal } = page;
  const [{ body: show, tag }, loaded, totals] = await Promise.all([readTagged(`/shows/${id}`, signal), get(`/shows/${id}/seatmap`, { signal }), get(`/shows/${id}/checkins`, { signal })]);
  const event = await get(`/events/${show.eventId}`, { signal });
  page.title(event.title);
  const state = element('p', { class: 'quiet small', id: 'state', role: 'status', 'aria-live': 'off' }, t('live.connecting'));
  const { house, parts } = seatsPart(page, { show, loaded, totals, event }, state);
  const takings = new Takings(`show=${id}`, signal);
  page.main.replaceChildren(element('div', { class: 'wide stack show-desk' }, header(page, { show, event, tag }, state), parts, takings.element));
  house.start(event.published);
  takings.read();
}
