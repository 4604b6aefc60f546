// The desk's events and shows: made, changed, published and deleted by an admin, also while another admin is at it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { admin, buy, createEvent, createShow, inDays, registerUser, unique, until, ownUser } from '../support/world.mjs';
import { launch, SITE } from '../support/browser.mjs';
import { adminVisitor, assertRefused, assertScreens, HOSTILE, open } from '../support/desk.mjs';

let browser;
let show;

test.before(async () => {
  browser = await launch();
  show = await createShow();
});
test.after(() => browser?.close());

const NONE = '00000000-0000-4000-8000-000000000000';

test('every screen of events and shows is accessible, and fits a phone, in both themes and languages', () =>
  assertScreens(browser, [
    ['/desk/events', '#events li'],
    ['/desk/events/new'],
    [`/desk/events/${show.eventId}`, '.line.show'],
    [`/desk/events/${show.eventId}/edit`],
    [`/desk/events/${show.eventId}/shows/new`, '.prices input'],
    [`/desk/shows/${show.id}/edit`, '.prices input'],
  ]));

test('buyers and gate staff are told that these are not for them', async () => {
  const paths = ['/desk/events', '/desk/events/new', `/desk/events/${show.eventId}/edit`, `/desk/shows/${show.id}/edit`];
  await assertRefused(browser, await registerUser(), paths);
  await assertRefused(browser, ownUser('staff'), paths);
});

test('an event is made once, though the button is pressed twice, and its show has prices in the decimals of the currency', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { timezoneId: 'America/Los_Angeles' });
  const title = unique('Premiere');
  await open(page, '/desk/events/new');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Venue', { exact: true }).fill('Opera');
  await page.getByLabel('Time zone of the venue').fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Create the event' }).dblclick();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  const boss = await admin();
  const { body: { events } } = await boss.get('/events', { query: { q: title }, expect: 200 });
  const found = events.map((event) => [event.title, event.venue, event.timeZone, event.published]);
  assert.deepEqual(found, [[title, 'Opera', 'Europe/Berlin', false]]);

  await page.getByRole('link', { name: 'New show' }).click();
  await page.getByLabel('Start', { exact: true }).fill('2030-07-01T19:30');
  await page.getByLabel('Seat map').selectOption('m1'); // other tests have maps of their own
  await page.getByLabel('VIP (VND)').waitFor();
  await page.getByLabel('Currency').fill('eur');
  await page.getByLabel('Currency').press('Tab');
  const prices = page.locator('.prices input');
  assert.deepEqual(await prices.evaluateAll((all) => all.map((one) => one.value)), ['', '', '']); // not a million dong as euros
  await page.keyboard.type('45,5'); // the field that Tab has led to is still there
  assert.equal(await page.getByLabel('VIP (EUR)').inputValue(), '45,5');
  await page.getByLabel('A (EUR)', { exact: true }).fill('33.33');
  await page.getByLabel('B (EUR)').fill('20');
  await page.getByLabel('Re-entry').check();
  await page.getByRole('button', { name: 'Create the show' }).dblclick();
  await page.getByText('Changes appear every few seconds.').waitFor(); // a draft has no public stream
  await page.getByText('150 free').waitFor();
  const { body: { shows } } = await boss.get(`/events/${events[0].id}/shows`, { expect: 200 });
  assert.equal(shows.length, 1);
  assert.deepEqual([shows[0].startsAt, shows[0].currency, shows[0].reentry], ['2030-07-01T17:30:00Z', 'EUR', true]);
  assert.deepEqual(shows[0].priceTiers, { VIP: 4550, A: 3333, B: 2000 });
  await page.getByText(/Monday, July 1, 2030 at 7:30 PM \(Europe\/Berlin, UTC\+02:00\)/).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
});

test('each fault is told at its field, and nothing is changed', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 422 });
  await open(page, `/desk/shows/${show.id}/edit`, '.prices input');
  const end = page.getByLabel('End', { exact: true });
  await end.fill('2020-01-01T10:00');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#field-endsAt-note.bad', { hasText: 'must be later than startsAt' }).waitFor();
  assert.equal(await end.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'field-endsAt');
  await end.fill('');
  await page.getByLabel('VIP (VND)').fill('12.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('[id="field-priceTiers.VIP-note"].bad', { hasText: 'no amount of VND' }).waitFor();
  await page.getByLabel('VIP (VND)').fill('1');
  await page.getByLabel('Currency').fill('XYZ');
  await page.getByLabel('Currency').press('Tab');
  for (const zone of ['A', 'B']) await page.getByLabel(`${zone} (XYZ)`, { exact: true }).fill('1'); // emptied: they were VND
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#field-currency-note.bad').waitFor();
  const { body } = await (await admin()).get(`/shows/${show.id}`, { expect: 200 });
  assert.deepEqual(body, show);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('an hour that the clock of the venue leaves out is refused; other times are kept to the second', async () => {
  const event = await createEvent({ timeZone: 'Europe/Berlin' });
  const made = await createShow({ eventId: event.id, startsAt: '2030-07-01T17:30:15Z' });
  const { context, page, trouble } = await adminVisitor(browser, { timezoneId: 'Asia/Tokyo' });
  await open(page, `/desk/shows/${made.id}/edit`, '.prices input');
  assert.equal(await page.getByLabel('Start', { exact: true }).inputValue(), '2030-07-01T19:30');
  await page.getByLabel('Sale begins').fill('2030-03-31T02:30');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#field-salesStartAt-note.bad', { hasText: 'leaves this hour out' }).waitFor();
  await page.getByLabel('Sale begins').fill('2030-03-31T03:30');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Live: changes appear by themselves.').waitFor();
  const { body } = await (await admin()).get(`/shows/${made.id}`, { expect: 200 });
  assert.deepEqual([body.startsAt, body.salesStartAt], ['2030-07-01T17:30:15Z', '2030-03-31T01:30:00Z']);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('of two admins the slower one sees both changes, and keeps the own one or takes the other', async () => {
  const event = await createEvent({ venue: 'Hall 1' });
  const boss = await admin();
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 412 });
  const meanwhile = (body) => boss.send('PATCH', `/events/${event.id}`, { body, expect: 200 });
  const path = `/desk/events/${event.id}/edit`;
  await open(page, path);
  await meanwhile({ venue: 'Hall 2', description: 'Other words' });
  await page.getByLabel('Venue', { exact: true }).fill('Hall 3');
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Another admin was faster' });
  await dialog.waitFor();
  const cells = (name) => dialog.locator('tr', { hasText: name }).locator('td').allInnerTexts();
  assert.deepEqual(await cells('Venue'), ['Hall 1', 'Hall 2', 'Hall 3']);
  assert.deepEqual(await cells('Description'), ['An evening', 'Other words', 'not touched']);
  await dialog.getByRole('button', { name: 'Keep my changes' }).click();
  await page.getByRole('heading', { level: 1, name: event.title }).waitFor();
  const read = async () => (await boss.get(`/events/${event.id}`, { expect: 200 })).body;
  assert.deepEqual([(await read()).venue, (await read()).description], ['Hall 3', 'Other words']);

  await open(page, path);
  await meanwhile({ venue: 'Hall 4' });
  await page.getByLabel('Venue', { exact: true }).fill('Hall 5');
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Take the other version' }).click();
  await page.getByText('This is the other version.').waitFor();
  assert.equal(await page.getByLabel('Venue', { exact: true }).inputValue(), 'Hall 4');
  assert.equal((await read()).venue, 'Hall 4');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('an event is published and taken out of the shop again', async () => {
  const event = await createEvent({ published: false });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/events/${event.id}`);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('The event is published.').waitFor();
  await page.getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
  await page.getByText('The event is a draft again.').waitFor();
  await page.locator('.tag', { hasText: 'Draft' }).waitFor();
  assert.equal((await (await admin()).get(`/events/${event.id}`, { expect: 200 })).body.published, false);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a show with sold tickets is not deleted, and the desk says how many; one without is', async () => {
  const sold = await createShow();
  await buy(await registerUser(), sold, ['A1', 'A2']);
  const empty = await createShow({ eventId: sold.eventId });
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 409 });
  await open(page, `/desk/shows/${sold.id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'It was not deleted' });
  await dialog.getByText('2 tickets sold').waitFor();
  await dialog.getByText('0 orders wait for their payment').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await open(page, `/desk/shows/${empty.id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(`**/desk/events/${sold.eventId}`);
  await page.locator('.line.show').first().waitFor();
  assert.equal(await page.locator('.line.show').count(), 1);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a show of which seats are sold keeps its seat map, and the desk says why; one without moves to the other', async () => {
  const sold = await createShow();
  await buy(await registerUser(), sold, ['A1']);
  const empty = await createShow();
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 409 });
  for (const one of [sold, empty]) {
    await open(page, `/desk/shows/${one.id}/edit`, '.prices input');
    await page.getByLabel('Seat map').selectOption('theatre');
    await page.getByLabel('Orchestra (VND)').fill('910000');
    await page.getByRole('button', { name: 'Save' }).click();
    if (one === sold) await page.getByText('the seat map of this show can no longer be another').waitFor();
    else await page.getByText('596 free').waitFor();
  }
  const { body } = await (await admin()).get(`/shows/${empty.id}`, { expect: 200 });
  assert.deepEqual([body.seatMapId, body.priceTiers.ORCHESTRA], ['theatre', 910_000]);
  assert.equal((await (await admin()).get(`/shows/${sold.id}`, { expect: 200 })).body.seatMapId, 'm1');
  assert.deepEqual(trouble, []);
  await context.close();
});

test('the list is searched and filtered', async () => {
  const name = unique('Filter');
  const [draft, over] = [await createEvent({ title: `${name} draft`, published: false }), await createEvent({ title: `${name} over` })];
  await createShow({ eventId: over.id, startsAt: inDays(-40), endsAt: inDays(-39) });
  const next = await createEvent({ title: `${name} next` });
  await createShow({ eventId: next.id });
  const { context, page, trouble } = await adminVisitor(browser);
  await open(page, `/desk/events?q=${name}`, '#events li');
  const titles = () => page.locator('#events h2').allInnerTexts().then((all) => all.map((one) => one.slice(name.length + 1)).sort());
  assert.deepEqual(await titles(), ['draft', 'next', 'over']);
  const filters = { Published: ['next', 'over'], Drafts: ['draft'], 'With a show to come': ['next'], 'Past only': ['over'] };
  for (const [filter, wanted] of Object.entries(filters)) {
    await page.getByLabel('Show', { exact: true }).selectOption({ label: filter });
    await page.getByText(`${wanted.length} event`).waitFor();
    await until(async () => (await page.locator('#events li').count()) === wanted.length);
    assert.deepEqual(await titles(), wanted, filter);
  }
  await page.getByLabel('Search by title or venue').fill(`${name} none`);
  await page.getByText('No event fits.').waitFor();
  assert.deepEqual(draft.published, false);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('markup, right-to-left text, emoji and long names are text; what is not there says so', async () => {
  const { context, page, trouble } = await adminVisitor(browser, { allow: (url, status) => status === 404 });
  await page.exposeFunction('alert', () => trouble.push('a script of the data ran'));
  for (const title of HOSTILE) {
    const event = await createEvent({ title, venue: title.slice(0, 200), description: title });
    const played = await createShow({ eventId: event.id });
    await page.setViewportSize({ width: 360, height: 740 });
    const search = `/desk/events?q=${encodeURIComponent(title.slice(0, 20))}`;
    for (const path of [`/desk/events/${event.id}`, `/desk/shows/${played.id}`, search]) {
      await open(page, path);
      await page.getByText(title, { exact: true }).first().waitFor();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 1, `${path}: ${over} pixels too wide`);
    }
    await open(page, `/desk/events/${event.id}/edit`);
    assert.equal(await page.getByLabel('Title').inputValue(), title);
  }
  for (const path of [`/desk/events/${NONE}`, `/desk/shows/${NONE}/edit`, '/desk/events/nothing']) {
    await page.goto(`${SITE}${path}`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
});
