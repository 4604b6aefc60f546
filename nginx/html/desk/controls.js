// Fields of the desk's forms other than plain inputs: choices, texts of several lines, ticks, times on the venue's clock.
import { element, field } from '/shared/element.js';

const noteOf = (name, hint) => element('p', { id: `field-${name}-note`, class: 'field-note' }, hint ?? '');

function withNote(input, name, label, hint) {
  const note = noteOf(name, hint);
  const forget = () => {
    input.removeAttribute('aria-invalid');
    note.textContent = hint ?? '';
    note.classList.remove('bad');
  };
  input.addEventListener('input', forget);
  return element('div', { class: 'field' }, element('label', { for: input.id }, label), input, note);
}

// options: [[value, text], …]
export function choice({ name, label, hint, options, value, ...attributes }) {
  const input = element('select', { id: `field-${name}`, name, 'aria-describedby': `field-${name}-note`, ...attributes },
    options.map(([key, text]) => element('option', { value: key }, text)));
  input.value = value ?? options[0]?.[0] ?? '';
  return withNote(input, name, label, hint);
}

export function area({ name, label, hint, ...attributes }) {
  return withNote(element('textarea', { id: `field-${name}`, name, 'aria-describedby': `field-${name}-note`, ...attributes }), name, label, hint);
}

export function tick({ name, label, hint, checked = false }) {
  const input = element('input', { type: 'checkbox', id: `field-${name}`, name, checked, 'aria-describedby': `field-${name}-note` });
  return element('div', { class: 'tick' }, input, element('label', { for: input.id }, label), noteOf(name, hint));
}

// A field with suggestions.
export function suggested({ name, values, ...rest }) {
  const made = field({ name, list: `list-${name}`, autocomplete: 'off', ...rest });
  made.append(element('datalist', { id: `list-${name}` }, values.map((value) => element('option', { value }))));
  return made;
}

export function group(name, heading, ...children) {
  return element('div', { class: 'group', role: 'group', 'aria-labelledby': `group-${name}` }, element('h2', { id: `group-${name}` }, heading), children);
}
