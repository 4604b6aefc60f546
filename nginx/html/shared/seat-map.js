// Draws a house on a canvas that is as large as its place on the page, at any zoom. From afar there are sections (seat-far.js); close by, the
// seats in view are drawn one by one, with their numbers and the names of their rows.
import { FarPicture } from './seat-far.js';
import { bounds, Grid, layOut, plainStage } from './seat-layout.js';
import { drawRowNames, rowsOf } from './seat-rows.js';

const CLOSE = 8; // pixels a unit from which seats are drawn one by one, and a mouse hits them
const SMALL = 3; // in a house of FEW seats they are drawn one by one from here
const FEW = 3000;
const NUMBERS = 22; // pixels a unit from which they have numbers
const TOUCH = 24; // pixels a unit from which a finger hits the seat it means
const NEAREST = 64;
const COLOURS = 8;
const ROLES = ['ink', 'sunk', 'card', 'line', 'quiet', 'accent'];
const NEAR = 4; // a zone's name stands no farther from its seats
const GLIDE_MS = 240;

export class SeatMap {
  // template, seats: of GET /shows/:id/seatmap. categories[i]: the number of the seat's colour.
  // on: moved(), the view is another; looks(), the whole house is; stage: what a stage is called that has no name; inset: pixels at the
  // lower edge that something else covers
  constructor(canvas, template, seats, categories, { moved = () => {}, looks = () => {}, stage, inset = 0 } = {}) {
    Object.assign(this, { canvas, seats, categories, inset, on: { moved, looks } });
    this.places = layOut(template);
    this.grid = new Grid(this.places);
    this.field = template.stage ?? template.pitch ?? (stage && plainStage(template, this.places, stage));
    this.box = bounds(this.places, this.field);
    this.rows = rowsOf(seats, this.places, this.grid);
    this.names = this.zoneNames(template);
    this.states = [];
    this.chosen = new Set();
    this.filter = null; // numbers of the colours that are shown as usual; null: all
    this.view = { x: 0, y: 0, scale: 1 }; // the plane's point in the canvas' corner, pixels a unit
    this.far = new FarPicture(this);
    this.sprites = new Map();
    this.waiting = false;
  }

  zoneNames(template) {
    const zones = new Map();
    this.seats.forEach(({ zone }, index) => {
      const { x, y } = this.places[index];
      const sum = zones.get(zone) ?? { x: 0, y: 0, count: 0, left: x, right: x, top: y, bottom: y };
      zones.set(zone, {
        x: sum.x + x, y: sum.y + y, count: sum.count + 1,
        left: Math.min(sum.left, x), right: Math.max(sum.right, x), top: Math.min(sum.top, y), bottom: Math.max(sum.bottom, y),
      });
    });
    const names = template.zones.filter(({ id }) => zones.has(id)).map(({ id, name }) => {
      const { x, y, count, ...box } = zones.get(id);
      return { id, text: name ?? id, x: x / count, y: y / count, ...box };
    });
    // The middle of boxes at both sides lies among other seats: a name there would say something wrong.
    return names.filter(({ id, x, y }) => this.seats[this.grid.nearest(x, y, NEAR)]?.zone === id);
  }

  // Reads the theme's colours; true when they are others than before.
  colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const before = JSON.stringify(this.colour);
    this.colour = Object.fromEntries(ROLES.map((name) => [name, colour(`--${name}`)]));
    Object.assign(this.colour, { taken: colour('--seat-taken'), held: colour('--seat-held') });
    this.colour.tiers = Array.from({ length: COLOURS }, (_, index) => colour(`--seat-${index}`));
    return JSON.stringify(this.colour) !== before;
  }

  // The place on the page has another size, or it is another theme.
  resize() {
    const ratio = window.devicePixelRatio || 1;
    const whole = this.size === undefined || this.isWhole;
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    this.canvas.width = Math.round(this.size.width * ratio);
    this.canvas.height = Math.round(this.size.height * ratio);
    this.ratio = ratio;
    this.sprites.clear();
    if (this.colours()) this.far.draw();
    this.on.looks();
    if (whole) this.view.scale = this.smallest;
    this.limit();
    this.request();
  }

  get smallest() {
    return Math.min(this.size.width / this.box.width, (this.size.height - this.inset) / this.box.height);
  }

  fit() {
    this.glide({ ...this.view, scale: this.smallest }, 0);
  }

  // Keeps the house in the window.
  limit() {
    const { view, size, box } = this;
    view.scale = Math.min(NEAREST, Math.max(this.smallest, view.scale));
    const within = (value, start, length, window) => (length <= window ? start - (window - length) / 2 : Math.min(start + length - window, Math.max(start, value)));
    view.x = within(view.x, box.left, box.width, size.width / view.scale);
    view.y = within(view.y, box.top, box.height, (size.height - this.inset) / view.scale);
  }

  // (x, y): the pixel of the canvas that stays where it is
  zoom(factor, x = this.size.width / 2, y = this.size.height / 2) {
    this.view = this.zoomed(factor, x, y);
    this.limit();
    this.request();
  }

  zoomed(factor, x, y) {
    const { view } = this;
    const scale = Math.min(NEAREST, Math.max(this.smallest, view.scale * factor));
    return { x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale, scale };
  }

  // Goes to another view, in a few steps where the reader has not switched motion off.
  glide(to, duration = GLIDE_MS) {
    const from = { ...this.view };
    const still = duration === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const began = performance.now();
    const mine = (this.gliding = {});
    const step = () => {
      if (this.gliding !== mine) return;
      const done = still ? 1 : Math.min(1, (performance.now() - began) / duration);
      const eased = 1 - (1 - done) ** 3;
      this.view = { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased, scale: from.scale + (to.scale - from.scale) * eased };
      if (done === 1) this.limit();
      this.request();
      if (done < 1) requestAnimationFrame(step);
    };
    step();
  }

  // Puts a point of the plane into the middle.
  centre(x, y) {
    this.gliding = null;
    this.view.x = x - this.size.width / 2 / this.view.scale;
    this.view.y = y - this.size.height / 2 / this.view.scale;
    this.limit();
    this.request();
  }

  // Comes closer to what is at a pixel: to its whole section where that is a step, otherwise so close that seats can be hit.
  approach(x, y) {
    const { view, size } = this;
    const zone = this.zoneAt(x, y);
    const whole = zone && Math.min(size.width / (zone.right - zone.left + 4), (size.height - this.inset) / (zone.bottom - zone.top + 4));
    if (!zone || whole < view.scale * 1.5) return this.glide(this.zoomed(Math.max(2.5, (TOUCH + 4) / view.scale), x, y));
    const scale = Math.min(NEAREST, whole);
    this.glide({ x: (zone.left + zone.right - size.width / scale) / 2, y: (zone.top + zone.bottom - (size.height - this.inset) / scale) / 2, scale });
  }

  // The section at a pixel; undefined: none, or its seats are not all in one place.
  zoneAt(x, y) {
    const { view } = this;
    const index = this.grid.nearest(view.x + x / view.scale, view.y + y / view.scale, Math.max(2, 24 / view.scale));
    return index < 0 ? undefined : this.names.find(({ id }) => id === this.seats[index].zone);
  }

  pan(dx, dy) {
    this.gliding = null;
    this.view.x -= dx / this.view.scale;
    this.view.y -= dy / this.view.scale;
    this.limit();
    this.request();
  }

  // The seat at a pixel of the canvas; -1: none.
  seatAt(x, y) {
    const { view } = this;
    return this.grid.nearest(view.x + x / view.scale, view.y + y / view.scale, Math.max(.72, 12 / view.scale));
  }

  get isWhole() {
    return this.view.scale <= this.smallest * 1.01;
  }

  get isClose() {
    return this.view.scale >= CLOSE;
  }

  // Can a seat be meant by pointing at it? A finger needs more room than a mouse.
  canChoose(finger) {
    return this.view.scale >= (finger ? TOUCH : CLOSE);
  }

  // Seats to look at anew; null: all.
  changed(indexes) {
    if (this.size === undefined) return;
    if (indexes === null) this.far.draw();
    else this.far.mend(indexes);
    this.on.looks();
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

  // How much of its place a seat's dot takes from afar.
  dotShare(index) {
    return this.states[index] === 'a' ? .84 : .5;
  }

  draw() {
    if (this.size === undefined || this.size.width === 0) return;
    const { view } = this;
    const context = this.canvas.getContext('2d');
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    this.drawField(context, view);
    if (this.isClose || (this.seats.length <= FEW && view.scale >= SMALL)) this.drawSeats(context);
    else this.far.paint(context, view, Math.max(0, Math.min(.7, (CLOSE - view.scale) / CLOSE)));
    if (this.isClose) drawRowNames(context, this);
    else this.drawNames(context);
    for (const index of this.chosen) this.drawChosen(context, index);
    this.on.moved();
  }

  spot(index) {
    const { x, y } = this.places[index];
    return { x: (x - this.view.x) * this.view.scale, y: (y - this.view.y) * this.view.scale };
  }

  drawSeats(context) {
    const { view, size } = this;
    if (this.sprites.scale !== view.scale) this.sprites.clear();
    this.sprites.scale = view.scale;
    const seen = this.grid.within(view.x - 1, view.y - 1, view.x + size.width / view.scale + 1, view.y + size.height / view.scale + 1);
    const half = Math.ceil((view.scale * this.ratio) / 2);
    context.setTransform(1, 0, 0, 1, 0, 0); // a picture that stands on whole pixels stays sharp, and is copied fast
    for (const index of seen) {
      const { x, y } = this.spot(index);
      const sprite = this.sprite(this.states[index] ?? 's', this.colourOf(index));
      context.drawImage(sprite, Math.round(x * this.ratio) - half, Math.round(y * this.ratio) - half);
    }
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (view.scale >= NUMBERS) this.drawNumbers(context, seen);
  }

  drawNumbers(context, seen) {
    this.pen(context, .34 * this.view.scale, this.colour.card);
    for (const index of seen) {
      if (this.states[index] !== 'a') continue;
      const { x, y } = this.spot(index);
      context.fillText(String(this.seats[index].number), x, y);
    }
  }

  // A seat of a state and colour, drawn once a zoom. Held seats are hollow squares, sold ones small: colour is not the only difference.
  sprite(state, colour) {
    const name = state + colour;
    const found = this.sprites.get(name);
    if (found !== undefined) return found;
    const half = Math.ceil((this.view.scale * this.ratio) / 2);
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 2 * half;
    const context = canvas.getContext('2d');
    const radius = .42 * this.view.scale * this.ratio;
    context.fillStyle = context.strokeStyle = colour;
    if (state === 'h') {
      context.lineWidth = Math.max(1, radius / 5);
      context.strokeRect(half - radius * .7, half - radius * .7, radius * 1.4, radius * 1.4);
    } else {
      context.arc(half, half, state === 'a' ? radius : radius * .45, 0, 2 * Math.PI);
      context.fill();
    }
    this.sprites.set(name, canvas);
    return canvas;
  }

  drawChosen(context, index) {
    const { x, y } = this.spot(index);
    const radius = Math.max(6, .48 * this.view.scale);
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

  pen(context, size, colour) {
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colour;
  }

  // Names of zones with room for them, on a ground that keeps them readable.
  drawNames(context) {
    for (const { text, id, x, y, left, right } of this.names) {
      const spot = { x: (x - this.view.x) * this.view.scale, y: (y - this.view.y) * this.view.scale };
      this.pen(context, 13, this.colour.card);
      const fits = (name) => context.measureText(name).width + 14 <= (right - left + 1) * this.view.scale;
      const name = [text, id].find(fits);
      if (name === undefined) continue;
      const width = context.measureText(name).width + 14;
      context.globalAlpha = .92;
      context.beginPath();
      context.roundRect(spot.x - width / 2, spot.y - 11, width, 22, 6);
      context.fill();
      context.globalAlpha = 1;
      context.fillStyle = this.colour.ink;
      context.fillText(name, spot.x, spot.y + 1);
    }
  }

  drawField(context, view, named = true) {
    if (!this.field) return;
    const { position, width, height, name } = this.field;
    const [x, y] = [(position.x - view.x) * view.scale, (position.y - view.y) * view.scale];
    const [wide, high] = [width * view.scale, height * view.scale];
    context.strokeStyle = this.colour.line;
    context.fillStyle = this.colour.sunk;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(x - wide / 2, y - high / 2, wide, high, Math.min(8, high / 4));
    context.fill();
    context.stroke();
    if (!named || !name) return;
    this.pen(context, Math.max(11, Math.min(26, Math.min(height, width / 6) * view.scale * .4)), this.colour.quiet);
    context.fillText(name, x, y);
  }
}
