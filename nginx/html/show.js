// The seats of one show: /show.html?id=<show>.
import { money, time } from '/format.js';
import { LiveSeats } from '/live-seats.js';
import { SeatMap } from '/seat-map.js';

const show = new URLSearchParams(location.search).get('id') ?? '';
const at = (id) => document.getElementById(id);
const WORDS = { a: 'available', h: 'held', s: 'sold' };
const MODES = { live: 'live', polling: 'asked for every 5 seconds', broken: 'connecting again…' };

let map;
let seats = [];
let zoneNames = new Map();
let mode = 'live';
let drawing = false;
let live;
let currency; // of the show's prices

async function get(path) {
  const answer = await fetch(`/api${path}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function fail(text) {
  at('state').textContent = text;
  at('state').className = 'bad';
}

function counts(indexes) {
  const sum = { a: 0, h: 0, s: 0 };
  for (const index of indexes) sum[live.states[index]] += 1;
  return sum;
}

function cell(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showZones() {
  const zones = new Map();
  seats.forEach((seat, index) => {
    if (!zones.has(seat.zone)) zones.set(seat.zone, { price: seat.price, indexes: [] });
    zones.get(seat.zone).indexes.push(index);
  });
  const rows = [...zones].map(([zone, { price, indexes }]) => {
    const { a, h, s } = counts(indexes);
    const row = document.createElement('tr');
    const head = cell('th', zoneNames.get(zone) ?? zone);
    head.scope = 'row';
    row.append(head, cell('td', money(price, currency)), ...[a, h, s].map((number) => cell('td', number.toLocaleString())));
    return row;
  });
  at('zones').replaceChildren(...rows);
}

// However many messages come, the page is drawn once a frame and told of once.
function render() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (map === undefined || currency === undefined || live.states.length !== seats.length) return;
    const { a, h, s } = counts(seats.keys());
    const text = `${a.toLocaleString()} available, ${h.toLocaleString()} held, ${s.toLocaleString()} sold`;
    at('state').textContent = `${text} (${MODES[mode]})`;
    at('state').className = '';
    at('map').setAttribute('aria-label', `Seat map: ${text}`);
    map.states = live.states;
    map.draw();
    showZones();
  });
}

async function loadMap() {
  const loaded = await get(`/shows/${show}/seatmap`);
  seats = loaded.seats;
  zoneNames = new Map(loaded.template.zones.map(({ id, name }) => [id, name ?? id]));
  map = new SeatMap(at('map'), loaded.template);
  map.states = live.states;
  map.resize(Math.min(at('scroll').clientWidth - 2, 26 * map.width));
  render();
}

async function loadShow() {
  const { eventId, startsAt, currency: sold } = await get(`/shows/${show}`);
  const { title, venue, timeZone } = await get(`/events/${eventId}`);
  currency = sold;
  at('title').textContent = title;
  document.title = `${title} · Seats`;
  const when = time(startsAt, timeZone);
  at('when').textContent = venue ? `${when} · ${venue}` : when;
  render();
}

function connect() {
  live = new LiveSeats(show, {
    changed: render,
    reload: () => loadMap().catch(() => fail('The seats cannot be shown just now.')),
    gone: () => fail('This show is no longer there.'),
    mode: (now) => {
      mode = now;
      render();
    },
  });
  at('closer').addEventListener('click', () => map?.resize(map.shown * 1.5));
  at('farther').addEventListener('click', () => map?.resize(Math.max(200, map.shown / 1.5)));
  at('map').addEventListener('pointermove', (event) => {
    const index = map?.seatAt(event.clientX, event.clientY) ?? -1;
    const seat = currency && seats[index];
    at('pointed').textContent = seat ? `${seat.seatId}: ${WORDS[live.states[index]]}, ${money(seat.price, currency)}` : 'Point at a seat to see its name.';
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', render);
}

async function start() {
  connect();
  try {
    await Promise.all([loadShow(), loadMap()]);
    live.start();
  } catch (error) {
    fail(error.message === '404' ? 'There is no such show.' : 'The seats cannot be shown just now.');
  }
}

start();
