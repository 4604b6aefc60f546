// The gate page without a network: it judges by itself, keeps every scan, and sends each exactly once.
import test from 'node:test';
import assert from 'node:assert/strict';
import { buy, createShow, registerUser, staff, until } from '../support/world.mjs';
import { fullHouse, ticketsOf } from '../support/gate.mjs';
import { launch, SITE, visitor } from '../support/browser.mjs';
import { handScan, handScans, installed, keptScans, logInAtGate, openGate, verdict } from '../support/gate_page.mjs';

const LONG = { timeout: 120_000 };
let browser;
test.before(async () => (browser = await launch()));
test.after(() => browser?.close());

const kept = (page, store) => page.evaluate((name) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('gate');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const reading = opening.result.transaction([name]).objectStore(name).getAll();
    reading.onsuccess = () => resolve(reading.result);
  };
}), store);
const waiting = (page, count) =>
  until(async () => (await kept(page, 'scans')).length === count, { what: `${count} scans in the queue`, timeout: 120_000 });
const isOffline = (page) => page.locator('#network[data-online=false]').waitFor(LONG);
// Service workers of a window that is offline have a network all the same where they fetch by themselves: nothing of ours does.
const cut = async (context, page) => {
  await installed(page);
  await context.setOffline(true);
  await isOffline(page);
};

// One letter in the middle of the signature is another one.
const forge = (qr) => `${qr.slice(0, -20)}${qr.at(-20) === 'A' ? 'B' : 'A'}${qr.slice(-19)}`;

async function house(seats, fields) {
  const [user, show] = [await registerUser(), await createShow(fields)];
  await buy(user, show, seats);
  const bySeat = Object.fromEntries((await ticketsOf(user)).map((ticket) => [ticket.seatId, ticket]));
  return { user, show, bySeat };
}

test('200 scans without a network are all sent once when it is back, and what the service says otherwise is shown', LONG, async () => {
  const { show, tickets } = await fullHouse(200);
  const { context, page } = await visitor(browser);
  await openGate(page, show, { gate: 'West' });
  await cut(context, page);
  // Meanwhile another gate lets two of them in.
  for (const { id } of tickets.slice(0, 2)) await (await staff()).post(`/tickets/${id}/checkin`, { gate: 'East' }, { expect: 200 });
  await handScans(page, tickets.map(({ qr }) => qr));
  await waiting(page, 200);
  await until(() => page.evaluate(() => document.getElementById('verdict').dataset.kind === 'yes'), { what: 'the last verdict' });
  await handScan(page, tickets[7].qr);
  await verdict(page, 'again').waitFor(LONG);
  assert.match(await page.locator('#verdict').innerText(), /gate West[\s\S]*JUDGED OFFLINE/i);
  assert.equal((await kept(page, 'scans')).length, 200, 'who is in already is not sent');
  await page.reload();
  await isOffline(page);
  await page.locator('#waiting[data-count="200"]').waitFor(LONG);
  const sent = new Set((await kept(page, 'scans')).map(({ scanId }) => scanId));
  assert.equal(sent.size, 200);
  await context.setOffline(false);
  await waiting(page, 0);
  await page.locator('#conflicts[data-count="2"]').waitFor(LONG);
  const scans = keptScans(show).filter(({ scanId }) => sent.has(scanId));
  assert.equal(scans.length, 200, 'each of them once');
  assert.equal(new Set(scans.map(({ ticket }) => ticket)).size, 200);
  assert.equal(scans.filter(({ outcome }) => outcome === 'duplicate').length, 2);
  assert.equal(scans.filter(({ outcome }) => outcome === 'accepted').length, 198);
  await page.getByRole('button', { name: 'Show' }).click();
  assert.match(await page.getByRole('dialog').innerText(), /West[\s\S]*First scan[\s\S]*East/);
  await page.getByRole('button', { name: 'Seen, clear the list' }).click();
  await page.locator('#conflicts').waitFor({ state: 'detached' });
  await context.close();
});

test('an upload whose answer is lost is sent again, and counts once', LONG, async () => {
  const { show, bySeat } = await house(['A1', 'A2', 'A3']);
  const { context, page } = await visitor(browser);
  await openGate(page, show);
  await cut(context, page);
  await handScans(page, Object.values(bySeat).map(({ qr }) => qr));
  await waiting(page, 3);
  let lost = 0;
  await page.route('**/api/checkins/batch', async (route) => {
    if (lost >= 2) return route.continue();
    await route.fetch();
    lost += 1;
    return route.abort();
  });
  await context.setOffline(false);
  await waiting(page, 0);
  assert.equal(lost, 2);
  assert.deepEqual(keptScans(show).map(({ outcome }) => outcome), ['accepted', 'accepted', 'accepted']);
  assert.equal(await page.locator('#conflicts').count(), 0);
  await context.close();
});

test('two tabs of a device let one ticket in once without a network, and send it once', LONG, async () => {
  const { show, bySeat } = await house(['A1', 'A2']);
  const { context, page } = await visitor(browser);
  await openGate(page, show);
  await installed(page);
  const second = await context.newPage();
  await second.goto(`${SITE}/gate`);
  await second.locator('#age').waitFor(LONG);
  await context.setOffline(true);
  await Promise.all([isOffline(page), isOffline(second)]);
  await handScans(page, [bySeat.A1.qr]);
  await verdict(page, 'yes').waitFor(LONG);
  await handScans(second, [bySeat.A1.qr, bySeat.A2.qr]);
  await waiting(page, 2);
  await handScans(page, [bySeat.A2.qr]);
  await verdict(page, 'again').waitFor(LONG);
  assert.equal((await kept(page, 'scans')).length, 2);
  await context.setOffline(false);
  await waiting(second, 0);
  assert.deepEqual(keptScans(show).map(({ outcome }) => outcome), ['accepted', 'accepted']);
  await context.close();
});

test('a session that ended while the network was gone stops no scan, and the queue is sent after the login', LONG, async () => {
  const { show, bySeat } = await house(['A1', 'A2']);
  const { context, page } = await visitor(browser, { allow: (url, status) => status === 401 });
  await openGate(page, show);
  await cut(context, page);
  await handScans(page, [bySeat.A1.qr]);
  await waiting(page, 1);
  const ended = { status: 401, contentType: 'application/problem+json', body: '{"status":401,"code":"UNAUTHORIZED","title":"x"}' };
  for (const path of ['auth/refresh', 'shows/*/gate-pack*', 'checkins/batch']) {
    await page.route(`**/api/${path}`, (route) => route.fulfill(ended));
  }
  await context.setOffline(false);
  await page.locator('#ended').waitFor(LONG);
  await handScans(page, [bySeat.A2.qr]);
  await verdict(page, 'yes').waitFor(LONG);
  await waiting(page, 2);
  await page.unrouteAll();
  await page.locator('#ended button').click();
  await logInAtGate(page);
  await waiting(page, 0);
  await page.locator('#ended').waitFor({ state: 'detached' });
  assert.deepEqual(keptScans(show).map(({ outcome }) => outcome), ['accepted', 'accepted']);
  await context.close();
});

test('without a network it knows refunds, transfers, other shows and forged codes, and lets nobody in by them', LONG, async () => {
  const { show, bySeat, user } = await house(['A1', 'A2', 'A3']);
  const other = await house(['A4']);
  const receiver = await registerUser();
  const { body: passed } = await user.api.post(`/tickets/${bySeat.A2.id}/transfer`, { email: receiver.email }, { expect: 201 });
  await receiver.api.post('/tickets/claim', { code: passed.claimCode }, { expect: 200 });
  const { context, page } = await visitor(browser);
  await openGate(page, show);
  await cut(context, page);
  for (const [text, says] of [
    [bySeat.A2.qr, /passed on/],
    [other.bySeat.A4.qr, /another show/],
    [forge(bySeat.A1.qr), /not made here/],
    ['https://example.com/', /not the code of a ticket/],
  ]) {
    await handScans(page, [text]);
    await verdict(page, 'no').getByText(says).waitFor(LONG);
  }
  await handScans(page, [bySeat.A3.qr]);
  await verdict(page, 'yes').waitFor(LONG);
  assert.equal((await kept(page, 'scans')).length, 1);
  await context.close();
});

// As browsers have been until lately: WebCrypto, but no Ed25519 in it.
const withoutEd25519 = () => {
  const { importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function importing(format, data, kind, ...others) {
    if (kind?.name === 'Ed25519') return Promise.reject(new DOMException('Ed25519', 'NotSupportedError'));
    return importKey.call(this, format, data, kind, ...others);
  };
};

test('a browser without Ed25519 checks signatures with the module; without that it says so and asks the service only', LONG, async () => {
  const { show, bySeat } = await house(['A1', 'A2']);
  for (const fetched of [true, false]) {
    const { context, page } = await visitor(browser, { serviceWorkers: fetched ? 'allow' : 'block' });
    await context.addInitScript(withoutEd25519);
    if (!fetched) await page.route('**/gate/made/noble/**', (route) => route.fulfill({ status: 404 }));
    await openGate(page, show);
    if (fetched) await installed(page);
    else await page.getByText('This browser cannot check signatures').waitFor(LONG);
    await context.setOffline(true);
    await isOffline(page);
    await handScans(page, [forge(bySeat.A1.qr)]);
    await verdict(page, 'no').getByText(fetched ? 'not made here' : 'cannot be checked').waitFor(LONG);
    await handScans(page, [bySeat.A1.qr]);
    await verdict(page, fetched ? 'yes' : 'no').waitFor(LONG);
    await context.setOffline(false);
    await waiting(page, 0);
    await page.locator('#network[data-online=true]').waitFor(LONG);
    await handScans(page, [bySeat.A2.qr]);
    await verdict(page, fetched ? 'yes' : 'again').waitFor(LONG);
    await context.close();
  }
  assert.deepEqual(keptScans(show).filter(({ outcome }) => outcome === 'accepted').length, 2);
});

test('a logout takes the pack off the device; a queue that is not sent yet holds the logout up', LONG, async () => {
  const { show, bySeat } = await house(['A1']);
  const { context, page } = await visitor(browser);
  await openGate(page, show);
  assert.equal((await kept(page, 'packs')).length, 1);
  await cut(context, page);
  await handScans(page, [bySeat.A1.qr]);
  await waiting(page, 1);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('has not been sent yet').waitFor(LONG);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('For the staff at the door').waitFor(LONG);
  for (const store of ['packs', 'marks', 'mine', 'kept', 'scans']) assert.deepEqual(await kept(page, store), [], store);
  assert.equal(keptScans(show).length, 1);
  await context.close();
});

test('a slow service does not hold the door up: the device judges, and says so', LONG, async () => {
  const { show, bySeat } = await house(['A1']);
  const { context, page } = await visitor(browser, { serviceWorkers: 'block' });
  await openGate(page, show);
  await page.route('**/api/checkins', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await route.continue().catch(() => {});
  });
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').waitFor(LONG);
  assert.match(await page.locator('#verdict').innerText(), /offline/i);
  await until(() => keptScans(show).length > 0, { what: 'the scan in the service' });
  await waiting(page, 0);
  await until(() => page.evaluate(() => document.getElementById('verdict').hidden), { what: 'the end of the verdict' });
  assert.deepEqual(keptScans(show).map(({ outcome }) => outcome), ['accepted']);
  assert.equal(await page.locator('#conflicts').count(), 0);
  await context.close();
});

test('the pack is of no show any more a day after its end', LONG, async () => {
  const { show } = await house(['A1']);
  const { context, page } = await visitor(browser);
  await openGate(page, show);
  await page.clock.install({ time: Date.now() + 32 * 86_400_000 });
  await context.setOffline(true);
  await installed(page);
  await page.reload();
  await until(async () => (await kept(page, 'packs')).length === 0, { what: 'a device that has forgotten the show', timeout: 60_000 });
  await context.close();
});
