// Fingers, mouse and wheel on a seat map: pan, pinch, zoom, point at a seat and choose it.

const TAP_PIXELS = 8; // a finger that moves less has tapped
const WHEEL = 0.0016;

const spot = (canvas, { clientX, clientY }) => {
  const box = canvas.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
};
const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);

// on: {choose(index), point(index, {x, y})}; index -1: no seat is there
export function addGestures(canvas, map, on) {
  const fingers = new Map(); // pointer id → where it is
  let moved = 0;

  function down(event) {
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, spot(canvas, event));
  }

  function move(event) {
    const to = spot(canvas, event);
    const from = fingers.get(event.pointerId);
    if (from === undefined) return on.point(map.seatAt(to.x, to.y), to);
    const before = [...fingers.values()];
    fingers.set(event.pointerId, to);
    const after = [...fingers.values()];
    moved += Math.hypot(to.x - from.x, to.y - from.y);
    if (after.length === 2) {
      const [was, is] = [middle(before), middle(after)];
      map.pan(is.x - was.x, is.y - was.y);
      if (distance(before) > 0) map.zoom(distance(after) / distance(before), is.x, is.y);
    } else if (after.length === 1 && moved >= TAP_PIXELS) {
      map.pan(to.x - from.x, to.y - from.y);
    }
  }

  // From afar a tap comes closer first: seats are too small to hit. What is chosen already may be let go from afar.
  function tap({ x, y }, finger) {
    const index = map.seatAt(x, y);
    if (!map.canChoose(finger) && !map.chosen.has(index)) return map.approach(x, y);
    on.choose(index);
  }

  function up(event) {
    const at = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (at !== undefined && fingers.size === 0 && moved < TAP_PIXELS && event.type === 'pointerup') tap(at, event.pointerType === 'touch');
  }

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', () => on.point(-1));
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { x, y } = spot(canvas, event);
    map.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 30 : 1) * WHEEL), x, y);
  }, { passive: false });
}
