// The gate page as staff meet it: who may use it, what it remembers, its verdicts, kiosk mode; in both themes and languages.
import test from 'node:test';
import assert from 'node:assert/strict';
import { buy, createEvent, createShow, ownUser, registerUser } from '../support/world.mjs';
import { ticketsOf } from '../support/gate.mjs';
import { assertAccessible, assertFits, launch, SITE, visitor } from '../support/browser.mjs';
import { handScan, keptScans, logInAtGate, openGate, verdict } from '../support/gate_page.mjs';

const HOSTILE = '<img src=x onerror=alert(1)> "\'&amp; 🎭 مسرحية ' + 'x'.repeat(120);
const refusals = { allow: (url, status) => [404, 409, 422].includes(status) };
let browser;
let user;
test.before(async () => {
  browser = await launch();
  user = await registerUser();
});
test.after(() => browser?.close());

async function house(seats, fields) {
  const [buyer, show] = [await registerUser(), await createShow(fields)];
  await buy(buyer, show, seats);
  return { show, bySeat: Object.fromEntries((await ticketsOf(buyer)).map((ticket) => [ticket.seatId, ticket])) };
}

test('/gate leads to the page, with a policy of its own that lets WebAssembly run there and nowhere else', async () => {
  const moved = await fetch(`${SITE}/gate?show=1`, { redirect: 'manual' });
  assert.deepEqual([moved.status, moved.headers.get('location')], [308, '/gate/?show=1']);
  const policy = async (path) => (await fetch(`${SITE}${path}`)).headers.get('content-security-policy');
  assert.match(await policy('/gate/'), /script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'.*manifest-src 'self'/);
  for (const path of ['/', '/desk', '/docs/']) assert.doesNotMatch(await policy(path), /wasm|unsafe/);
  for (const [path, type] of [
    ['/gate/made/zxing/reader/zxing_reader.wasm', /wasm/],
    ['/gate/made/zxing/LICENSE', /./],
    ['/gate/made/noble/LICENSE', /./],
    ['/gate/manifest.webmanifest', /manifest/],
  ]) {
    const answer = await fetch(`${SITE}${path}`);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('content-type'), type, path);
  }
});

test('an account without the role is refused and told why; another one may log in', async () => {
  const { show } = await house(['A1']);
  const { context, page } = await visitor(browser);
  await page.goto(`${SITE}/gate?show=${show.id}`);
  await logInAtGate(page, user);
  await page.getByText('Scanning needs the role staff or admin').waitFor();
  await assertAccessible(page, 'refused');
  await page.getByRole('button', { name: 'Log in with another account' }).click();
  await logInAtGate(page, ownUser('admin'));
  await page.getByRole('button', { name: 'Begin to scan' }).waitFor();
  await context.close();
});

test('admitted, already in, refused: in word, symbol and seat, read out, and green goes by itself', async () => {
  const { show, bySeat } = await house(['A1', 'A2']);
  const { context, page, trouble } = await visitor(browser, refusals);
  await openGate(page, show);
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').waitFor();
  assert.match(await page.locator('#said').innerText(), /Admitted\. A1\./);
  await page.locator('#verdict').waitFor({ state: 'hidden' });
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'again').waitFor();
  assert.match(await page.locator('#verdict').innerText(), /↻[\s\S]*ALREADY IN[\s\S]*A1[\s\S]*First scan: .*gate North/);
  await handScan(page, 'https://example.com/a-wrong-code');
  await verdict(page, 'no').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.locator('#verdict').waitFor({ state: 'hidden' });
  await handScan(page, bySeat.A2.qr);
  await verdict(page, 'yes').waitFor();
  await page.getByText('Inside 2 of 2').waitFor({ timeout: 60_000 });
  assert.deepEqual(keptScans(show).filter(({ outcome }) => outcome === 'accepted').length, 2);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('people go out at an exit, in a frame that looks different, and come in again where the show allows it', async () => {
  const { show, bySeat } = await house(['A1'], { reentry: true });
  const { context, page } = await visitor(browser, refusals);
  await openGate(page, show);
  const frame = () => page.locator('.scanner').evaluate((scanner) => {
    const { borderColor, borderStyle } = getComputedStyle(scanner);
    return borderColor + borderStyle;
  });
  const entry = await frame();
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').waitFor();
  await page.locator('#verdict').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Settings' }).click();
  assert.equal(await page.locator('#field-gate').inputValue(), 'North', 'the door is remembered');
  await page.locator('input[name=show]:checked').waitFor();
  await page.getByText('Exit: people go out').click();
  await page.getByRole('button', { name: 'Begin to scan' }).click();
  await page.locator('.scanner[data-direction=out]').waitFor();
  assert.notEqual(await frame(), entry);
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').getByText('Goodbye').waitFor();
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'again').getByText('Already out').waitFor();
  await page.reload();
  await page.locator('.scanner[data-direction=out]').waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('Entry: people come in').click();
  await page.locator('input[name=show]:checked').waitFor();
  await page.getByRole('button', { name: 'Begin to scan' }).click();
  await page.locator('#age').waitFor();
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').getByText('Back in').waitFor();
  await context.close();
});

test('in kiosk mode there is no menu, also after a reload, until the PIN is typed', async () => {
  const { show, bySeat } = await house(['A1']);
  const { context, page } = await visitor(browser);
  await openGate(page, show, { pin: '4711' });
  await page.reload();
  await page.locator('#age').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Settings' }).count(), 0);
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').waitFor();
  await page.locator('#verdict').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByLabel('PIN').fill('1234');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the PIN.').waitFor();
  await assertAccessible(page, 'the PIN');
  await page.getByLabel('PIN').fill('4711');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Begin to scan' }).waitFor();
  await context.close();
});

test('what is known of the tickets is said to be old after ten minutes without a network', async () => {
  const { show } = await house(['A1']);
  const { context, page } = await visitor(browser);
  await page.clock.install();
  await openGate(page, show);
  await context.setOffline(true);
  await page.locator('#network[data-online=false]').waitFor();
  await page.clock.fastForward(11 * 60_000);
  await page.locator('#old').getByText('11 minutes old').waitFor();
  await assertAccessible(page, 'an old pack');
  await context.close();
});

test('sounds come after the verdict: none while it is asked for', async () => {
  const { show, bySeat } = await house(['A1']);
  const { context, page } = await visitor(browser, { serviceWorkers: 'block' });
  await page.addInitScript(() => {
    globalThis.heard = [];
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function begin(...given) {
      globalThis.heard.push(document.getElementById('verdict').hidden ? 'before' : document.getElementById('verdict').dataset.kind);
      return start.apply(this, given);
    };
  });
  await openGate(page, show);
  await page.locator('.view').click();
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'yes').waitFor();
  await handScan(page, bySeat.A1.qr);
  await verdict(page, 'again').waitFor();
  const heard = await page.evaluate(() => globalThis.heard);
  assert.deepEqual([...new Set(heard)], ['yes', 'again']);
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`every screen of the gate is accessible and fits, in both languages (${colorScheme})`, async () => {
    const event = await createEvent({ title: HOSTILE.slice(0, 200), venue: HOSTILE.slice(0, 200) });
    const { show, bySeat } = await house(['A1'], { eventId: event.id });
    for (const locale of ['en-GB', 'vi-VN']) {
      const { context, page, trouble } = await visitor(browser, { ...refusals, colorScheme, locale, reducedMotion: 'reduce' });
      const look = async (what) => {
        await assertAccessible(page, `${what} ${colorScheme} ${locale}`);
        for (const width of [360, 768, 1280]) {
          await page.setViewportSize({ width, height: 740 });
          await assertFits(page, `${what} at ${width} ${locale}`);
        }
      };
      await page.goto(`${SITE}/gate?show=${show.id}`);
      await page.locator('#field-email').waitFor();
      await look('login');
      await logInAtGate(page, ownUser('staff'));
      await page.locator('input[name=show]:checked').waitFor();
      await look('setup');
      await page.locator('#field-gate').fill('Gate <b>1</b>');
      await page.locator('form button.primary').click();
      await page.locator('#age').waitFor();
      await look('scanner');
      await handScan(page, bySeat.A1.qr);
      if (locale === 'vi-VN') await verdict(page, 'again').waitFor();
      else await verdict(page, 'yes').waitFor();
      await handScan(page, bySeat.A1.qr);
      await verdict(page, 'again').waitFor();
      await look('already in');
      await handScan(page, 'a-wrong-code');
      await verdict(page, 'no').waitFor();
      await look('refused');
      assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
      assert.deepEqual(trouble, []);
      await context.close();
    }
  });
}
