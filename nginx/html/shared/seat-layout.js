// Where the seats of a seat map template lie. One unit is the width of a seat.

const SPACE = 1; // between the middles of two neighbours
const ROW_STEP = 1.5; // where the template has no geometry
const ZONE_GAP = 2.5;
const MARGIN = 2; // around the house: the names of rows stand there
const STAGE = 2.5; // depth of a stage that is not in the template

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

// {left, top, width, height} around all places and the field, with a margin.
export function bounds(places, field) {
  const corners = [...places];
  if (field) {
    const { position, width, height } = field;
    corners.push({ x: position.x - width / 2, y: position.y - height / 2 }, { x: position.x + width / 2, y: position.y + height / 2 });
  }
  const least = (pick) => corners.reduce((found, corner) => Math.min(found, pick(corner)), Infinity);
  const [left, top] = [least(({ x }) => x) - MARGIN, least(({ y }) => y) - MARGIN];
  return { left, top, width: MARGIN - least(({ x }) => -x) - left, height: MARGIN - least(({ y }) => -y) - top };
}

// The stage of a template that says nothing of places: its front is up (seatmaps/README.md). undefined when the template has places.
export function plainStage(template, places, name) {
  if (template.zones.some(({ position }) => position !== undefined)) return undefined;
  const { left, top, width } = bounds(places);
  return { position: { x: left + width / 2, y: top - STAGE / 2 }, width: Math.max(8, width * .6), height: STAGE, name };
}

const CELL = 4;
const SIDE = 65536; // cells, more than any house has
const cellName = (x, y) => Math.floor(x / CELL) * SIDE + Math.floor(y / CELL);

// Places by squares of the plane, so that only those near a point or within a window are looked at.
export class Grid {
  constructor(places) {
    this.places = places;
    this.cells = new Map();
    places.forEach(({ x, y }, index) => {
      const name = cellName(x, y);
      if (!this.cells.has(name)) this.cells.set(name, []);
      this.cells.get(name).push(index);
    });
  }

  // Indexes of the places in the window, and of some just outside.
  within(left, top, right, bottom) {
    const found = [];
    for (let x = Math.floor(left / CELL) * CELL; x <= right; x += CELL) {
      for (let y = Math.floor(top / CELL) * CELL; y <= bottom; y += CELL) {
        const cell = this.cells.get(cellName(x, y));
        if (cell !== undefined) found.push(...cell);
      }
    }
    return found;
  }

  // The place nearest to a point and less than `reach` away; -1: none.
  nearest(x, y, reach) {
    let [best, index] = [reach * reach, -1];
    for (const candidate of this.within(x - reach, y - reach, x + reach, y + reach)) {
      const place = this.places[candidate];
      const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
      if (distance < best) [best, index] = [distance, candidate];
    }
    return index;
  }
}
