// The desk's orders: the list with its filters, and an order's page: note, refunds, entry, payment by hand, what happened.
import test from 'node:test';
import assert from 'node:assert/strict';
import {
  admin, buy, checkout, createEvent, createShow, hold, ownUser, registerUser, staff, taken, unique, until,
} from '../support/world.mjs';
import { sql } from '../support/stack.mjs';
import { launch, SITE } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, HOSTILE, open } from '../support/desk.mjs';

let browser;
let user;
let show;

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser({ fullName: 'Trần Thị Bình' }), await createShow()];
});
test.after(() => browser?.close());

const short = ({ id }) => id.slice(0, 13).toUpperCase();
const pathOf = ({ id }) => `/desk/orders/${id}`;
const read = async (order) => (await (await admin()).get(`/orders/${order.id}`, { expect: 200 })).body;
const seatOf = (order, seat) => order.tickets.find(({ seatId }) => seatId === seat);
const stateOf = (page) => page.locator('#order [role="status"]').first();

// Requests of a kind that a page sends.
function sentBy(page, method, pattern) {
  const sent = [];
  page.on('request', (request) => request.method() === method && pattern.test(request.url()) && sent.push(request));
  return sent;
}

test('the orders of a show are listed, filtered by their state, page by page', async () => {
  const many = await createShow();
  const paid = await buy(user, many, ['A1', 'A2']);
  const pending = await checkout(user, await hold(user, many, ['B3']));
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/orders?show=${many.id}`, '#orders .sale-line');
  assert.equal(await page.locator('.sale-line').count(), 2);
  const line = page.locator('.sale-line', { hasText: short(paid) });
  await line.getByText('A1, A2').waitFor();
  await line.getByText('VND 2,400,000').waitFor();
  await page.getByLabel('State').selectOption('pending');
  await page.waitForURL(/status=pending/);
  await until(async () => (await page.locator('.sale-line').count()) === 1, { what: 'one line' });
  await page.getByRole('link', { name: short(pending) }).click();
  await page.getByRole('heading', { level: 1, name: `Order ${short(pending)}` }).waitFor();
  await page.goBack();
  await page.getByLabel('State').selectOption('refunded');
  await page.getByText('No order fits.').waitFor();
  await page.getByRole('link', { name: 'Show all orders' }).click();
  await page.waitForURL((url) => !url.searchParams.has('show'));
  assert.deepEqual(trouble, []);
  await context.close();
});

test('one box finds an order by its buyer, its number and its seat, whatever its state', async () => {
  const other = await registerUser({ fullName: unique('Đặng Thùy') });
  const played = await createShow();
  const order = await checkout(other, await hold(other, played, ['C7']));
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk/orders');
  const line = page.locator('.sale-line', { hasText: short(order) });
  for (const words of [other.email, other.fullName.replace('Đặng Thùy', 'dang thuy'), order.id, short(order)]) {
    await page.getByLabel('Search').fill(words);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === words);
    await line.getByText(other.email).waitFor();
  }
  await open(page, `/desk/orders?show=${played.id}&q=C7`, '.sale-line');
  await line.waitFor();
  await page.getByLabel('Search').fill(unique('nothing'));
  await page.keyboard.press('Enter');
  await page.getByText('No order fits.').waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('chosen tickets are refunded once however often the button is pressed, then the rest', async () => {
  const order = await buy(user, show, ['A1', 'A2', 'A3']);
  const { context, page, trouble } = await adminVisitor(browser);
  const sent = sentBy(page, 'POST', /\/refund$/);
  await open(page, pathOf(order), '.seats input');
  const some = page.getByRole('button', { name: 'Refund chosen tickets' });
  assert.equal(await some.isDisabled(), true);
  await page.getByLabel('Choose A1').focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Refund 1 ticket' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund tickets' });
  await dialog.getByText('VND 1,200,000 goes back for 1 ticket.').waitFor();
  await dialog.getByRole('button', { name: 'Refund VND 1,200,000' }).dblclick();
  await dialog.waitFor({ state: 'detached' });
  await stateOf(page).getByText('refunded in part').waitFor();
  assert.equal(sent.length, 1);
  assert.ok(sent[0].headers()['idempotency-key']);
  assert.deepEqual((await read(order)).refunds.map(({ amount, tickets }) => [amount, tickets]), [[1_200_000, [seatOf(order, 'A1').id]]]);
  const moneyBox = page.getByRole('region', { name: 'Money' });
  await moneyBox.getByText('Given back').last().waitFor(); // the word of the provider comes by itself
  await page.getByRole('region', { name: 'What happened' }).getByText('VND 1,200,000 given back').waitFor();
  await page.getByRole('button', { name: 'Refund all' }).click();
  await dialog.getByRole('button', { name: 'Refund VND 2,400,000' }).click();
  await stateOf(page).getByText('refunded', { exact: true }).waitFor();
  assert.equal(await page.locator('.seats input').count(), 0);
  assert.equal((await taken(show)).A1, undefined);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a ticket that was used is refunded only when that is said, and an entry is undone', async () => {
  const order = await buy(user, show, ['A4', 'A5']);
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 409 });
  await open(page, pathOf(order), '.seats input');
  // Somebody comes in while the page is open.
  await (await staff()).post(`/tickets/${seatOf(order, 'A4').id}/checkin`, { gate: 'North <b>2</b>' }, { expect: 200 });
  await page.getByRole('button', { name: 'Refund all' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund tickets' });
  await dialog.getByRole('button', { name: /^Refund VND/ }).click();
  await dialog.getByText('Somebody has come in with some of these tickets.').waitFor();
  await dialog.getByText('In the way: A4').waitFor();
  assert.equal((await read(order)).status, 'paid');
  await page.keyboard.press('Escape');

  await open(page, pathOf(order), '.seats input');
  await page.getByText('A4 came in').waitFor();
  await page.getByText('Gate North <b>2</b>').waitFor();
  await page.getByRole('button', { name: 'Undo the entry' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the entry' }).click();
  await page.getByText('A4 came in').waitFor({ state: 'detached' });
  assert.equal(seatOf(await read(order), 'A4').status, 'valid');

  await (await staff()).post(`/tickets/${seatOf(order, 'A5').id}/checkin`, {}, { expect: 200 });
  await open(page, pathOf(order), '.seats input');
  await page.getByRole('button', { name: 'Refund all' }).click();
  await dialog.getByLabel('One of them was used to come in. Refund it all the same.').check();
  await dialog.getByRole('button', { name: /^Refund VND/ }).click();
  await stateOf(page).getByText('refunded', { exact: true }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('an unpaid order is marked as paid with a note, and only where no provider tells it', async () => {
  const order = await checkout(user, await hold(user, show, ['B1']));
  sql(`UPDATE payments SET provider = 'manual' WHERE order_id = '${order.id}'`);
  const { context, page, trouble } = await adminVisitor(browser);
  const sent = sentBy(page, 'POST', /\/mark-paid$/);
  await open(page, pathOf(order), '#order button');
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  const dialog = page.getByRole('dialog', { name: 'The money has come' });
  await dialog.getByLabel('How', { exact: true }).fill('In cash at the box office');
  await dialog.getByRole('button', { name: 'Mark as paid' }).dblclick();
  await stateOf(page).getByText('paid', { exact: true }).waitFor();
  assert.equal(sent.length, 1);
  assert.equal((await read(order)).status, 'paid');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Ticket (PDF)' }).click();
  assert.match((await download).suggestedFilename(), /\.pdf$/);

  const unpaid = await checkout(user, await hold(user, show, ['B2']));
  await open(page, pathOf(unpaid), '.story li');
  assert.equal(await page.getByRole('button', { name: 'Mark as paid' }).count(), 0); // its provider tells by itself
  assert.deepEqual(trouble, []);
  await context.close();
});

test('an order that is paid meanwhile shows it by itself', async () => {
  const order = await checkout(user, await hold(user, show, ['B3']));
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, pathOf(order), '#order button');
  await page.getByLabel('Note of the desk').fill('typed meanwhile');
  await user.api.post(order.payment.url, {}, { expect: 200 });
  await stateOf(page).getByText('paid', { exact: true }).waitFor();
  assert.equal(await page.getByLabel('Note of the desk').inputValue(), 'typed meanwhile');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a session that ends loses nothing that was typed', async () => {
  const order = await buy(user, show, ['B4']);
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 401 });
  let token;
  page.on('request', (request) => (token = request.headers().authorization ?? token));
  await open(page, pathOf(order), '.seats input');
  const note = `Comes with a wheelchair ${HOSTILE[0]}`;
  await page.getByLabel('Note of the desk').fill(note);
  const { sub, sid } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  await (await admin()).delete(`/auth/users/${sub}/sessions/${sid}`, { expect: 204 });
  await until(async () => {
    const answer = await fetch(`${SITE}/api/orders/${order.id}`, { headers: { Authorization: token } });
    await answer.text();
    return answer.status === 401;
  }, { every: 250, what: 'the end of the session' });
  await page.getByRole('button', { name: 'Save the note' }).click();
  await page.waitForURL(/\/login\?next=/);
  await page.getByLabel('E-mail address').fill(ownUser('admin').email);
  await page.getByLabel('Password').fill(ownUser('admin').password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { level: 1, name: `Order ${short(order)}` }).waitFor();
  assert.equal(await page.getByLabel('Note of the desk').inputValue(), note);
  await page.getByRole('button', { name: 'Save the note' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal((await read(order)).adminNote, note);
  await page.reload();
  assert.equal(await page.getByLabel('Note of the desk').inputValue(), note);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('titles and names stay text, and the screens are for admins', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  const orders = [];
  for (const title of HOSTILE) {
    const played = await createShow({ eventId: (await createEvent({ title })).id });
    orders.push({ title, played, order: await buy(user, played, ['A1']) });
  }
  for (const { title, played, order } of orders) {
    await open(page, `/desk/orders?show=${played.id}`, '.sale-line');
    await page.locator('.sale-line').getByText(title, { exact: true }).waitFor();
    await open(page, pathOf(order), '.story li');
    await page.getByRole('link', { name: title, exact: true }).waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
  const { played, order } = orders.at(-1);
  await assertScreens(browser, [[`/desk/orders?show=${played.id}`, '.sale-line'], ['/desk/orders', 'h1'], [pathOf(order), '.story li']]);
  await assertRefused(browser, user, ['/desk/orders', pathOf(order)]);
});
