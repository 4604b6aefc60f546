// What the tests of the desk share: an admin's window, and what must hold for each of its screens.
import assert from 'node:assert/strict';
import { ownUser } from './world.mjs';
import { assertAccessible, assertFits, logIn, SITE, visitor } from './browser.mjs';

// Text that people write, and that must stay text. Titles have 200 characters at most.
export const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  '"\'&amp;</title><b>bold',
  'مسرحية أنغام ואנגלית',
  '🎭👩‍👩‍👧‍👦🇻🇳',
  'x'.repeat(200),
];

export async function adminVisitor(browser, options) {
  const opened = await visitor(browser, options);
  await logIn(opened.page, ownUser('admin'), '/desk');
  return opened;
}

// Opens an address of the desk and waits for its screen. `ready`: what stands there once everything has come.
export async function open(page, path, ready) {
  await page.goto(`${SITE}${path}`);
  await page.locator('h1').first().waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
  if (ready !== undefined) await page.locator(ready).first().waitFor();
}

// No violation of WCAG in either theme, no width at which something sticks out, in both languages. screens: [[path, ready], …]
export async function assertScreens(browser, screens) {
  for (const [colorScheme, language] of [['light', 'en'], ['dark', 'vi']]) {
    const { context, page, trouble } = await adminVisitor(browser, { colorScheme });
    await page.evaluate((name) => localStorage.setItem('language', name), language);
    for (const [path, ready] of screens) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await open(page, path, ready);
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      await assertAccessible(page, `${path} ${colorScheme}`);
      for (const width of [768, 360]) {
        await page.setViewportSize({ width, height: 740 });
        await assertFits(page, `${path} at ${width} (${language})`);
      }
      await assertAccessible(page, `${path} ${colorScheme} on a phone`);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  }
}

// Each address is refused to a person without the role.
export async function assertRefused(browser, user, paths) {
  const { context, page, trouble } = await visitor(browser);
  await logIn(page, user);
  for (const path of paths) {
    await page.goto(`${SITE}${path}`);
    await page.getByRole('heading', { name: 'Not for this account' }).waitFor();
  }
  assert.deepEqual(trouble, []);
  await context.close();
}
