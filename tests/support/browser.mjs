// Debian's Chromium for the tests of the pages: windows that collect everything that goes wrong in them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { SITE } from './client.mjs';

// The address that the service calls itself by: cookies and the payment's page belong to it.
export { SITE };

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = (more = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [...ARGUMENTS, ...more],
});

// A visitor of their own, with a window: {context, page, trouble}. `trouble` lists script errors, broken rules of the
// policy, failed requests and requests to elsewhere; `allow(url, status)` says which answers of 400 and above the test
// means to get.
export async function visitor(browser, { allow = () => false, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const trouble = [];
  watch(page, trouble, allow);
  return { context, page, trouble };
}

export function watch(page, trouble, allow = () => false) {
  page.on('pageerror', (error) => trouble.push(`script: ${error.message}`));
  page.on(
    'console',
    (message) =>
      message.type() === 'error' && !/Failed to load resource/.test(message.text()) && trouble.push(`console: ${message.text()}`),
  );
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^https?:$/.test(protocol) && host !== new URL(SITE).host) trouble.push(`elsewhere: ${request.url()}`);
  });
  page.on(
    'response',
    (response) =>
      response.status() >= 400 && !allow(response.url(), response.status()) && trouble.push(`${response.status()}: ${response.url()}`),
  );
}

// Logs in through the login page.
export async function logIn(page, user, next = '/') {
  await page.goto(`${SITE}/login?next=${encodeURIComponent(next)}`);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password').fill(user.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

// No violation of WCAG 2.2 A and AA. The script comes by the debugger, which the page's policy does not concern.
export async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`,
  );
  assert.deepEqual(found, [], what);
}

export async function assertFits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 1, `${what}: ${over} pixels too wide`);
}
