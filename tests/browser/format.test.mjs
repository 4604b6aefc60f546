// Money and times as people read them on the pages: minor units of every kind, and the venue's clock wherever the reader is.
import test from 'node:test';
import assert from 'node:assert/strict';
import { launch } from '../support/browser.mjs';
import { BASE_URL } from '../support/client.mjs';
import { createEvent, createShow } from '../support/world.mjs';

let browser;
let context;

test.before(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: 'en-US', timezoneId: 'America/Los_Angeles' });
});

test.after(() => browser?.close());

async function shown(show) {
  const page = await context.newPage();
  await page.goto(`${BASE_URL}/shows/${show.id}`);
  await page.locator('.chip').first().waitFor();
  const text = { price: await page.locator('.chip').first().innerText(), when: await page.locator('#when').innerText() };
  await page.close();
  return { price: text.price.replace(/\u00a0/g, ' '), when: text.when.replace(/\u202f/g, ' ') };
}

test('prices have their currency and its minor units', async () => {
  const event = await createEvent();
  for (const [currency, amount, text] of [
    ['VND', 1200000, 'VND 1,200,000'],
    ['JPY', 3333, 'JPY 3,333'],
    ['KWD', 12345, 'KWD 12.345'],
    ['CLF', 12345, 'CLF 1.2345'],
    ['EUR', 3333, 'EUR 33.33'],
  ]) {
    const show = await createShow({ eventId: event.id, currency, priceTiers: { VIP: amount, A: amount, B: amount } });
    assert.equal((await shown(show)).price, text);
  }
});

test('a time is the venue\'s, with its zone and offset', async () => {
  const tokyo = await createEvent({ timeZone: 'Asia/Tokyo' });
  const { when } = await shown(await createShow({ eventId: tokyo.id, startsAt: '2031-06-01T10:00:00Z' }));
  assert.match(when, /June 1, 2031/);
  assert.match(when, /7:00 PM \(Asia\/Tokyo, UTC\+09:00\)/);
  const berlin = await createEvent({ timeZone: 'Europe/Berlin' }); // the clocks are set back on 26 October 2031
  for (const [startsAt, offset] of [['2031-10-26T00:30:00Z', '+02:00'], ['2031-10-26T01:30:00Z', '+01:00']]) {
    const shows = await shown(await createShow({ eventId: berlin.id, startsAt }));
    assert.ok(shows.when.includes(`2:30 AM (Europe/Berlin, UTC${offset})`), shows.when);
  }
});

test('the front page names the zone as well', async () => {
  const event = await createEvent({ timeZone: 'Asia/Tokyo' });
  await createShow({ eventId: event.id, startsAt: '2031-06-01T01:00:00Z' });
  const page = await context.newPage();
  await page.goto(`${BASE_URL}/?q=${event.title}`);
  const item = page.locator('#events li', { hasText: event.title });
  await item.locator('time').waitFor();
  const text = (await item.innerText()).replace(/\u202f/g, ' ');
  assert.match(text, /June 1, 2031.*\(Asia\/Tokyo, UTC\+09:00\)/);
  await page.close();
});
