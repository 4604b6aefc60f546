// The map of the show's screen: its prices, its buttons, the whole house in a corner, and the sign at what is pointed at.
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { addGestures } from '/shared/seat-gestures.js';
import { SeatMap } from '/shared/seat-map.js';
import { MiniMap } from '/shared/seat-mini.js';
import { t } from '/shared/texts.js';

const STATES = { a: 'seat.free', h: 'seat.held', s: 'seat.sold' };
const STEP = 1.6;
const BUTTONS = 56; // pixels of the map's lower edge that its buttons take

// The prices as colours; pressed ones are shown alone.
export function legend(house, map) {
  const chips = house.prices.map((price, index) => element('button', { type: 'button', class: `chip tier-${index % 8}`, 'aria-pressed': 'false' }, money(price, house.currency)));
  chips.forEach((chip) => chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
    const wanted = chips.flatMap((one, index) => (one.getAttribute('aria-pressed') === 'true' ? [index % 8] : []));
    map.filter = wanted.length === 0 ? null : new Set(wanted);
    map.changed(null);
  }));
  return element('div', { class: 'row legend', role: 'group', 'aria-label': t('show.filter') }, chips);
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

// The sign at what is pointed at: a seat close by, a section from afar.
function signText(house, map, index) {
  if (map.isClose) return describe(house, index);
  const zone = house.seats[index].zone;
  const free = house.states().reduce((sum, state, one) => sum + (state === 'a' && house.seats[one].zone === zone ? 1 : 0), 0);
  return `${house.zoneNames.get(zone)} · ${money(house.seats[index].price, house.currency)} · ${t('seat.count-free', { count: free })}`;
}

// The map with its canvas, its buttons, the whole house in its corner and the sign at what is pointed at.
export function makeMap(house, choose) {
  const canvas = element('canvas', { role: 'img', 'aria-label': t('show.map') });
  const sign = element('p', { class: 'sign', hidden: true, 'aria-hidden': 'true' });
  const moved = () => {
    mini.moved();
    canvas.classList.toggle('whole', map.isWhole); // a finger on the whole house scrolls the page
  };
  const map = new SeatMap(canvas, house.template, house.seats, house.categories, {
    stage: t('show.stage'), inset: BUTTONS, moved, looks: () => mini.changed(),
  });
  const mini = new MiniMap(map);
  addGestures(canvas, map, {
    choose,
    point(index, at) {
      canvas.classList.toggle('over', index >= 0);
      sign.hidden = index < 0 || house.states().length === 0;
      if (sign.hidden) return;
      sign.textContent = signText(house, map, index);
      const half = sign.offsetWidth / 2 + 4;
      const x = Math.min(map.size.width - half, Math.max(half, at.x));
      sign.style.setProperty('translate', `calc(${x}px - 50%) ${at.y < 60 ? `${at.y + 22}px` : `calc(${at.y}px - 100% - 14px)`}`);
    },
  });
  return { map, canvas, element: element('div', { class: 'map' }, canvas, mini.element, mapButtons(map), sign) };
}

// Follows the size of the canvas and the theme until the screen is left.
export function followSize(map, canvas, signal) {
  const resize = () => canvas.clientWidth > 0 && map.resize();
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);
  signal.addEventListener('abort', () => observer.disconnect());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', resize, { signal });
}
