// The gate's camera: a film of tickets in front of Chromium's fake camera, read by both decoders, from the frame to the verdict.
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { newFolder } from '../support/stack.mjs';
import { buy, createShow, registerUser, staff, until } from '../support/world.mjs';
import { launch, SITE, visitor } from '../support/browser.mjs';
import { film, withCamera } from '../support/camera.mjs';
import { handScan, installed, keptScans, openGate, verdict } from '../support/gate_page.mjs';

const PATIENT = { timeout: 60_000 };
// Debian's headless Chromium has no BarcodeDetector that reads qr_code: this one stands for that of a phone. It reads with
// the decoder's own module, on the page, and the page takes it for the browser's.
const DETECTOR = () => {
  let reader;
  const begin = async () => {
    const { prepareZXingModule, readBarcodes } = await import('/gate/made/zxing/reader/index.js');
    await prepareZXingModule({ overrides: { locateFile: (name) => `/gate/made/zxing/reader/${name}` }, fireImmediately: true });
    return readBarcodes;
  };
  globalThis.BarcodeDetector = class {
    static getSupportedFormats = async () => ['qr_code'];

    async detect(bitmap) {
      reader ??= begin();
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const pen = canvas.getContext('2d');
      pen.drawImage(bitmap, 0, 0);
      const found = await (await reader)(pen.getImageData(0, 0, bitmap.width, bitmap.height), { formats: ['QRCode'] });
      return found.map(({ text }) => ({ rawValue: text }));
    }
  };
};

let show;
let wrong;
let right;
let browser;

async function pictureOf(ticket) {
  const api = await staff();
  const answer = await fetch(`${SITE}/api/tickets/${ticket.id}/qr.png`, { headers: { Authorization: `Bearer ${api.options.token}` } });
  return Buffer.from(await answer.arrayBuffer());
}

test.before(async () => {
  const user = await registerUser();
  show = await createShow();
  [right] = (await buy(user, show, ['A1'])).tickets;
  [wrong] = (await buy(user, await createShow(), ['A2'])).tickets;
  const path = join(newFolder('film'), 'tickets.y4m');
  film(path, [
    { png: null, seconds: 1 },
    { png: await pictureOf(wrong), seconds: 2 },
    { png: await pictureOf(right), seconds: 2 },
  ]);
  browser = await launch(withCamera(path));
});
test.after(() => browser?.close());

for (const [name, prepare] of [
  ['wasm', async () => {}],
  ['native', (context) => context.addInitScript(DETECTOR)],
]) {
  test(`a ticket in front of the camera is admitted, after a wrong one was refused (${name})`, async () => {
    const { context, page, trouble } = await visitor(browser, { allow: (url, status) => status === 409, permissions: ['camera'] });
    await prepare(context);
    await openGate(page, show, { gate: name });
    await page.locator(`video[data-decoder=${name}]`).waitFor(PATIENT);
    await verdict(page, 'no').waitFor(PATIENT);
    assert.match(await page.locator('#verdict').innerText(), /another show/i);
    await verdict(page, name === 'wasm' ? 'yes' : 'again').waitFor(PATIENT);
    assert.match(await page.locator('#verdict').innerText(), name === 'wasm' ? /ADMITTED\s+A1/ : /ALREADY IN\s+A1[\s\S]*gate wasm/);
    await verdict(page, 'no').waitFor(PATIENT); // the film begins anew
    const times = await page.evaluate(() => performance.getEntriesByType('measure').map((one) => [one.name, Math.round(one.duration)]));
    console.log(`# frame to verdict (${name}): ${times.map(([what, ms]) => `${what} ${ms} ms`).join(', ')}`);
    assert.ok(times.every(([, ms]) => ms < 20_000));
    assert.deepEqual(trouble, []);
    await context.close();
  });
}

test('what was admitted once is in the service once, through the gate that read it', () => {
  const accepted = keptScans(show).filter(({ outcome }) => outcome === 'accepted');
  assert.deepEqual(accepted.map(({ gate, direction }) => [gate, direction]), [['wasm', 'in']]);
});

test('without the decoder the page says what to install; hand scanners work, and so does typing', async () => {
  const { context, page } = await visitor(browser, { permissions: ['camera'], serviceWorkers: 'block' });
  await page.route('**/gate/made/zxing/**', (route) => route.fulfill({ status: 404 }));
  const user = await registerUser();
  await buy(user, show, ['A3', 'A4']);
  const { body } = await user.api.get('/tickets', { expect: 200 });
  await openGate(page, show);
  await page.getByText('install npm and run').waitFor(PATIENT);
  await handScan(page, `]Q1${body.tickets[0].qr}`);
  await verdict(page, 'yes').waitFor();
  await page.getByRole('button', { name: 'Type a code' }).click();
  await page.locator('#field-code').fill(body.tickets[1].id);
  await page.keyboard.press('Enter');
  await verdict(page, 'yes').waitFor();
  await context.close();
});

test('a camera that another program takes is opened again, and one that is refused is no end', async () => {
  const { context, page } = await visitor(browser, { permissions: ['camera'] });
  await openGate(page, show, { gate: 'again' });
  await verdict(page, 'no').waitFor(PATIENT);
  await page.evaluate(() => {
    const [track] = document.querySelector('video').srcObject.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  const live = () => page.evaluate(() => document.querySelector('video').srcObject?.getVideoTracks()[0]?.readyState === 'live');
  await until(live, { what: 'a new track' });
  await context.close();
});

test('the page and the decoder are there without a network, after a reload', async () => {
  const { context, page } = await visitor(browser, { permissions: ['camera'] });
  await openGate(page, show, { gate: 'offline' });
  await installed(page);
  await context.setOffline(true);
  await page.reload();
  await page.locator('#network[data-online=false]').waitFor(PATIENT);
  await page.locator('video[data-decoder=wasm]').waitFor(PATIENT);
  await verdict(page, 'no').waitFor(PATIENT);
  await verdict(page, 'again').waitFor(PATIENT);
  await context.close();
});

