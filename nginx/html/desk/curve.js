// A curve of days as bars: an SVG that takes the width it is given, with the same numbers as a table behind it.
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

const SVG = 'http://www.w3.org/2000/svg';
const HIGH = 100; // units of the picture
const GAP = .25; // of a day's width

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function bars(points, most) {
  return points.map(({ value, label, text }, index) => {
    const high = most === 0 ? 0 : (value / most) * HIGH;
    const title = drawn('title', {}, `${label}: ${text}`);
    // The whole column answers to the pointer, a day without sales too.
    return drawn('g', { class: 'bar' }, title,
      drawn('rect', { class: 'column', x: index, y: 0, width: 1, height: HIGH }),
      drawn('rect', { class: 'value', x: index + GAP / 2, y: HIGH - high, width: 1 - GAP, height: high }));
  });
}

function table(points, { first, second }) {
  return element('table', { class: 'numbers' }, element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, first), element('th', { scope: 'col' }, second))),
    element('tbody', {}, points.map(({ label, text }) => element('tr', {}, element('th', { scope: 'row' }, label), element('td', { class: 'number' }, text)))));
}

// points: [{label, value, text}] in order; label: what the picture shows, said to those who do not see it; first, second: heads of the table
export function curve({ points, label, first, second }) {
  const most = points.reduce((found, { value }) => Math.max(found, value), 0);
  const top = points.find(({ value }) => value === most);
  const picture = drawn('svg', { viewBox: `0 0 ${points.length} ${HIGH}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    drawn('line', { class: 'grid', x1: 0, x2: points.length, y1: HIGH / 2, y2: HIGH / 2 }), ...bars(points, most), drawn('line', { class: 'base', x1: 0, x2: points.length, y1: HIGH, y2: HIGH }));
  const ends = [points[0], points[Math.floor(points.length / 2)], points.at(-1)];
  return element('figure', { class: 'curve' },
    element('p', { class: 'small quiet', 'aria-hidden': 'true' }, most === 0 ? '' : t('takings.most', { value: top.text, day: top.label })),
    picture,
    element('p', { class: 'curve-days small quiet', 'aria-hidden': 'true' }, ends.map((point) => element('span', {}, point.label))),
    element('details', {}, element('summary', {}, t('takings.table')), element('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': label }, table(points, { first, second }))));
}
