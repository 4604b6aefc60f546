// Which part of the house a seat is in. The seat map is fetched once a show, and kept.
import { get } from '/shared/api.js';
import { keep, kept } from './store.js';

export class Places {
  seats = new Map();

  constructor(show) {
    this.show = show;
  }

  async load() {
    const name = `seats ${this.show}`;
    let list = await kept(name);
    if (list === undefined) {
      const { seats } = await get(`/shows/${this.show}/seatmap`);
      list = seats.map(({ seatId, zone, zoneName }) => [seatId, zoneName ?? zone]);
      await keep(name, list);
    }
    this.seats = new Map(list);
  }

  // {seatId, zone}: the whole name of a seat whose beginning is cut off on the ticket, where only one ends so
  find(seatId, cut) {
    if (!cut || seatId === undefined) return { seatId, zone: this.seats.get(seatId) };
    const whole = [...this.seats.keys()].filter((name) => name.endsWith(seatId));
    return whole.length === 1 ? { seatId: whole[0], zone: this.seats.get(whole[0]) } : { seatId: `…${seatId}` };
  }
}
