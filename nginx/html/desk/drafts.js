// What was typed and not sent yet: kept for this window, so that a session that ends, or a reload, loses none of it.
import { user } from '/shared/session.js';

const keyOf = (name) => `draft ${user()?.id ?? ''} ${name}`;

function storage(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null; // storage is switched off, or full
  }
}

function fill(form, kept) {
  for (const control of form.elements) {
    if (!(control.name in kept) || control.type === 'hidden') continue;
    if (control.type === 'checkbox') control.checked = [kept[control.name]].flat().includes(control.value);
    else control.value = kept[control.name];
  }
}

function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    values[name] = name in values ? [values[name], value].flat() : value;
  }
  return values;
}

// Gives a form back what was typed into it before, and keeps what is typed from now on. → forget(): it was sent, or given up
export function keepDraft(form, name) {
  const key = keyOf(name); // of the person who typed it: the session may be over when it is asked for
  const kept = storage((place) => JSON.parse(place.getItem(key)));
  if (kept !== null) fill(form, kept);
  form.addEventListener('input', () => storage((place) => place.setItem(key, JSON.stringify(valuesOf(form)))));
  return () => storage((place) => place.removeItem(key));
}
