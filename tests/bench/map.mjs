// Figures of the map of a stadium in Chromium: the first drawing after the data, frames a second while it is moved and zoomed, and memory.
//   BASE_URL=http://127.0.0.1:4000 TICKETING_STATE=… node tests/bench/map.mjs [slowdown of the processor]
import { readFileSync } from 'node:fs';
import { createShow } from '../support/world.mjs';
import { launch, SITE, visitor } from '../support/browser.mjs';

const SLOWDOWN = Number(process.argv[2] ?? 1);
const FRAMES = 240;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);

// Moves the map by real events, one a frame, and notes how long each frame took.
const shake = (page, close) => page.evaluate(async ([frames, near]) => {
  const canvas = document.querySelector('.map > canvas');
  const box = canvas.getBoundingClientRect();
  const middle = { clientX: box.left + box.width * .5, clientY: box.top + box.height * .25, bubbles: true, cancelable: true };
  const wheel = (deltaY) => canvas.dispatchEvent(new WheelEvent('wheel', { ...middle, deltaY }));
  const frame = () => new Promise(requestAnimationFrame);
  for (let step = 0; step < (near ? 24 : 2); step += 1) {
    wheel(-60);
    await frame();
  }
  const times = [];
  canvas.setPointerCapture = () => {};
  canvas.dispatchEvent(new PointerEvent('pointerdown', { ...middle, pointerId: 1 }));
  let before = performance.now();
  for (let step = 0; step < frames; step += 1) {
    const angle = (step / frames) * 4 * Math.PI;
    if (step % 4 === 3) wheel(step % 8 === 3 ? 20 : -20);
    const to = { clientX: middle.clientX + 60 * Math.sin(angle), clientY: middle.clientY + 60 * Math.cos(angle) };
    canvas.dispatchEvent(new PointerEvent('pointermove', { ...middle, ...to, pointerId: 1 }));
    await frame();
    times.push(performance.now() - before);
    before = performance.now();
  }
  canvas.dispatchEvent(new PointerEvent('pointercancel', { ...middle, pointerId: 1 }));
  return times;
}, [FRAMES, close]);

// What the processes that draw pages have in memory, without what they share with others (smaps: Pss).
function rendererBytes(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) * 1024;
}

const browser = await launch();
const show = await createShow({ seatMapId: 'stadium' });
const { context, page } = await visitor(browser);
const debug = await context.newCDPSession(page);
const system = await browser.newBrowserCDPSession();
await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
await page.addInitScript(() => {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function noted(...rest) {
    if (this.parentElement?.className === 'map') globalThis.firstDrawn ??= performance.now();
    return getContext.apply(this, rest);
  };
});
await page.goto(`${SITE}/shows/${show.id}`);
await page.getByText('40,192 free').waitFor({ timeout: 120_000 });
const first = await page.evaluate(() => {
  const data = performance.getEntriesByType('resource').filter(({ name }) => /seatmap|\/events\//.test(name));
  return globalThis.firstDrawn - Math.max(...data.map(({ responseEnd }) => responseEnd));
});
const frames = {};
for (const [name, close] of [['far', false], ['close', true]]) {
  await page.getByRole('button', { name: 'The whole house' }).click();
  frames[name] = Math.round(1000 / median(await shake(page, close)));
}
await debug.send('HeapProfiler.collectGarbage');
const heap = await debug.send('Runtime.getHeapUsage');
const { processInfo } = await system.send('SystemInfo.getProcessInfo');
const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => rendererBytes(id));
console.log(JSON.stringify({
  slowdown: SLOWDOWN,
  firstDrawingMs: Math.round(first),
  framesASecond: frames,
  heapMegabytes: megabytes(heap.usedSize + (heap.embedderHeapUsedSize ?? 0)),
  processMegabytes: megabytes(Math.max(...renderers)),
}));
await browser.close();
