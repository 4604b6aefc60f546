// The rows of a house and their names, which stand at the ends of the row and stay in sight while the map is moved.

const APART = 1.9; // seats of a row that are farther from each other have something between them
const ROOM = .9; // a name needs that much without seats
const EDGE = 15; // pixels from the edge of the map to the middle of a name that stays there

// Beyond the seat at `from`, on the far side of `neighbour`.
function beyond(from, neighbour) {
  const [dx, dy] = [from.x - neighbour.x, from.y - neighbour.y];
  const length = Math.hypot(dx, dy) || 1;
  return { x: from.x + dx / length, y: from.y + dy / length };
}

function makeRow(seat, places, indexes, grid) {
  const [first, last] = [places[indexes[0]], places[indexes.at(-1)]];
  const [second, before] = [places[indexes[1]] ?? { x: first.x + 1, y: first.y }, places[indexes.at(-2)] ?? { x: last.x - 1, y: last.y }];
  const xs = indexes.map((index) => places[index].x);
  const ys = indexes.map((index) => places[index].y);
  const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  const ends = [beyond(first, second), beyond(last, before)].filter(({ x, y }) => grid.nearest(x, y, ROOM) < 0);
  return { name: seat.row, zone: seat.zone, indexes, box, ends, level: box.bottom - box.top < .5 };
}

// seats, places: in seat map order. → [{name, zone, indexes, box, ends: [{x, y}], level}]
export function rowsOf(seats, places, grid) {
  const rows = [];
  let indexes = [];
  seats.forEach((seat, index) => {
    indexes.push(index);
    const next = seats[index + 1];
    if (next?.row === seat.row && next.zone === seat.zone) return;
    rows.push(makeRow(seat, places, indexes, grid));
    indexes = [];
  });
  return rows;
}

// Stretches of seats without a gap: [[place, …], …].
function* stretches(row, places) {
  let stretch = [];
  for (const index of row.indexes) {
    const place = places[index];
    const before = stretch.at(-1);
    if (before && Math.hypot(place.x - before.x, place.y - before.y) > APART) {
      yield stretch;
      stretch = [];
    }
    stretch.push(place);
  }
  yield stretch;
}

// A row as a line, broken where seats are apart: drawn broadly, the rows of a section make its ground.
export function shapeOf(row, places, at) {
  const path = new Path2D();
  for (const stretch of stretches(row, places)) {
    stretch.forEach((place, count) => path[count === 0 ? 'moveTo' : 'lineTo'](...at(place)));
    if (stretch.length === 1) path.lineTo(...at({ x: stretch[0].x + .01, y: stretch[0].y }));
  }
  return path;
}

function pill(context, text, x, y, size, colour) {
  const width = Math.max(20, context.measureText(text).width + 10);
  context.globalAlpha = .92;
  context.fillStyle = colour.card;
  context.beginPath();
  context.roundRect(x - width / 2, y - size * .8, width, size * 1.6, size * .5);
  context.fill();
  context.globalAlpha = 1;
  context.fillStyle = colour.ink;
  context.fillText(text, x, y + 1);
}

// view: {x, y, scale}; size: of the canvas
export function drawRowNames(context, { rows, view, size, colour }) {
  const height = Math.min(15, Math.max(10, view.scale * .6));
  const text = `600 ${height}px system-ui, sans-serif`;
  context.font = text;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const [right, bottom] = [view.x + size.width / view.scale, view.y + size.height / view.scale];
  for (const { name, box, ends, level } of rows) {
    if (box.right < view.x || box.left > right || box.bottom < view.y || box.top > bottom) continue;
    context.fillStyle = colour.quiet;
    for (const end of ends) context.fillText(name, (end.x - view.x) * view.scale, (end.y - view.y) * view.scale);
    const y = (box.top - view.y) * view.scale;
    if (!level || y < height || y > size.height - height) continue;
    if (box.left < view.x) pill(context, name, EDGE, y, height, colour);
    if (box.right > right) pill(context, name, size.width - EDGE, y, height, colour);
  }
}
