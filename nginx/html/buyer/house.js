// A show's seats as the buyer sees them: what is free, what is chosen, what is held for this buyer. The map, the list and the panel draw it.
import { get } from '/shared/api.js';
import { LiveSeats } from '/shared/live-seats.js';
import { heldChanged } from './held-bar.js';

const COLOURS = 8;
export const MOST = 10; // seats of one hold, as the API takes them

const kept = (showId) => `chosen-${showId}`; // in sessionStorage: a reload and a login in between keep the choice

function restore(showId) {
  try {
    return JSON.parse(sessionStorage.getItem(kept(showId)) ?? '[]');
  } catch {
    return [];
  }
}

export class House {
  // on: {changed(indexes or null), taken(seatIds), reload(), gone(), mode(name)}
  constructor(show, event, loaded, on) {
    Object.assign(this, { show, event, on });
    this.seats = loaded.seats;
    this.template = loaded.template;
    this.currency = show.currency;
    this.zoneNames = new Map(loaded.template.zones.map(({ id, name }) => [id, name ?? id]));
    this.indexes = new Map(this.seats.map(({ seatId }, index) => [seatId, index]));
    this.prices = [...new Set(this.seats.map(({ price }) => price))].sort((a, b) => b - a);
    this.categories = this.seats.map(({ price }) => this.prices.indexOf(price) % COLOURS);
    this.chosen = new Set();
    this.hold = null;
    this.busy = false; // a hold is under way: seats that become held may be ours
    this.live = new LiveSeats(show.id, { changed: (indexes) => this.changed(indexes), reload: on.reload, gone: on.gone, mode: on.mode });
  }

  states = () => this.live.states;

  get total() {
    return [...this.chosen].reduce((sum, index) => sum + this.seats[index].price, 0);
  }

  seatIds() {
    return [...this.chosen].sort((a, b) => a - b).map((index) => this.seats[index].seatId);
  }

  // The first states have come: what was chosen before the page was loaded is chosen again, as far as it is free.
  begin() {
    const before = restore(this.show.id).filter((seatId) => this.indexes.has(seatId));
    const free = before.filter((seatId) => this.isFree(this.indexes.get(seatId)));
    if (this.hold === null) this.chosen = new Set(free.map((seatId) => this.indexes.get(seatId)));
    const lost = before.filter((seatId) => !free.includes(seatId));
    if (this.hold === null && lost.length > 0) this.on.taken(lost);
    this.keep();
  }

  isFree(index) {
    return this.live.states[index] === 'a';
  }

  keep() {
    try {
      sessionStorage.setItem(kept(this.show.id), JSON.stringify(this.seatIds()));
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  }

  // → '' or why not: 'most', 'taken', 'held'
  toggle(index) {
    if (this.hold !== null || this.busy) return 'held';
    if (this.chosen.has(index)) {
      this.chosen.delete(index);
    } else {
      if (!this.isFree(index)) return 'taken';
      if (this.chosen.size >= MOST) return 'most';
      this.chosen.add(index);
    }
    this.keep();
    this.on.changed([index]);
    return '';
  }

  // Seats that somebody else has taken leave the choice; the rest stays.
  drop(seatIds) {
    for (const seatId of seatIds) this.chosen.delete(this.indexes.get(seatId));
    this.keep();
    this.on.changed(null);
    this.on.taken(seatIds);
  }

  changed(indexes) {
    if (!this.begun && this.live.states.length === this.seats.length) {
      this.begun = true;
      this.begin();
    }
    if (this.hold === null && !this.busy) {
      const lost = [...this.chosen].filter((index) => !this.isFree(index));
      if (lost.length > 0) this.drop(lost.map((index) => this.seats[index].seatId));
    }
    this.on.changed(indexes);
  }

  // The seats of a hold are chosen, whatever was before.
  setHold(hold) {
    this.hold = hold;
    heldChanged();
    if (hold !== null) this.chosen = new Set(hold.seats.map((seatId) => this.indexes.get(seatId)).filter((index) => index !== undefined));
    this.keep();
    this.on.changed(null);
  }

  // After the hold has ended: its seats stay chosen where they are free again.
  async release() {
    this.hold = null;
    heldChanged();
    await this.live.refresh();
    this.changed(null);
  }
}

export async function readHold(showId, signal) {
  const { holds } = await get('/holds', { signal });
  return holds.find((hold) => hold.showId === showId) ?? null;
}
