// The house from afar: sections as coloured ground with a dot a seat, one picture that is made once and mended where a seat changes.
import { shapeOf } from './seat-rows.js';

const PIXELS = 6; // a unit of the picture
const LARGEST = 4096; // pixels of a side
const BROAD = 1.7; // of the line that makes a row part of its section's ground

function canvasOf(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width);
  canvas.height = Math.ceil(height);
  return canvas;
}

export class FarPicture {
  constructor(map) {
    this.map = map;
    const { box } = map;
    this.scale = Math.min(PIXELS, LARGEST / box.width, LARGEST / box.height);
    this.seats = canvasOf(box.width * this.scale, box.height * this.scale);
    this.ground = canvasOf((box.width * this.scale) / 2, (box.height * this.scale) / 2);
  }

  // Everything anew: another theme, another filter, another state of many. Without states there are sections only.
  draw() {
    this.ink = undefined;
    this.drawGround();
    const context = this.seats.getContext('2d');
    context.clearRect(0, 0, this.seats.width, this.seats.height);
    for (let index = 0; index < this.map.states.length; index += 1) this.dot(context, index);
  }

  drawGround() {
    const { map, ground, scale } = this;
    const context = ground.getContext('2d');
    context.clearRect(0, 0, ground.width, ground.height);
    context.lineWidth = (BROAD * scale) / 2;
    context.lineJoin = context.lineCap = 'round';
    const at = ({ x, y }) => [((x - map.box.left) * scale) / 2, ((y - map.box.top) * scale) / 2];
    for (const row of map.rows) {
      const tier = map.categories[row.indexes[0]];
      context.strokeStyle = map.filter === null || map.filter.has(tier) ? map.colour.tiers[tier] : map.colour.line;
      context.stroke(shapeOf(row, map.places, at));
    }
  }

  mend(indexes) {
    this.ink = undefined;
    const context = this.seats.getContext('2d');
    for (const index of indexes) this.dot(context, index, true);
  }

  dot(context, index, again = false) {
    const { map, scale } = this;
    const { x, y } = map.places[index];
    const [left, top] = [(x - map.box.left) * scale, (y - map.box.top) * scale];
    if (again) context.clearRect(left - scale / 2, top - scale / 2, scale, scale);
    const size = map.dotShare(index) * scale;
    const colour = map.colourOf(index);
    if (colour !== this.ink) context.fillStyle = this.ink = colour; // a colour is read anew each time that it is set
    context.fillRect(left - size / 2, top - size / 2, size, size);
  }

  // view: where the picture stands on the other canvas; `dim`: how much of the ground is seen
  paint(context, view, dim) {
    const { box } = this.map;
    const place = [(box.left - view.x) * view.scale, (box.top - view.y) * view.scale, box.width * view.scale, box.height * view.scale];
    context.globalAlpha = dim;
    context.drawImage(this.ground, ...place);
    context.globalAlpha = 1;
    context.drawImage(this.seats, ...place);
  }
}
