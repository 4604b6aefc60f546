// What the forms of these screens share: sending once, and showing each fault at its field.
import { Problem } from '/shared/api.js';
import { element, fieldFault } from '/shared/element.js';
import { t } from '/shared/texts.js';

function showFaults(form, status, error) {
  const places = (error.body.errors ?? []).map(({ path, message }) => fieldFault(form, path, message));
  const first = places.find((place) => place !== undefined);
  status.className = 'note bad';
  status.textContent = first === undefined ? error.text : t('form.look');
  first?.focus();
}

// A form: fields, a button, a line that says what happened. `send(values)` does it and throws a Problem when it fails.
export function makeForm({ fields, button, send }) {
  const status = element('p', { role: 'status', class: 'field-note' });
  const submit = element('button', { class: 'button primary' }, button);
  const form = element('form', { class: 'stack', novalidate: false }, fields, submit, status);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.getAttribute('aria-disabled') === 'true') return;
    submit.setAttribute('aria-disabled', 'true');
    status.className = 'field-note';
    status.textContent = t('form.moment');
    try {
      const said = await send(Object.fromEntries(new FormData(form)));
      status.textContent = said ?? '';
      if (said) status.className = 'note good';
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      showFaults(form, status, error);
    } finally {
      submit.removeAttribute('aria-disabled');
    }
  });
  return form;
}

// A login's answer, as api() would have given it.
export async function checked(answer) {
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

// Where to go after the login: only within these pages.
export function nextAddress(query) {
  const next = query.get('next') ?? '/';
  if (!next.startsWith('/')) return '/';
  try {
    const address = new URL(next, location.origin); // as the browser will read it: without tabs and line breaks
    return address.origin === location.origin ? address.pathname + address.search + address.hash : '/';
  } catch {
    return '/';
  }
}
