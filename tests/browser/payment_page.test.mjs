// The test provider's payment page looks like the site's other pages: in both themes and languages, on every width, without script.
import test from 'node:test';
import assert from 'node:assert/strict';
import { assertAccessible, assertFits, launch, SITE, visitor } from '../support/browser.mjs';
import { sql } from '../support/stack.mjs';
import { checkout, createEvent, createShow, hold, registerUser, until } from '../support/world.mjs';

const HOSTILE = '<img src=x onerror=alert(1)> "\'&amp; مسرحية 🎭 ' + 'x'.repeat(150);
let browser;
let user;
let show;

test.before(async () => {
  browser = await launch();
  user = await registerUser();
  show = await createShow({ eventId: (await createEvent({ title: HOSTILE })).id });
});
test.after(() => browser?.close());

const order = async (seat) => checkout(user, await hold(user, show, [seat]));
const press = (made, outcome) => user.api.post(made.payment.url, { outcome }, { expect: 200 });

// An order in each state that the page knows.
async function states() {
  const [open, declined, paid, late] = await Promise.all(['A1', 'A2', 'A3', 'A4'].map(order));
  await press(declined, 'declined');
  await press(paid, 'succeeded');
  await user.api.post(`/orders/${late.id}/cancel`, undefined, { expect: 200 });
  return { open, declined, paid, late };
}

test('no state of it has a violation of WCAG 2.2 A and AA in either theme, and each fits a phone, a tablet and a desk', async () => {
  const made = await states();
  for (const [colorScheme, locale] of [['light', 'en-GB'], ['dark', 'vi-VN']]) {
    const { context, page, trouble } = await visitor(browser, { colorScheme, locale, javaScriptEnabled: true });
    for (const [state, { payment, id }] of Object.entries(made)) {
      const url = payment?.url ?? `${SITE}/api/payments/test/${sql(`SELECT id FROM payments WHERE order_id = '${id}'`)[0][0]}`;
      await page.goto(url);
      assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
      assert.ok((await page.locator('dd').first().innerText()).includes(HOSTILE.slice(0, 60)), 'the title is text');
      await assertAccessible(page, `${state}, ${colorScheme}`);
      for (const width of [360, 768, 1280]) {
        await page.setViewportSize({ width, height: 740 });
        await assertFits(page, `${state} at ${width}`);
      }
    }
    assert.deepEqual(trouble, []);
    await context.close();
  }
});

test('without script, by keyboard alone: paid, and back to the order', async () => {
  const made = await order('B1');
  const { context, page, trouble } = await visitor(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await page.goto(made.payment.url);
  const button = page.getByRole('button', { name: 'Pay' });
  assert.ok((await button.boundingBox()).height >= 44, 'large enough for a thumb');
  for (let i = 0; i < 5 && !(await button.evaluate((node) => node === document.activeElement)); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Paid. Your tickets are ready.').waitFor();
  await until(async () => (await user.api.get(`/orders/${made.id}`)).body.status === 'paid', { what: 'paid' });
  assert.equal(await page.getByRole('link', { name: 'Back to the order' }).getAttribute('href'), `/orders/${made.id}`);
  assert.deepEqual(trouble, []);
  await context.close();
});
