// The gate page as staff use it.
import { ownUser } from './world.mjs';
import { SITE } from './browser.mjs';
import { sql } from './stack.mjs';

export async function logInAtGate(page, user = ownUser('staff')) {
  await page.locator('#field-email').fill(user.email);
  await page.locator('#field-password').fill(user.password);
  await page.locator('form button.primary').click();
}

// Logs in, chooses the show, and waits until the gate pack is there.
export async function openGate(page, show, { gate = 'North', direction = 'in', pin, user } = {}) {
  await page.goto(`${SITE}/gate?show=${show.id}`);
  await logInAtGate(page, user);
  await page.locator('input[name=show]:checked').waitFor();
  await page.locator('#field-gate').fill(gate);
  await page.locator(`input[name=direction][value=${direction}]`).check();
  if (pin) await page.locator('#field-pin').fill(pin);
  await page.locator('form button.primary').click();
  await page.locator('#age').waitFor();
}

// Until the service worker has all that the page needs.
export const installed = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return;
  await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
});

// As a hand scanner types: letters, then Enter.
export async function handScan(page, text) {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

// The same at a speed that the debugger's keyboard does not reach.
export const handScans = (page, texts) => page.evaluate((codes) => {
  for (const code of codes) {
    for (const key of [...code, 'Enter']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
  }
}, texts);

export const verdict = (page, kind) => page.locator(`#verdict[data-kind=${kind}]:not([hidden])`);

// What the service has written down of a show's scans.
export const keptScans = (show) => JSON.parse(sql(`SELECT coalesce(json_agg(json_build_object('scanId', scan_id, 'ticket', ticket_id,
  'outcome', outcome, 'gate', gate, 'direction', direction)), '[]') FROM checkins WHERE show_id = '${show.id}'`));
