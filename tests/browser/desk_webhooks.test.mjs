// The desk's webhooks: a receiver is made, fails, is switched off and on, gets a new secret and all once more; the log of events.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Receiver } from '../support/receiver.mjs';
import { admin, buy, createShow, registerUser, until } from '../support/world.mjs';
import { launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, open } from '../support/desk.mjs';

let browser;
let user;
let show;
const made = []; // ids of receivers

test.before(async () => {
  browser = await launch();
  [user, show] = [await registerUser(), await createShow()];
});
test.after(async () => {
  const boss = await admin();
  for (const id of made) await boss.delete(`/webhooks/endpoints/${id}`);
  await browser?.close();
});

const SCREEN = '/desk/webhooks';
const endpoints = async () => (await (await admin()).get('/webhooks/endpoints', { expect: 200 })).body.endpoints;

async function createByHand(page, url, types) {
  await page.getByRole('button', { name: 'New receiver' }).click();
  const dialog = page.getByRole('dialog', { name: 'New receiver' });
  await dialog.getByLabel('Address').fill(url);
  for (const type of types) await dialog.getByLabel(type, { exact: true }).check();
  await dialog.getByRole('button', { name: 'Create' }).dblclick();
}

async function createByApi(url, events = ['order.paid']) {
  const { body } = await (await admin()).post('/webhooks/endpoints', { url, events }, { expect: 201 });
  made.push(body.id);
  return body;
}

const cardOf = (page, { id }) => page.locator(`[data-endpoint="${id}"]`);

test('a receiver is made once, its secret is shown once, and what it is sent can be read', async () => {
  const receiver = await new Receiver().listen();
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, SCREEN);
  await createByHand(page, receiver.url, ['order.paid']);
  const shown = page.getByRole('dialog', { name: 'The secret' });
  const secret = await shown.locator('code').innerText();
  assert.match(secret, /^whsec_[A-Za-z0-9_-]{43}$/);
  await shown.getByRole('button', { name: 'Close' }).click();
  const mine = (await endpoints()).filter(({ url }) => url === receiver.url);
  made.push(...mine.map(({ id }) => id));
  assert.equal(mine.length, 1);
  const order = await buy(user, show, ['A1']);
  await until(() => receiver.of(order.id).length === 1, { what: 'the delivery' });
  const card = cardOf(page, mine[0]);
  await until(async () => {
    await page.getByRole('button', { name: 'Look again' }).click();
    return (await card.locator('summary').count()) > 0;
  }, { every: 500, what: 'the attempt in the list' });
  assert.ok(!(await page.content()).includes(secret));
  await card.locator('summary').click();
  await card.getByText('delivered', { exact: true }).first().waitFor();
  await card.getByText(/HTTP 200/).first().waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
  await receiver.close();
});

test('a receiver that fails says why, is switched off and on, and gets all once more', async () => {
  const receiver = await new Receiver(() => ({ status: 500 })).listen();
  const endpoint = await createByApi(receiver.url);
  const { context, page, trouble } = await adminVisitor(browser);
  const order = await buy(user, show, ['A2']);
  await until(() => receiver.requests.length > 0, { what: 'the first attempt' });
  await open(page, SCREEN, `[data-endpoint="${endpoint.id}"]`);
  const card = cardOf(page, endpoint);
  await until(async () => {
    await page.getByRole('button', { name: 'Look again' }).click();
    return (await card.locator('summary').count()) > 0;
  }, { every: 500, what: 'the attempt in the list' });
  await card.locator('summary').click();
  await card.getByText(/HTTP 500/).first().waitFor();
  await card.getByText('is tried again').first().waitFor();
  await card.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await card.getByText('switched off', { exact: true }).waitFor();
  receiver.answer = () => ({ status: 200 });
  await card.getByRole('button', { name: 'Switch on' }).click();
  await card.getByText('works', { exact: true }).waitFor();
  const before = receiver.requests.length;
  await card.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
  await page.getByText(/events? will be sent\./).waitFor();
  await until(() => receiver.requests.slice(before).some(({ event }) => event.data.id === order.id), {
    what: 'the event once more', progress: () => receiver.requests.length,
  });
  await card.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached' });
  assert.ok(!(await endpoints()).some(({ id }) => id === endpoint.id));
  made.splice(made.indexOf(endpoint.id), 1);
  assert.deepEqual(trouble, []);
  await context.close();
  await receiver.close();
});

test('a receiver that cannot be reached is tried at once when it is asked for', async () => {
  const receiver = await new Receiver().listen();
  const { port } = receiver;
  await receiver.close();
  const endpoint = await createByApi(receiver.url);
  await buy(user, show, ['A4']);
  await until(async () => (await endpoints()).find(({ id }) => id === endpoint.id).status === 'failing', { what: 'the failure' });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, SCREEN, `[data-endpoint="${endpoint.id}"]`);
  const card = cardOf(page, endpoint);
  await card.getByText('fails', { exact: true }).waitFor();
  await card.getByText('Next try').waitFor();
  const back = await new Receiver().listen(port);
  await card.getByRole('button', { name: 'Try now' }).click();
  await card.getByText('works', { exact: true }).waitFor();
  await until(() => back.requests.length > 0, { what: 'the delivery' });
  assert.deepEqual(trouble, []);
  await context.close();
  await back.close();
});

test('a new secret is another one, and the one before signs too as long as was asked', async () => {
  const endpoint = await createByApi('https://example.com/rotated');
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, SCREEN, `[data-endpoint="${endpoint.id}"]`);
  await cardOf(page, endpoint).getByRole('button', { name: 'New secret' }).click();
  const question = page.getByRole('dialog', { name: 'New secret' });
  await question.getByLabel('Both secrets are good for').selectOption('3600');
  await question.getByRole('button', { name: 'New secret' }).click();
  const shown = page.getByRole('dialog', { name: 'The secret' });
  const secret = await shown.locator('code').innerText();
  assert.notEqual(secret, endpoint.secret);
  await shown.getByText(/The secret before signs too until/).waitFor();
  await page.keyboard.press('Escape');
  await cardOf(page, endpoint).getByText('Two secrets until').waitFor();
  const ends = Date.parse((await endpoints()).find(({ id }) => id === endpoint.id).previousSecretUntil);
  assert.ok(Math.abs(ends - Date.now() - 3_600_000) < 600_000);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what is wrong is told at its field, and what was typed survives a reload', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 422 });
  await open(page, SCREEN);
  await createByHand(page, 'https://example.com/no-events', []);
  await page.locator('#field-events-note.bad').waitFor();
  await page.getByLabel('Address').fill('ftp://example.com/x');
  await page.getByLabel('order.paid', { exact: true }).check();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.locator('#field-url-note.bad').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'New receiver' }).click();
  assert.equal(await page.getByLabel('Address').inputValue(), 'ftp://example.com/x');
  assert.equal(await page.getByLabel('order.paid', { exact: true }).isChecked(), true);
  assert.equal(await page.getByLabel('order.refunded', { exact: true }).isChecked(), false);
  await page.keyboard.press('Escape');
  assert.ok(!(await endpoints()).some(({ url }) => /no-events|ftp/.test(url)));
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the log of events is read page by page, and shows what each says as text', async () => {
  await buy(user, show, ['A3']);
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `${SCREEN}?list=events`, '[data-event]');
  await page.locator('[data-event] summary').first().click();
  const { body } = await (await admin()).get('/events-log', { query: { limit: 20 }, expect: 200 });
  assert.deepEqual(JSON.parse(await page.locator('[data-event] pre').first().innerText()), body.events[0].data);
  if (body.nextCursor !== null) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.locator('[data-event]').nth(20).waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
});

test('an address of a receiver stays text; the screens are for admins', async () => {
  const endpoint = await createByApi(`https://example.com/${'x'.repeat(300)}?q=%22%3Cscript%3Ealert(1)%3C/script%3E`);
  await assertScreens(browser, [[SCREEN, `[data-endpoint="${endpoint.id}"]`], [`${SCREEN}?list=events`, '[data-event]']]);
  await assertRefused(browser, user, [SCREEN]);
});
