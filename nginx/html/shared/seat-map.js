// Draws a house on a canvas that is as large as its place on the page, at any zoom. From afar the seats are one picture, made once and mended
// where a seat changes; close by, the seats in view are drawn one by one, with their numbers.
import { bounds, Grid, layOut } from './seat-layout.js';

const CLOSE = 8; // pixels a unit from which seats are drawn one by one
const NUMBERS = 22; // pixels a unit from which they have numbers
const NEAREST = 64;
const OVERVIEW = 6; // pixels a unit of the picture from afar
const LARGEST = 4096; // pixels of a side of that picture
const COLOURS = 8;
const NEAR = 4; // a zone's name stands no farther from its seats

export class SeatMap {
  // template, seats: of GET /shows/:id/seatmap. categories[i]: the number of the seat's colour
  constructor(canvas, template, seats, categories) {
    Object.assign(this, { canvas, seats, categories });
    this.places = layOut(template);
    this.grid = new Grid(this.places);
    this.field = template.stage ?? template.pitch;
    this.box = bounds(this.places, this.field);
    this.names = this.zoneNames(template);
    this.states = [];
    this.chosen = new Set();
    this.filter = null; // numbers of the colours that are shown as usual; null: all
    this.view = { x: 0, y: 0, scale: 1 }; // the plane's point in the canvas' corner, pixels a unit
    this.overview = document.createElement('canvas');
    this.waiting = false;
  }

  zoneNames(template) {
    const zones = new Map();
    this.seats.forEach(({ zone }, index) => {
      const sum = zones.get(zone) ?? { x: 0, y: 0, count: 0 };
      zones.set(zone, { x: sum.x + this.places[index].x, y: sum.y + this.places[index].y, count: sum.count + 1 });
    });
    const names = template.zones.filter(({ id }) => zones.has(id)).map(({ id, name }) => {
      const { x, y, count } = zones.get(id);
      return { id, text: name ?? id, x: x / count, y: y / count, reach: Math.sqrt(count) };
    });
    // The middle of boxes at both sides lies among other seats: a name there would say something wrong.
    return names.filter(({ id, x, y }) => this.seats[this.grid.nearest(x, y, NEAR)]?.zone === id);
  }

  colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.colour = {
      tiers: Array.from({ length: COLOURS }, (_, index) => colour(`--seat-${index}`)),
      taken: colour('--seat-taken'), held: colour('--seat-held'), ink: colour('--ink'), card: colour('--card'), line: colour('--line'), quiet: colour('--quiet'), accent: colour('--accent'),
    };
  }

  // The place on the page has another size, or it is another theme.
  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    this.canvas.width = Math.round(this.size.width * ratio);
    this.canvas.height = Math.round(this.size.height * ratio);
    this.ratio = ratio;
    this.colours();
    this.drawOverview();
    this.limit();
    this.request();
  }

  get smallest() {
    return Math.min(this.size.width / this.box.width, this.size.height / this.box.height);
  }

  fit() {
    this.view.scale = this.smallest;
    this.limit();
    this.request();
  }

  // Keeps the house in the window.
  limit() {
    const { view, size, box } = this;
    view.scale = Math.min(NEAREST, Math.max(this.smallest, view.scale));
    const within = (value, start, length, window) => (length <= window ? start - (window - length) / 2 : Math.min(start + length - window, Math.max(start, value)));
    view.x = within(view.x, box.left, box.width, size.width / view.scale);
    view.y = within(view.y, box.top, box.height, size.height / view.scale);
  }

  // (x, y): the pixel of the canvas that stays where it is
  zoom(factor, x = this.size.width / 2, y = this.size.height / 2) {
    const { view } = this;
    const point = { x: view.x + x / view.scale, y: view.y + y / view.scale };
    view.scale = Math.min(NEAREST, Math.max(this.smallest, view.scale * factor));
    view.x = point.x - x / view.scale;
    view.y = point.y - y / view.scale;
    this.limit();
    this.request();
  }

  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y -= dy / this.view.scale;
    this.limit();
    this.request();
  }

  // The seat at a pixel of the canvas; -1: none.
  seatAt(x, y) {
    const { view } = this;
    return this.grid.nearest(view.x + x / view.scale, view.y + y / view.scale, Math.max(.5, 12 / view.scale));
  }

  get isClose() {
    return this.view.scale >= CLOSE;
  }

  // Seats to look at anew; null: all.
  changed(indexes) {
    if (this.size === undefined) return;
    if (indexes === null) {
      this.drawOverview();
    } else {
      const context = this.overview.getContext('2d');
      for (const index of indexes) this.drawFar(context, index, true);
    }
    this.request();
  }

  // However much changes, the canvas is drawn once a frame.
  request() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  colourOf(index) {
    const tier = this.categories[index];
    const state = this.states[index];
    if (state === 'a') return this.filter === null || this.filter.has(tier) ? this.colour.tiers[tier] : this.colour.line;
    return state === 'h' ? this.colour.held : this.colour.taken;
  }

  drawOverview() {
    const { box, overview } = this;
    this.far = Math.min(OVERVIEW, LARGEST / box.width, LARGEST / box.height);
    overview.width = Math.ceil(box.width * this.far);
    overview.height = Math.ceil(box.height * this.far);
    const context = overview.getContext('2d');
    for (let index = 0; index < this.places.length; index += 1) this.drawFar(context, index, false);
  }

  drawFar(context, index, again) {
    const { x, y } = this.places[index];
    const [left, top, side] = [(x - this.box.left) * this.far, (y - this.box.top) * this.far, this.far];
    if (again) context.clearRect(left - side / 2, top - side / 2, side, side);
    const size = (this.states[index] === 'a' ? .84 : .5) * side;
    context.fillStyle = this.colourOf(index);
    context.fillRect(left - size / 2, top - size / 2, size, size);
  }

  draw() {
    if (this.size === undefined || this.size.width === 0) return;
    const { view, box } = this;
    const context = this.canvas.getContext('2d');
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    this.drawField(context);
    if (this.isClose) {
      const seen = this.grid.within(view.x - 1, view.y - 1, view.x + this.size.width / view.scale + 1, view.y + this.size.height / view.scale + 1);
      for (const index of seen) this.drawSeat(context, index);
    } else {
      context.drawImage(this.overview, (box.left - view.x) * view.scale, (box.top - view.y) * view.scale, box.width * view.scale, box.height * view.scale);
      this.drawNames(context);
    }
    for (const index of this.chosen) this.drawChosen(context, index);
  }

  spot(index) {
    const { x, y } = this.places[index];
    return { x: (x - this.view.x) * this.view.scale, y: (y - this.view.y) * this.view.scale };
  }

  // Held seats are hollow squares, sold ones small: colour is not the only difference.
  drawSeat(context, index) {
    const { x, y } = this.spot(index);
    const radius = .42 * this.view.scale;
    const state = this.states[index];
    context.fillStyle = context.strokeStyle = this.colourOf(index);
    if (state === 'h') {
      context.lineWidth = Math.max(1, radius / 5);
      context.strokeRect(x - radius * .7, y - radius * .7, radius * 1.4, radius * 1.4);
      return;
    }
    context.beginPath();
    context.arc(x, y, state === 'a' ? radius : radius * .45, 0, 2 * Math.PI);
    context.fill();
    if (state === 'a' && this.view.scale >= NUMBERS) this.label(context, String(this.seats[index].number), x, y, radius * .8, this.colour.card);
  }

  drawChosen(context, index) {
    const { x, y } = this.spot(index);
    const radius = Math.max(5, .48 * this.view.scale);
    context.fillStyle = this.colour.accent;
    context.strokeStyle = this.colour.card;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.beginPath();
    context.moveTo(x - radius * .45, y);
    context.lineTo(x - radius * .1, y + radius * .38);
    context.lineTo(x + radius * .48, y - radius * .35);
    context.stroke();
  }

  label(context, text, x, y, size, colour) {
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  // Names of zones with room for them, on a ground that keeps them readable.
  drawNames(context) {
    for (const { text, x, y, reach } of this.names) {
      const spot = { x: (x - this.view.x) * this.view.scale, y: (y - this.view.y) * this.view.scale };
      context.font = '600 13px system-ui, sans-serif';
      const width = context.measureText(text).width + 14;
      if (width > reach * 2 * this.view.scale) continue;
      context.fillStyle = this.colour.card;
      context.globalAlpha = .9;
      context.beginPath();
      context.roundRect(spot.x - width / 2, spot.y - 11, width, 22, 6);
      context.fill();
      context.globalAlpha = 1;
      this.label(context, text, spot.x, spot.y + 1, 13, this.colour.ink);
    }
  }

  drawField(context) {
    if (!this.field) return;
    const { position, width, height, name } = this.field;
    const { view } = this;
    const [x, y] = [(position.x - view.x) * view.scale, (position.y - view.y) * view.scale];
    context.strokeStyle = this.colour.line;
    context.fillStyle = this.colour.line;
    context.lineWidth = 2;
    context.globalAlpha = .35;
    context.fillRect(x - (width * view.scale) / 2, y - (height * view.scale) / 2, width * view.scale, height * view.scale);
    context.globalAlpha = 1;
    context.strokeRect(x - (width * view.scale) / 2, y - (height * view.scale) / 2, width * view.scale, height * view.scale);
    this.label(context, name ?? '', x, y, Math.max(11, Math.min(28, Math.min(height, width / 6) * view.scale * .4)), this.colour.quiet);
  }
}
