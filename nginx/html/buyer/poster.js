// A picture for an event: its own when it lies on this host (the policy lets nothing else in), otherwise one made of its title.
import { element } from '/shared/element.js';

const SVG = 'http://www.w3.org/2000/svg';

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const hash = (text) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) >>> 0, 7);

// Rows of a house, curved towards a stage that the title lights.
function made(title) {
  const seed = hash(title);
  const hue = seed % 360;
  const image = drawn('svg', { viewBox: '0 0 320 160', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' });
  image.append(drawn('rect', { width: 320, height: 160, fill: `hsl(${hue} 45% 22%)` }));
  image.append(drawn('circle', { cx: 60 + (seed % 200), cy: 190, r: 120, fill: `hsl(${(hue + 35) % 360} 60% 38%)` }));
  for (let row = 0; row < 6; row += 1) {
    const radius = 70 + row * 22;
    image.append(drawn('circle', {
      cx: 60 + (seed % 200), cy: 190, r: radius, fill: 'none', stroke: `hsl(${(hue + 15 * row) % 360} 70% ${58 + row * 4}%)`,
      'stroke-width': 7, 'stroke-linecap': 'round', 'stroke-dasharray': `0 ${12 + ((seed >> row) % 5)}`, opacity: .85 - row * .1,
    }));
  }
  return element('div', { class: 'poster' }, image);
}

export function poster(event) {
  const url = event.imageUrl ? new URL(event.imageUrl, location.href) : null;
  if (url === null || url.origin !== location.origin) return made(event.title);
  const image = element('img', { src: url.href, alt: '', loading: 'lazy' });
  const frame = element('div', { class: 'poster' }, image);
  image.addEventListener('error', () => frame.replaceWith(made(event.title)));
  return frame;
}
