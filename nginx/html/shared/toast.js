// A short message at the edge of the page that goes by itself, and that a screen reader says.
import { element } from './element.js';

const SHOWN_MS = 6000;

function place() {
  let found = document.getElementById('toasts');
  if (found === null) {
    found = element('div', { id: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(found);
  }
  return found;
}

// kind: '' or 'bad'
export function toast(text, kind = '') {
  const made = element('p', { class: `toast ${kind}` }, text);
  place().append(made);
  setTimeout(() => made.remove(), SHOWN_MS);
}
