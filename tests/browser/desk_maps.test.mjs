// The desk's seat maps: listed, drawn while they are typed, with each fault at its line, stored, downloaded, and where they are used.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admin, createShow, ownUser, registerUser, unique } from '../support/world.mjs';
import { launch } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, open } from '../support/desk.mjs';
import { root } from '../support/stack.mjs';

let browser;
test.before(async () => {
  browser = await launch();
});
test.after(() => browser?.close());

const theatre = () => JSON.parse(readFileSync(join(root, 'seatmaps/theatre.json'), 'utf8'));
const newId = () => unique('map').replace(/[^a-z0-9-]/g, '');

// How many colours the canvas shows: more than a few once seats are drawn on it.
const colours = (page) =>
  page.locator('.plan canvas').evaluate((canvas) => {
    if (canvas.width === 0 || canvas.height === 0) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

async function drawn(page) {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await page.locator('.plan canvas').count()) > 0 && (await colours(page)) > 4) return;
    await page.waitForTimeout(100);
  }
  assert.fail('no seats were drawn');
}

// The characters that are marked in the text.
const marked = (page) => page.locator('#plan-text').evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));

test('every screen of seat maps is accessible, and fits a phone, in both themes and languages', () =>
  assertScreens(browser, [
    ['/desk/seatmaps', '.lines li'],
    ['/desk/seatmaps/new', '#plan-text'],
    ['/desk/seatmaps/theatre', '.plan canvas'],
    ['/desk/seatmaps/theatre/edit', '.plan canvas'],
  ]));

test('buyers and gate staff are told that these are not for them', async () => {
  for (const user of [await registerUser(), ownUser('staff')]) await assertRefused(browser, user, ['/desk/seatmaps', '/desk/seatmaps/new']);
});

test('a file is drawn, stored as a first version, downloaded as it was, and says which shows use it', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 404 });
  const template = { ...theatre(), id: newId(), name: 'Theatre <b>of</b> "Ngữ" 🎭' };
  await open(page, '/desk/seatmaps/new');
  const buffer = Buffer.from(JSON.stringify(template));
  await page.getByLabel('A file (JSON)').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer });
  await page.getByText('596 seats. Nothing wrong was found.').waitFor();
  await drawn(page);
  await page.getByRole('button', { name: 'Store the seat map' }).dblclick();
  await page.getByRole('heading', { level: 1, name: template.name }).waitFor();
  await page.getByText('No show to come uses it.').waitFor();
  await drawn(page);
  const { body } = await (await admin()).get(`/seatmaps/${template.id}`, { expect: 200 });
  assert.deepEqual([body.version, body.seatCount, body.template], [1, 596, template]);

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(file.suggestedFilename(), `${template.id}.json`);
  assert.deepEqual(JSON.parse(readFileSync(await file.path(), 'utf8')), template);

  const show = await createShow({ seatMapId: template.id });
  await page.reload();
  await page.locator(`a[href="/desk/shows/${show.id}"]`).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what is no JSON, and what is no seat map, is told with its line, which one press marks', async () => {
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk/seatmaps/new');
  const area = page.getByLabel('The seat map as text');
  await area.fill('{\n  "id": "hall",\n  "name" "Hall"\n}');
  await page.getByText('This is not JSON.').waitFor();
  await page.getByRole('button', { name: 'Line 3' }).click();
  assert.equal(await marked(page), '"');
  await page.getByRole('button', { name: 'Begin with an example' }).click();
  await page.getByText('24 seats. Nothing wrong was found.').waitFor();
  const text = await area.inputValue();
  const line = text.split('\n').findIndex((one) => one.includes('"B"')) + 1;
  await area.fill(text.replace('{"id":"B","from":1,"to":12}', '{"id":"B","from":9,"to":3}'));
  await page.getByText('1 fault', { exact: true }).waitFor();
  await page.locator('#plan-faults code', { hasText: 'zones[0].rows[1].to' }).waitFor();
  await page.getByRole('button', { name: `Line ${line}` }).click();
  assert.equal(await marked(page), '3');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('what only the service finds is shown at its line as well, and nothing is stored', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 404 || status === 422 });
  const id = newId();
  await open(page, '/desk/seatmaps/new');
  const rows = [{ id: 'A', from: 1, to: 9 }, { id: 'A', from: 5, to: 12 }];
  const template = { id, name: 'Twice', priceTiers: { Z: 100 }, colour: 'red', zones: [{ id: 'Z', rows }], format: 'ROW_NUM' };
  const text = JSON.stringify(template, null, 1);
  await page.getByLabel('The seat map as text').fill(text);
  await page.getByRole('button', { name: 'Store the seat map' }).click();
  await page.locator('#plan-faults code', { hasText: 'colour' }).waitFor();
  const at = text.split('\n').findIndex((one) => one.includes('colour')) + 1;
  await page.getByRole('button', { name: `Line ${at}`, exact: true }).click();
  assert.equal(await marked(page), '"red"');
  await (await admin()).get(`/seatmaps/${id}`, { expect: 404 });
  assert.equal(await page.getByLabel('The seat map as text').inputValue(), text);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a new version of a map is asked for before it is stored over one of the same id', async () => {
  const boss = await admin();
  const zones = (to) => [{ id: 'A', rows: [{ id: 'A', from: 1, to }] }];
  const template = { id: newId(), name: 'Hall', currency: 'EUR', priceTiers: { A: 4500 }, zones: zones(5), format: 'ROW_NUM' };
  await boss.put(`/seatmaps/${template.id}`, template, { expect: 201 });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, '/desk/seatmaps/new');
  await page.getByLabel('The seat map as text').fill(JSON.stringify({ ...template, name: 'Another hall' }));
  await page.getByRole('button', { name: 'Store the seat map' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'No, go back' }).click();
  assert.equal((await boss.get(`/seatmaps/${template.id}`, { expect: 200 })).body.version, 1);

  await open(page, `/desk/seatmaps/${template.id}/edit`);
  await page.getByLabel('The seat map as text').fill(JSON.stringify({ ...template, name: 'Hall, larger', zones: zones(6) }));
  await page.getByRole('button', { name: 'Store the seat map' }).click();
  await page.getByRole('heading', { level: 1, name: 'Hall, larger' }).waitFor();
  const { body } = await boss.get(`/seatmaps/${template.id}`, { expect: 200 });
  assert.deepEqual([body.version, body.seatCount], [2, 6]);
  assert.deepEqual(trouble, []);
  await context.close();
});
