// The scanner: the camera's picture, what this device knows and has still to send, and the verdict on top of it all.
import { element } from '/shared/element.js';
import { Camera, stayAwake } from './camera.js';
import { controls } from './controls.js';
import { decoder } from './decoder.js';
import { Door } from './door.js';
import { listen } from './keyboard.js';
import { Places } from './places.js';
import { canVerify } from './signature.js';
import { unlock } from './sounds.js';
import { Sync } from './sync.js';
import { bars, counters, head } from './status.js';
import { Verdict } from './verdict.js';
import { t } from '/shared/texts.js';

const MOST_WAITING = 1000; // codes that a hand scanner may be ahead
const LOOK_MS = 1000;
const said = document.getElementById('said');

// One scan after the other: none is lost, and the last verdict is of the last code.
function inTurn(action) {
  let turn = Promise.resolve();
  let ahead = 0;
  return (text, at) => {
    if (ahead >= MOST_WAITING) return;
    ahead += 1;
    turn = turn.then(() => action(text, at)).catch(console.error).finally(() => (ahead -= 1));
  };
}

function makeScan(door, verdict, places, sync, view) {
  return inTurn(async (text, at = performance.now()) => {
    view.dataset.busy = 'true';
    try {
      const found = await door.scan(text).catch((error) => {
        console.error(error);
        return { kind: 'no', reason: 'broken' };
      });
      verdict.show(found, places.find(found.seatId, found.cut));
      performance.measure(`verdict ${found.kind}`, { start: at, end: performance.now() });
      if (found.offline) await sync.queued();
    } finally {
      delete view.dataset.busy;
    }
  });
}

// Begins to read codes; → the camera, null: there is none, and the note says why
async function begin(video, note, scan, signal) {
  if (!navigator.mediaDevices?.getUserMedia) {
    note.textContent = t('gate.insecure');
    return null;
  }
  const reads = await decoder();
  if (signal.aborted) return reads?.stop();
  if (reads === null) {
    note.textContent = t('gate.no-decoder');
    return null;
  }
  video.dataset.decoder = reads.name;
  const camera = new Camera(video, reads, scan);
  signal.addEventListener('abort', () => {
    camera.close();
    reads.stop();
  });
  await camera.open().then(() => (note.textContent = ''), (error) => {
    note.textContent = error.name === 'NotAllowedError' ? t('gate.camera-refused') : t('gate.no-camera');
  });
  return camera;
}

export function renderScanner({ main, signal, show, settings }) {
  const verdict = new Verdict(said, settings.show.timeZone);
  const places = new Places(settings.show.id);
  const video = element('video', { playsinline: true, 'aria-hidden': 'true' });
  video.muted = true;
  const note = element('p', { class: 'camera-note', role: 'status' }, t('gate.camera-wait'));
  const view = element('div', { class: 'view' }, video, element('div', { class: 'aim', 'aria-hidden': 'true' }), note);
  const top = element('header', { class: 'gate-bar' });
  const warnings = element('div', { class: 'warnings' });
  const counts = element('div', { class: 'counts' });
  const buttons = element('div', { class: 'buttons' });
  let verifies = true;
  const draw = () => {
    head(top, settings, sync);
    bars(warnings, sync, verifies);
    counters(counts, sync, settings);
  };
  const sync = new Sync(settings.show.id, { told: () => draw(), conflict: (list) => (said.textContent = t('gate.conflicts', { count: list.length })), signal });
  const door = new Door(settings, sync, (late) => verdict.shown?.scanId === late.scanId && late.kind !== verdict.shown.kind && verdict.show(late, places.find(late.seatId, false)));
  const scan = makeScan(door, verdict, places, sync, view);
  main.replaceChildren(element('div', { class: 'scanner', data: { direction: settings.direction } }, top, warnings, view, element('footer', {}, counts, buttons), verdict.place));
  draw();
  sync.start().catch(console.error);
  places.load().catch(() => addEventListener('online', () => places.load().catch(() => {}), { signal }));
  canVerify().then((can) => draw((verifies = can)));
  listen(scan, signal);
  document.addEventListener('pointerdown', unlock, { signal });
  document.addEventListener('keydown', unlock, { signal });
  signal.addEventListener('abort', stayAwake());
  const timer = setInterval(draw, LOOK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  controls(buttons, { camera: null, scan, settings, show });
  begin(video, note, scan, signal).then((camera) => !signal.aborted && controls(buttons, { camera: camera ?? null, scan, settings, show, note }));
}
