// The whole house in a corner of the map while only a part of it is in sight; a press moves the part. The list of seats is its equal for
// the keyboard.
import { element } from './element.js';

const SIDE = 112; // pixels of the longer side at most
const SHOWN_FROM = 1.4; // times closer than the whole house

export class MiniMap {
  constructor(map) {
    this.map = map;
    this.canvas = element('canvas', {});
    this.frame = element('span', { class: 'mini-frame' });
    this.element = element('div', { class: 'mini', 'aria-hidden': 'true', hidden: true }, this.canvas, this.frame);
    const go = (event) => {
      event.preventDefault();
      const box = this.canvas.getBoundingClientRect();
      map.centre(map.box.left + (event.clientX - box.left) / this.scale, map.box.top + (event.clientY - box.top) / this.scale);
    };
    this.element.addEventListener('pointerdown', (event) => {
      this.element.setPointerCapture(event.pointerId);
      go(event);
    });
    this.element.addEventListener('pointermove', (event) => event.buttons > 0 && go(event));
    this.stale = true;
  }

  // The house looks different: it is drawn again when it is next seen.
  changed() {
    this.stale = true;
  }

  draw() {
    const { map, canvas } = this;
    this.stale = false;
    this.scale = SIDE / Math.max(map.box.width, map.box.height);
    const [width, height] = [map.box.width * this.scale, map.box.height * this.scale];
    canvas.width = Math.round(width * map.ratio);
    canvas.height = Math.round(height * map.ratio);
    canvas.style.setProperty('width', `${width}px`);
    canvas.style.setProperty('height', `${height}px`);
    const context = canvas.getContext('2d');
    context.scale(map.ratio, map.ratio);
    const view = { x: map.box.left, y: map.box.top, scale: this.scale };
    map.drawField(context, view, false);
    map.far.paint(context, view, .6);
  }

  // What is in sight has changed.
  moved() {
    const { map, frame } = this;
    const hidden = map.view.scale < map.smallest * SHOWN_FROM;
    if (this.element.hidden !== hidden) this.element.hidden = hidden;
    if (hidden) return;
    if (this.stale) this.draw();
    const length = (start, size, whole) => [Math.max(0, start), Math.min(whole, start + size)];
    const [left, right] = length(map.view.x - map.box.left, map.size.width / map.view.scale, map.box.width);
    const [top, bottom] = length(map.view.y - map.box.top, map.size.height / map.view.scale, map.box.height);
    frame.style.setProperty('translate', `${left * this.scale}px ${top * this.scale}px`);
    frame.style.setProperty('width', `${Math.max(6, (right - left) * this.scale)}px`);
    frame.style.setProperty('height', `${Math.max(6, (bottom - top) * this.scale)}px`);
  }
}
