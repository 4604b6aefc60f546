// The map of the seats: what of it is in sight on a phone, what a tap means at each zoom, the whole house in its corner, rows and stage.
import test from 'node:test';
import assert from 'node:assert/strict';
import { createShow, until } from '../support/world.mjs';
import { launch, SITE, visitor } from '../support/browser.mjs';

let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, reducedMotion: 'reduce' };
const canvas = (page) => page.locator('.map > canvas');
const seats = (page) => page.locator('#panel [data-seat]').evaluateAll((lines) => lines.map((line) => line.dataset.seat));
const picture = (page) => canvas(page).evaluate((drawn) => drawn.toDataURL());

async function open(options, show) {
  const opened = await visitor(browser, options);
  await opened.page.goto(`${SITE}/shows/${show.id}`);
  await opened.page.getByText(/\(live\)/).waitFor({ timeout: 120_000 });
  return opened;
}

// Taps at a share of the map, and waits until it is drawn: without motion that is the next frame.
async function tap(page, right, down) {
  const { x, y, width, height } = await canvas(page).boundingBox();
  await page.touchscreen.tap(x + width * right, y + height * down);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

// How much of the map nothing lies upon, in pixels of the page.
const inSight = (page) => page.evaluate(() => {
  const map = document.querySelector('.map').getBoundingClientRect();
  return Math.min(map.bottom, document.querySelector('#panel').getBoundingClientRect().top) - map.top;
});

test('on a phone the map has more than half of the window, whatever the sheet shows at first', async () => {
  const { context, page, trouble } = await open(PHONE, await createShow());
  assert.ok((await inSight(page)) > 370, `${await inSight(page)} pixels`);
  await tap(page, .5, .45);
  for (let step = 0; step < 40 && (await seats(page)).length === 0; step += 1) await tap(page, .5, .1 + step * .02);
  assert.equal((await seats(page)).length, 1);
  assert.ok((await inSight(page)) > 330, `${await inSight(page)} pixels with a seat chosen`);
  const handle = page.locator('#panel .handle');
  assert.equal(await handle.getAttribute('aria-expanded'), 'false');
  assert.equal(await page.locator('#panel .chosen').isVisible(), false);
  await handle.tap();
  await page.locator('#panel .chosen').waitFor();
  const box = await handle.boundingBox();
  await page.mouse.move(box.x + 50, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.locator('#panel .chosen').waitFor({ state: 'hidden' });
  await handle.tap();
  await page.getByRole('button', { name: /^Remove / }).tap();
  assert.deepEqual(await seats(page), []);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a finger chooses only where a seat is 24 pixels wide; before that it comes closer: to the section, then to the seats', async () => {
  const { context, page, trouble } = await open(PHONE, await createShow({ seatMapId: 'stadium' }));
  const mini = page.locator('.mini');
  assert.equal(await mini.isVisible(), false);
  const views = [await picture(page)];
  await tap(page, .55, .3);
  views.push(await picture(page));
  assert.ok(await mini.isVisible(), 'the whole house is in the corner');
  assert.deepEqual(await seats(page), [], 'a section was meant, no seat');
  await tap(page, .5, .4);
  views.push(await picture(page));
  assert.deepEqual(await seats(page), [], 'still too small for a finger');
  for (let step = 0; step < 20 && (await seats(page)).length === 0; step += 1) await tap(page, .5, .3 + step * .01);
  assert.equal((await seats(page)).length, 1);
  await page.locator('.mini').tap({ position: { x: 20, y: 20 } });
  views.push(await picture(page));
  assert.equal(new Set(views).size, views.length, 'each step shows something else');
  await page.getByRole('button', { name: 'The whole house' }).tap();
  await mini.waitFor({ state: 'hidden' });
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the stage is drawn where the template has none, and the names of the rows stay in sight', async () => {
  const show = await createShow();
  const { context, page, trouble } = await visitor(browser, PHONE);
  await page.addInitScript(() => {
    globalThis.drawn = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function noted(text, x, y, ...rest) {
      globalThis.drawn.push({ text, x, y });
      return fillText.call(this, text, x, y, ...rest);
    };
  });
  await page.goto(`${SITE}/shows/${show.id}`);
  await page.getByText(/\(live\)/).waitFor();
  const drawn = () => page.evaluate(() => globalThis.drawn);
  const names = async () => new Set((await drawn()).map(({ text }) => text));
  await until(
    async () => {
      const found = await names();
      return ['Stage', 'A', 'F'].every((name) => found.has(name));
    },
    { what: 'stage and rows' },
  );
  await tap(page, .5, .45);
  await page.evaluate(() => (globalThis.drawn = []));
  await page.getByRole('button', { name: 'Closer' }).tap();
  const { width } = await canvas(page).boundingBox();
  await until(async () => (await drawn()).some(({ text }) => text === 'B'), { what: 'the rows once more' });
  const rows = (await drawn()).filter(({ text, x }) => text === 'B' && x >= 0 && x <= width);
  assert.ok(rows.length >= 2, 'at both edges');
  assert.deepEqual(trouble, []);
  await context.close();
});
