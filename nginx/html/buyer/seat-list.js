// The seats as a list of zones and rows: the equal of the map for keyboards and screen readers. A zone's seats are made when it is opened.
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';

const STATES = { a: 'free', h: 'held', s: 'sold' };

export class SeatList {
  // house: {seats, states(), chosen, currency, zoneNames}; choose(index)
  constructor(house, choose) {
    Object.assign(this, { house, choose });
    this.buttons = new Map(); // index → button, of opened zones
    this.zones = this.byZone();
    this.element = element('div', { class: 'seat-list' }, [...this.zones.values()].map((zone) => zone.element));
  }

  byZone() {
    const zones = new Map();
    this.house.seats.forEach((seat, index) => {
      if (!zones.has(seat.zone)) zones.set(seat.zone, this.makeZone(seat));
      zones.get(seat.zone).indexes.push(index);
    });
    return zones;
  }

  makeZone(seat) {
    const free = element('span', { class: 'quiet' });
    const rows = element('div', { class: 'rows' });
    const zone = { indexes: [], free, rows, drawn: false };
    zone.element = element('details', { data: { zone: seat.zone }, ontoggle: () => this.open(zone) },
      element('summary', {}, element('strong', {}, this.house.zoneNames.get(seat.zone) ?? seat.zone), ' ', money(seat.price, this.house.currency), ' · ', free), rows);
    return zone;
  }

  open(zone) {
    if (zone.drawn || !zone.element.open) return;
    zone.drawn = true;
    const rows = new Map();
    for (const index of zone.indexes) {
      const { row } = this.house.seats[index];
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(index);
    }
    zone.rows.replaceChildren(...[...rows].map(([row, indexes]) => this.makeRow(row, indexes)));
  }

  // One stop of the tabulator a row; the arrows move along it.
  makeRow(row, indexes) {
    const buttons = indexes.map((index) => this.makeButton(index));
    buttons.forEach((button, place) => (button.tabIndex = place === 0 ? 0 : -1));
    const step = (event) => {
      const place = buttons.indexOf(event.target);
      const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (place < 0 || buttons[to] === undefined) return;
      event.preventDefault();
      buttons[place].tabIndex = -1;
      buttons[to].tabIndex = 0;
      buttons[to].focus();
    };
    return element('div', { class: 'seat-row', role: 'group', 'aria-label': t('seat.row', { row }), onkeydown: step },
      element('span', { class: 'row-name', 'aria-hidden': 'true' }, row), element('div', { class: 'seat-buttons' }, buttons));
  }

  makeButton(index) {
    const button = element('button', { type: 'button', class: 'seat-button', onclick: () => button.getAttribute('aria-disabled') !== 'true' && this.choose(index) }, String(this.house.seats[index].number));
    this.buttons.set(index, button);
    this.show(index);
    return button;
  }

  show(index) {
    const button = this.buttons.get(index);
    if (button === undefined) return;
    const [seat, chosen] = [this.house.seats[index], this.house.chosen.has(index)];
    const state = STATES[this.house.states()[index]] ?? 'sold';
    button.setAttribute('aria-pressed', String(chosen));
    button.setAttribute('aria-disabled', String(state !== 'free' && !chosen));
    button.setAttribute('aria-label', t('seat.button', { seat: seat.seatId, number: String(seat.number), price: money(seat.price, this.house.currency), state: t(chosen ? 'seat.chosen' : `seat.${state}`) }));
  }

  // Seats to look at anew; null: all.
  changed(indexes) {
    for (const index of indexes ?? this.buttons.keys()) this.show(index);
    const states = this.house.states();
    for (const zone of this.zones.values()) {
      const count = zone.indexes.reduce((sum, index) => sum + (states[index] === 'a' ? 1 : 0), 0);
      const text = t('seat.count-free', { count });
      if (zone.free.textContent !== text) zone.free.textContent = text;
    }
  }
}
