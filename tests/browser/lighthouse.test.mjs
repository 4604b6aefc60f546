// Lighthouse on the event's and the show's page, as on a phone: a slow network and processor are simulated from what was measured. Other
// work of the machine can only lower the score of performance, so the best of some runs is held against the mark.
import test from 'node:test';
import assert from 'node:assert/strict';
import lighthouse from 'lighthouse';
import { createShow } from '../support/world.mjs';
import { launch, SITE } from '../support/browser.mjs';
import { freePort } from '../support/own_stack.mjs';

const RUNS = 5;
const MARK = 0.95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
let browser;
let port;
let show;

test.before(async () => {
  port = await freePort();
  browser = await launch([`--remote-debugging-port=${port}`]);
  show = await createShow();
});
test.after(() => browser?.close());

const missed = ({ audits, categories }, name) => categories[name].auditRefs
  .map(({ id }) => audits[id])
  .filter(({ score }) => score !== null && score < 1)
  .map(({ id, displayValue, details }) => `${id} ${displayValue ?? ''} ${JSON.stringify(details?.items ?? [])}`);

for (const [name, address] of [['event', () => `/events/${show.eventId}`], ['show', () => `/shows/${show.id}`]]) {
  test(`the ${name} page: accessibility 100, best practices and performance 95 or more`, async () => {
    const scores = [];
    while (scores.length < RUNS && !scores.some((score) => score >= MARK)) {
      const { lhr } = await lighthouse(`${SITE}${address()}`, { port, onlyCategories: CATEGORIES, output: 'json', logLevel: 'error' });
      if (lhr.runtimeError !== undefined) {
        scores.push(0); // Chromium did not get round to drawing the page
        scores.why = lhr.runtimeError.message;
        continue;
      }
      assert.deepEqual(missed(lhr, 'accessibility'), []);
      assert.ok(lhr.categories['best-practices'].score >= MARK, missed(lhr, 'best-practices').join('\n'));
      scores.push(lhr.categories.performance.score);
      if (scores.length === RUNS) scores.why = missed(lhr, 'performance').join('\n');
    }
    assert.ok(Math.max(...scores) >= MARK, `${scores.join(', ')}\n${scores.why}`);
  });
}
