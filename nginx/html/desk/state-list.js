// The seats of a show as a list of zones and rows: the equal of the map for keyboards and screen readers. A zone's seats are made when it is opened.
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

export class StateList {
  // house: HouseStates; choose(index)
  constructor(house, choose) {
    Object.assign(this, { house, choose });
    this.buttons = new Map(); // index → button, of opened zones
    this.zones = this.byZone();
    this.element = element('div', { class: 'state-list' }, [...this.zones.values()].map((zone) => zone.element));
  }

  byZone() {
    const zones = new Map();
    this.house.seats.forEach((seat, index) => {
      if (!zones.has(seat.zone)) zones.set(seat.zone, this.makeZone(seat.zone));
      zones.get(seat.zone).indexes.push(index);
    });
    return zones;
  }

  makeZone(id) {
    const count = element('span', { class: 'quiet small' });
    const rows = element('div', { class: 'state-rows' });
    const zone = { indexes: [], count, rows, drawn: false };
    zone.element = element('details', { data: { zone: id }, ontoggle: () => this.open(zone) }, element('summary', {}, element('strong', {}, this.house.zoneNames.get(id) ?? id), ' ', count), rows);
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
    return element('div', { class: 'state-row', role: 'group', 'aria-label': t('seat.row', { row }), onkeydown: step },
      element('span', { class: 'row-name', 'aria-hidden': 'true' }, row), element('div', { class: 'state-buttons' }, buttons));
  }

  makeButton(index) {
    const button = element('button', { type: 'button', class: 'state-seat', onclick: () => this.choose(index) }, String(this.house.seats[index].number));
    this.buttons.set(index, button);
    this.show(index);
    return button;
  }

  show(index) {
    const button = this.buttons.get(index);
    if (button === undefined) return;
    const letter = this.house.letters[index] ?? 'a';
    button.dataset.state = letter;
    button.setAttribute('aria-label', t('live.seat-label', { seat: this.house.seats[index].seatId, state: t(`live.state-${letter}`) }));
  }

  // Seats to look at anew, null: all; counts: of HouseStates
  changed(indexes, counts) {
    for (const index of indexes ?? this.buttons.keys()) this.show(index);
    for (const [id, zone] of this.zones) {
      const { a, h, s, c } = counts.get(id);
      const text = t('live.zone-counts', { free: a, held: h, sold: s + c, inside: c });
      if (zone.count.textContent !== text) zone.count.textContent = text;
    }
  }
}
