// The desk's first page: what was sold, what needs a person, how full the next shows are, and the curve of the days.
import test from 'node:test';
import assert from 'node:assert/strict';
import { admin, buy, createEvent, createShow, inDays, ownUser, registerUser, staff, unique, until } from '../support/world.mjs';
import { assertAccessible, launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, open } from '../support/desk.mjs';

let browser;
let show;
let user;
let order;
const title = unique('Soon');

test.before(async () => {
  browser = await launch();
  user = await registerUser();
  const event = await createEvent({ title, timeZone: 'Asia/Tokyo' });
  // Sooner than what other tests make, so that it is among the next ones.
  show = await createShow({ eventId: event.id, startsAt: new Date(Date.now() + 600_000).toISOString(), endsAt: inDays(1) });
  order = await buy(user, show, ['A1', 'A2', 'A3']);
});
test.after(() => browser?.close());

const count = (text) => Number(text.replace(/\D/g, ''));
const big = async (page, id) => count(await page.locator(`#${id} .big`).innerText());

test('the overview is accessible, and fits a phone, in both themes and languages', () =>
  assertScreens(browser, [['/desk', '#takings figure'], ['/desk/', '#capacity .line']]));

test('buyers and gate staff are told that it is not for them', async () => {
  for (const one of [user, ownUser('staff')]) await assertRefused(browser, one, ['/desk']);
});

test('it says what was sold today, in seven days and in all, as the API does', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  const { body } = await (await admin()).get('/reports/overview', { expect: 200 });
  await open(page, '/desk', '#capacity .line');
  assert.ok((await big(page, 'today')) >= body.today.tickets, 'others buy meanwhile');
  assert.ok((await big(page, 'today')) >= 3);
  assert.ok((await big(page, 'seven-days')) >= (await big(page, 'today')));
  assert.ok((await big(page, 'all')) >= (await big(page, 'seven-days')));
  await page.locator('#today', { hasText: 'VND' }).waitFor();
  const line = page.locator('#capacity .line', { hasText: title });
  await line.getByText('3 of 150 sold (2 %)').waitFor();
  await line.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the curve counts tickets or revenue, and its table has the same numbers', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/shows/${show.id}`, '#takings figure');
  await page.getByText('3 tickets in these days').waitFor();
  assert.equal(await page.locator('#takings .bar').count(), 30);
  await page.getByLabel('Counted').selectOption({ label: 'Revenue in VND' });
  await page.getByText(/VND\s3,600,000 in these days/).waitFor();
  await page.getByText('The numbers as a table').click();
  const cells = await page.locator('#takings tbody td').allInnerTexts();
  assert.equal(cells.length, 30);
  assert.equal(cells.reduce((sum, text) => sum + count(text), 0), 3_600_000);
  await page.getByLabel('Days', { exact: true }).selectOption('90');
  await until(async () => (await page.locator('#takings .bar').count()) === 90);
  const other = await createShow();
  await open(page, `/desk/shows/${other.id}`);
  await page.getByText('Nothing was sold in these days.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what needs a person leads to where it is seen to', async () => {
  const { qr } = (await user.api.get(`/tickets/${order.tickets[0].id}`, { expect: 200 })).body;
  const scan = (direction, index) => {
    const scannedAt = new Date(Date.now() - 60_000 + index * 1000).toISOString();
    return { qr, scanId: unique('scan'), scannedAt, gate: 'East', showId: show.id, direction };
  };
  await (await staff()).post('/checkins/batch', { scans: ['in', 'out', 'in'].map(scan) }, { expect: 200 });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk', '#needs .line');
  await page.locator('#needs').getByRole('link', { name: /gates without a network/ }).click();
  await page.getByRole('heading', { name: 'Conflicts' }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what does not come says so, and is asked for again', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 500 });
  const problem = { type: 'about:blank', title: 'Broken', status: 500, code: 'INTERNAL', detail: '', requestId: 'x' };
  const broken = { status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) };
  await page.route('**/api/reports/sales*', (route) => route.fulfill(broken), { times: 1 });
  await open(page, '/desk', '#capacity .line');
  await page.locator('#takings').getByText('The service made a mistake.').waitFor();
  await assertAccessible(page, 'a curve that did not come');
  await page.locator('#takings').getByRole('button', { name: 'Try again' }).click();
  await page.locator('#takings figure').waitFor();
  await page.route('**/api/reports/overview*', (route) => route.fulfill(broken), { times: 1 });
  await page.reload();
  await page.getByRole('heading', { name: 'That did not work' }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('#today .big').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});
