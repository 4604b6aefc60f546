// A seat map's canvas on the desk: its buttons, the sign at the seat that is pointed at, and following the size and the theme.
import { element } from '/shared/element.js';
import { addGestures } from '/shared/seat-gestures.js';
import { SeatMap } from '/shared/seat-map.js';
import { t } from '/shared/texts.js';

const STEP = 1.6;
const BUTTONS = 56; // pixels of the lower edge that the buttons take

function buttons(map) {
  const button = (text, label, action) => element('button', { type: 'button', class: 'button small', 'aria-label': label, title: label, onclick: action }, text);
  return element('div', { class: 'plan-buttons' }, button('+', t('plan.closer'), () => map.zoom(STEP)), button('−', t('plan.farther'), () => map.zoom(1 / STEP)), button('⤢', t('plan.whole'), () => map.fit()));
}

// Follows the size of the canvas and the theme until the screen is left, or another drawing takes its place.
function follow(map, canvas, signal) {
  const resize = () => canvas.clientWidth > 0 && map.resize();
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', resize, { signal });
  const stop = () => {
    observer.disconnect();
    dark.removeEventListener('change', resize);
  };
  signal.addEventListener('abort', stop, { once: true });
  return stop;
}

// given: template, seats, categories: as SeatMap has them; label: what the canvas shows; describe(index): the text of the sign;
// choose(index); signal; Map: the class that draws
// → {map, element, stop()}
export function makePlan({ template, seats, categories, label, describe, choose = () => {}, signal, Map = SeatMap }) {
  const canvas = element('canvas', { role: 'img', 'aria-label': label });
  const sign = element('p', { class: 'plan-sign', hidden: true, 'aria-hidden': 'true' });
  // A finger on the whole house scrolls the page.
  const moved = () => canvas.classList.toggle('whole', map.isWhole);
  const map = new Map(canvas, template, seats, categories, { stage: t('plan.stage'), inset: BUTTONS, moved });
  addGestures(canvas, map, {
    choose: (index) => index >= 0 && choose(index),
    point(index, at) {
      canvas.classList.toggle('over', index >= 0);
      sign.hidden = index < 0;
      if (sign.hidden) return;
      sign.textContent = describe(index);
      const half = sign.offsetWidth / 2 + 4;
      const x = Math.min(map.size.width - half, Math.max(half, at.x));
      sign.style.setProperty('translate', `calc(${x}px - 50%) ${at.y < 60 ? `${at.y + 22}px` : `calc(${at.y}px - 100% - 14px)`}`);
    },
  });
  return { map, element: element('div', { class: 'plan' }, canvas, sign, buttons(map)), stop: follow(map, canvas, signal) };
}
