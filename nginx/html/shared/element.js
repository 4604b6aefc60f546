// Makes elements of the page. Text is always text: nothing here reads HTML.

// Names that are set as properties of the element, because the attribute says something else or nothing.
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'open', 'className', 'textContent', 'htmlFor', 'autofocus']);

// element('a', {href: '/', class: 'quiet', onclick: f}, 'text', child, [children], null)
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'data') Object.assign(made.dataset, value);
    else if (PROPERTIES.has(key)) made[key] = value;
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// A field of a form with its label, a hint, and a place for what is wrong with it.
export function field({ name, label, hint, ...attributes }) {
  const id = `field-${name}`;
  const input = element('input', { id, name, ...attributes, 'aria-describedby': `${id}-note` });
  const note = element('p', { id: `${id}-note`, class: 'field-note', data: { hint: hint ?? '' } }, hint ?? '');
  input.addEventListener('input', () => {
    input.removeAttribute('aria-invalid');
    note.textContent = note.dataset.hint;
    note.classList.remove('bad');
  });
  return element('div', { class: 'field' }, element('label', { for: id }, label), input, note);
}

// Shows what is wrong with one field, and returns the field; undefined when the form has no such field.
export function fieldFault(form, name, message) {
  const found = form.elements[name];
  if (found === undefined) return undefined;
  const input = found instanceof RadioNodeList ? found[0] : found; // boxes of one name
  const note = form.querySelector(`#${CSS.escape(`field-${name}-note`)}`);
  input.setAttribute('aria-invalid', 'true');
  note.textContent = message;
  note.classList.add('bad');
  return input;
}
