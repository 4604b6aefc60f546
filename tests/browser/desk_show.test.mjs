// The desk's page of a show: its seats live by state, the list as their equal, what stands behind a seat, and the doors.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { admin, buy, createShow, hold, ownUser, registerUser, staff, unique } from '../support/world.mjs';
import { assertAccessible, launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, open } from '../support/desk.mjs';

let browser;
let user;
let show;
let order;

const scan = async ({ id }) =>
  (await staff()).post(`/tickets/${id}/checkin`, { gate: 'North', scanId: unique('scan') }, { expect: 200 });

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser(), await createShow()];
  order = await buy(user, show, ['A1', 'A2', 'C5']);
  await hold(user, show, ['A9']);
  await scan(order.tickets[0]);
});
test.after(() => browser?.close());

const chips = (page) => page.locator('.state-chip').allInnerTexts();
const LIVE = 'text=/^(Live|Trực tiếp):/';

test('the page of a show is accessible, and fits a phone, in both themes and languages', () =>
  assertScreens(browser, [[`/desk/shows/${show.id}`, LIVE]]));

test('buyers and gate staff are told that it is not for them', async () => {
  for (const one of [user, ownUser('staff')]) await assertRefused(browser, one, [`/desk/shows/${show.id}`]);
});

test('the seats are shown by state, and change while one looks', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/shows/${show.id}`, LIVE);
  await page.locator('.state-chip', { hasText: '1 checked in' }).waitFor();
  for (const [name, address] of [['Gate page', `/gate/?show=${show.id}`], ['Orders of this show', `/desk/orders?show=${show.id}`]]) {
    assert.equal(await page.getByRole('link', { name }).getAttribute('href'), address);
  }
  assert.deepEqual(await chips(page), ['146 free', '1 held', '2 sold, not in yet', '1 checked in']);
  await page.getByText('Numbers by zone').click();
  const cells = await page.locator('tr', { hasText: 'VIP' }).first().locator('td').allInnerTexts();
  assert.deepEqual(cells, ['40', '37', '1', '1', '1']);
  const buyer = await registerUser();
  const held = await hold(buyer, show, ['F1', 'F2']);
  await page.locator('.state-chip', { hasText: '3 held' }).waitFor();
  await buyer.api.delete(`/holds/${held.holdId}`, { expect: 204 });
  await page.locator('.state-chip', { hasText: '1 held' }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a seat tells what became of it, from the map and from the list by keyboard', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/shows/${show.id}`, LIVE);
  await page.getByText('Seats as a list').click();
  await page.locator('details[data-zone="VIP"] > summary').click();
  await page.getByRole('button', { name: 'A1: Checked in' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'A2: Sold');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Seat A2' });
  await dialog.getByText('Sold').first().waitFor();
  await dialog.getByText(user.email).waitFor();
  const link = dialog.getByRole('link', { name: order.id.slice(0, 13).toUpperCase() });
  assert.equal(await link.getAttribute('href'), `/desk/orders/${order.id}`);
  await assertAccessible(page, 'a seat');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'A9: Held' }).click();
  await page.getByRole('dialog', { name: 'Seat A9' }).getByText('Held until').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'B20: Free' }).click();
  await page.getByRole('dialog', { name: 'Seat B20' }).getByText('Nobody has this seat.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.plan canvas').scrollIntoViewIfNeeded();
  const box = await page.locator('.plan canvas').boundingBox();
  const sign = page.locator('.plan-sign');
  for (let y = box.y + 20; y < box.y + box.height && !(await sign.isVisible()); y += 6) await page.mouse.move(box.x + box.width / 2, y);
  const [seat] = (await sign.innerText()).split(':');
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole('dialog', { name: `Seat ${seat}` }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.state-chip', { hasText: 'free' }).click();
  assert.equal(await page.locator('.state-chip', { hasText: 'free' }).getAttribute('aria-pressed'), 'true');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the doors: how many came, the last scans, and conflicts of gates without a network', async () => {
  const played = await createShow();
  const buyer = await registerUser();
  const { tickets } = await buy(buyer, played, ['A1', 'A2', 'A3']);
  const { qr } = (await buyer.api.get(`/tickets/${tickets[1].id}`, { expect: 200 })).body;
  await scan(tickets[0]);
  await scan(tickets[0]);
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/shows/${played.id}`, LIVE);
  await page.getByText('1 of 3 (33 %)').waitFor();
  assert.deepEqual(await page.locator('#checkins tr', { hasText: 'North' }).locator('td').allInnerTexts(), ['1', '0', '1', '0']);
  await page.getByText('The last scans').click();
  assert.equal(await page.locator('#checkins .scan').count(), 2);
  await (await admin()).delete(`/tickets/${tickets[0].id}/checkin`, { expect: [200, 204] });
  await page.locator('.state-chip', { hasText: '0 checked in' }).waitFor({ timeout: 60_000 });
  await page.getByText('0 of 3 (0 %)').waitFor();
  const offline = (direction, index) => {
    const scannedAt = new Date(Date.now() - 60_000 + index * 1000).toISOString();
    return { qr, scanId: unique('scan'), scannedAt, gate: 'East', showId: played.id, direction };
  };
  await (await staff()).post('/checkins/batch', { scans: ['in', 'out', 'in'].map(offline) }, { expect: 200 });
  await page.getByRole('heading', { name: 'Conflicts' }).waitFor({ timeout: 60_000 });
  const conflict = await page.locator('#checkins .scan', { hasText: 'A2' }).first().innerText();
  assert.match(conflict, /East · no re-entry/);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('attendees and orders are saved as files, which ask for the token', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/shows/${show.id}`, LIVE);
  for (const [button, rows, seen] of [['Attendees (CSV)', 3, user.email], ['Orders (CSV)', 1, order.id]]) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
    assert.match(file.suggestedFilename(), /\.csv$/);
    const lines = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
    assert.equal(lines.length, rows + 1, button);
    assert.ok(lines[1].includes(seen), button);
    await page.getByRole('button', { name: button }).waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
});
