// What became of each seat of a show, kept current: free, held and sold by the stream of the show, checked in by its scans.
import { get } from '/shared/api.js';
import { LiveSeats } from '/shared/live-seats.js';
import { STATES } from './state-map.js';

const ASK_MS = 10_000;
const POLL_MS = 5000;
const PAGE = 100;
const PAGES = 100; // of scans that are read at first, at most

export class HouseStates {
  // show; loaded: of GET /shows/:id/seatmap; totals: of GET /shows/:id/checkins
  // on: {changed(indexes or null), totals(totals), mode(name), reload(), gone()}
  constructor({ show, loaded, totals, signal }, on) {
    Object.assign(this, { show, seats: loaded.seats, totals, signal, on });
    this.zoneNames = new Map(loaded.template.zones.map(({ id, name }) => [id, name ?? id]));
    this.indexes = new Map(this.seats.map(({ seatId }, index) => [seatId, index]));
    this.inside = new Set(); // indexes of seats whose ticket was let in
    this.known = new Set(); // ids of scans
    this.letters = [];
    this.live = new LiveSeats(show.id, { changed: (indexes) => this.changed(indexes), reload: on.reload, gone: () => this.poll(), mode: on.mode });
  }

  // The stream is public: a draft has none. What the stream cannot tell is asked with the admin's token, again and again.
  async poll() {
    try {
      const { states } = await get(`/shows/${this.show.id}/availability?format=compact`, { signal: this.signal });
      this.live.states = [...states];
      this.on.mode('polling');
      this.changed(null);
    } catch (error) {
      if (this.signal.aborted) return;
      if (error.status === 404) return void this.on.gone();
      this.on.mode('broken');
    }
    this.polling = setTimeout(() => this.poll(), POLL_MS);
  }

  // published: of the event
  start(published) {
    if (published) this.live.start();
    else this.poll();
    this.readScans().catch(() => {});
    const timer = setInterval(() => document.visibilityState === 'visible' && this.ask().catch(() => {}), ASK_MS);
    this.signal.addEventListener('abort', () => {
      clearInterval(timer);
      clearTimeout(this.polling);
      this.live.stop();
    });
  }

  letter(index) {
    const state = this.live.states[index];
    return state === 's' && this.inside.has(index) ? 'c' : state;
  }

  changed(indexes) {
    if (indexes === null) this.letters = this.live.states.map((_, index) => this.letter(index));
    else for (const index of indexes) this.letters[index] = this.letter(index);
    this.on.changed(indexes);
  }

  get ready() {
    return this.letters.length === this.seats.length;
  }

  // How many scans came since, and which seats they let in.
  async ask() {
    const totals = await get(`/shows/${this.show.id}/checkins`, { signal: this.signal });
    const before = JSON.stringify(this.totals);
    this.totals = totals;
    if (JSON.stringify(totals) === before) return;
    this.on.totals(totals);
    await this.readScans();
  }

  // The newest come first; what they say holds in the order in which they came.
  async readScans() {
    const fresh = [];
    let cursor = '';
    for (let page = 0; page < PAGES; page += 1) {
      const { scans, nextCursor } = await get(`/shows/${this.show.id}/checkins/scans?limit=${PAGE}${cursor}`, { signal: this.signal });
      const unknown = scans.filter(({ id }) => !this.known.has(id));
      fresh.push(...unknown);
      if (unknown.length < scans.length || nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
    fresh.reverse().forEach((scan) => this.take(scan));
    if (this.live.states.length > 0) this.changed(null);
  }

  take({ id, outcome, direction, seatId }) {
    this.known.add(id);
    const index = this.indexes.get(seatId);
    if (index === undefined) return;
    if (outcome === 'accepted' && direction === 'in') this.inside.add(index);
    if (outcome === 'undone') this.inside.delete(index);
  }

  // Zone id → {a, h, s, c}, and under '' the whole house.
  counts() {
    const none = () => Object.fromEntries(STATES.map((state) => [state, 0]));
    const counts = new Map([['', none()]]);
    this.seats.forEach(({ zone }, index) => {
      if (!counts.has(zone)) counts.set(zone, none());
      const letter = this.letters[index];
      counts.get(zone)[letter] += 1;
      counts.get('')[letter] += 1;
    });
    return counts;
  }
}
