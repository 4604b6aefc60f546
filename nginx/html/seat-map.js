// Draws the seats of a template on a canvas. One unit is the width of a seat.

const SPACE = 1; // between the middles of two neighbours
const ROW_STEP = 1.5; // where the template has no geometry
const ZONE_GAP = 2.5;

const turn = ({ x, y }, degrees) => {
  const angle = (degrees * Math.PI) / 180;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
};
const add = (a, b) => ({ x: a.x + b.x, y: a.y + b.y });

// A seat's place in its row, whose middle is the origin; on an arc, the centre lies in front (-y) of the middle.
function inRow(offset, curve) {
  if (!curve) return { x: offset, y: 0 };
  const angle = offset / curve;
  return { x: curve * Math.sin(angle), y: curve * (Math.cos(angle) - 1) };
}

// Places in seat map order: [{x, y}, …].
export function layOut(template) {
  const places = [];
  let below = 0;
  for (const zone of template.zones) {
    const origin = zone.position ?? { x: 0, y: below };
    let next = 0;
    for (const row of zone.rows) {
      const rowOrigin = row.position ?? { x: 0, y: next };
      next = rowOrigin.y + ROW_STEP;
      const middle = (row.to - row.from) / 2;
      for (let number = row.from; number <= row.to; number += 1) {
        const seat = inRow((number - row.from - middle) * SPACE, row.curve ?? zone.curve ?? 0);
        const placed = turn(add(rowOrigin, turn(seat, row.rotation ?? 0)), zone.rotation ?? 0);
        places.push(add(origin, placed));
      }
    }
    if (zone.position === undefined) below += next + ZONE_GAP - ROW_STEP;
  }
  return places;
}

export class SeatMap {
  constructor(canvas, template) {
    this.canvas = canvas;
    this.places = layOut(template);
    this.field = template.stage ?? template.pitch;
    this.states = [];
    const corners = [...this.places];
    if (this.field) {
      const { position, width, height } = this.field;
      corners.push({ x: position.x - width / 2, y: position.y - height / 2 }, { x: position.x + width / 2, y: position.y + height / 2 });
    }
    const min = (pick) => corners.reduce((least, corner) => Math.min(least, pick(corner)), Infinity);
    this.left = min(({ x }) => x) - 1.5;
    this.top = min(({ y }) => y) - 1.5;
    this.width = -min(({ x }) => -x) + 1.5 - this.left;
    this.height = -min(({ y }) => -y) + 1.5 - this.top;
    this.scale = 1;
  }

  // `pixels`: how wide the map is to be on the screen. Browsers limit the size of a canvas.
  resize(pixels) {
    const ratio = window.devicePixelRatio || 1;
    const widest = Math.min(8000 / ratio, (8000 / ratio) * (this.width / this.height), 24 * this.width);
    const width = Math.min(pixels, widest);
    this.scale = (width / this.width) * ratio;
    this.canvas.width = Math.round(this.width * this.scale);
    this.canvas.height = Math.round(this.height * this.scale);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${(width / this.width) * this.height}px`;
    this.shown = width;
    this.draw();
  }

  colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    return { a: colour('--available'), h: colour('--held'), s: colour('--sold'), line: colour('--line'), ink: colour('--quiet') };
  }

  draw() {
    const context = this.canvas.getContext('2d');
    const colours = this.colours();
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.drawField(context, colours);
    for (const letter of ['s', 'a', 'h']) {
      context.fillStyle = colours[letter];
      context.beginPath();
      this.states.forEach((state, index) => state === letter && this.addSeat(context, index, letter));
      context.fill();
    }
  }

  drawField(context, colours) {
    if (!this.field) return;
    const { position, width, height, name } = this.field;
    const x = (position.x - this.left) * this.scale;
    const y = (position.y - this.top) * this.scale;
    context.strokeStyle = colours.line;
    context.lineWidth = Math.max(1, this.scale / 4);
    context.strokeRect(x - (width * this.scale) / 2, y - (height * this.scale) / 2, width * this.scale, height * this.scale);
    context.fillStyle = colours.ink;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = `${Math.max(10, Math.min(height, width / 6) * this.scale * 0.4)}px system-ui, sans-serif`;
    context.fillText(name ?? '', x, y);
  }

  // Held seats are squares: colour is not the only difference.
  addSeat(context, index, letter) {
    const { x, y } = this.places[index];
    const [left, top, radius] = [(x - this.left) * this.scale, (y - this.top) * this.scale, 0.4 * this.scale];
    if (letter === 'h' || radius < 2) {
      context.rect(left - radius, top - radius, 2 * radius, 2 * radius);
    } else {
      context.moveTo(left + radius, top);
      context.arc(left, top, radius, 0, 2 * Math.PI);
    }
  }

  // The seat at a point of the page; -1: none.
  seatAt(clientX, clientY) {
    const box = this.canvas.getBoundingClientRect();
    const unit = this.width / box.width;
    const [x, y] = [(clientX - box.left) * unit + this.left, (clientY - box.top) * unit + this.top];
    return this.places.findIndex((place) => Math.abs(place.x - x) < 0.5 && Math.abs(place.y - y) < 0.5);
  }
}
