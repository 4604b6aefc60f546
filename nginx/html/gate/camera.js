// The camera: its picture, which one it is, its torch; and the codes in the picture. An error never stops it.
import { keep, kept } from './store.js';

const FRAME_MS = 80; // 12 pictures a second
const CROP = 640; // pixels of the middle
const WHOLE = 5; // each fifth picture is read as a whole
const GONE_MS = 3000; // so long must a code be out of the picture to be new
const MOST_CODES = 20;
const PATIENCE_MS = 3000; // a picture whose reading takes so long is given up

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Camera {
  // video: its element; decoder: of decoder.js; found(text): called with each new code
  constructor(video, decoder, found) {
    Object.assign(this, { video, decoder, found, seen: new Map(), track: null, running: false, turn: 0 });
  }

  // Opens the chosen camera, or the one that looks away from the person. The old one is stopped first: some devices have one at a time.
  async open(device) {
    const mine = (this.turn += 1);
    this.close();
    this.turn = mine;
    const wanted = device ?? (await kept('camera'));
    const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
    const stream = await navigator.mediaDevices
      .getUserMedia({ video: { ...size, ...(wanted ? { deviceId: { exact: wanted } } : { facingMode: { ideal: 'environment' } }) } })
      .catch((error) => (wanted && error.name === 'OverconstrainedError' ? navigator.mediaDevices.getUserMedia({ video: size }) : Promise.reject(error)));
    if (mine !== this.turn) return stream.getTracks().forEach((track) => track.stop());
    [this.track] = stream.getVideoTracks();
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    if (device) await keep('camera', device);
    this.track.addEventListener('ended', () => mine === this.turn && this.reopen(mine));
    this.run(mine);
    return undefined;
  }

  // A camera that was taken away (a call, another program) is asked for again.
  async reopen(mine) {
    while (mine === this.turn) {
      await sleep(1000);
      if (mine !== this.turn || (await this.open().then(() => true, () => false))) return;
      mine = this.turn;
    }
  }

  close() {
    this.turn += 1;
    this.track?.stop();
    this.track = null;
    this.video.srcObject = null;
  }

  // [{id, label}]
  async others() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, label, current: deviceId === this.track?.getSettings().deviceId }));
  }

  get hasTorch() {
    return this.track?.getCapabilities?.().torch === true;
  }

  torch(on) {
    return this.track.applyConstraints({ advanced: [{ torch: on }] });
  }

  async run(mine) {
    for (let frame = 0; mine === this.turn; frame += 1) {
      const begun = performance.now();
      try {
        await this.look(frame % WHOLE === WHOLE - 1);
      } catch (error) {
        console.warn(error); // the next picture may be better
      }
      await sleep(Math.max(5, FRAME_MS - (performance.now() - begun)));
    }
  }

  async look(whole) {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width === 0 || this.video.readyState < 2 || document.hidden) return;
    const [w, h] = whole ? [width, height] : [Math.min(CROP, width), Math.min(CROP, height)];
    const at = performance.now();
    const bitmap = await createImageBitmap(this.video, Math.floor((width - w) / 2), Math.floor((height - h) / 2), w, h);
    const text = await Promise.race([this.decoder.read(bitmap), sleep(PATIENCE_MS).then(() => null)]);
    if (text) this.take(text, at);
  }

  // The same code counts again once it has been out of the picture for a while.
  take(text, at) {
    const last = this.seen.get(text);
    this.seen.delete(text);
    this.seen.set(text, performance.now());
    if (this.seen.size > MOST_CODES) this.seen.delete(this.seen.keys().next().value);
    if (last === undefined || performance.now() - last > GONE_MS) this.found(text, at);
  }
}

// Keeps the screen on while the page is seen. → a function that stops that
export function stayAwake() {
  const aborter = new AbortController();
  let lock;
  const ask = async () => {
    if (document.hidden || aborter.signal.aborted) return;
    lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
  };
  document.addEventListener('visibilitychange', ask, { signal: aborter.signal });
  ask();
  return () => {
    aborter.abort();
    lock?.release().catch(() => {});
  };
}
