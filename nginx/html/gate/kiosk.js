// A device that is left at the door: it scans, and has no menu until the PIN is typed.
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';

const TRIES = 5;
const PAUSE_MS = 30_000;
const ROUNDS = 100_000;
let wrong = 0;
let pausedUntil = 0;

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function hash(pin, salt) {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
  return hex(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new TextEncoder().encode(salt), iterations: ROUNDS }, key, 256));
}

// What is kept of a PIN.
export async function locked(pin) {
  const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
  return { salt, hash: await hash(pin, salt) };
}

async function fault(pin, lock) {
  if (Date.now() < pausedUntil) return t('gate.pin-wait');
  if ((await hash(pin, lock.salt)) === lock.hash) return null;
  wrong += 1;
  if (wrong % TRIES === 0) pausedUntil = Date.now() + PAUSE_MS;
  return t('gate.pin-wrong');
}

// Asks for the PIN; left() is called when it is right.
export function askPin(lock, left) {
  const note = element('p', { class: 'field-note bad', role: 'status' });
  const form = element('form', {},
    element('h2', { id: 'pin-title' }, t('gate.leave')),
    field({ name: 'pin', label: t('gate.pin'), type: 'password', inputmode: 'numeric', autocomplete: 'off', required: true, maxlength: 12 }),
    note,
    element('div', { class: 'actions' },
      element('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, t('dialog.close')),
      element('button', { class: 'button primary' }, t('gate.leave'))));
  const dialog = element('dialog', { 'aria-labelledby': 'pin-title' }, form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const said = await fault(form.elements.pin.value, lock);
    note.textContent = said ?? '';
    form.elements.pin.value = '';
    if (said !== null) return;
    dialog.close();
    left();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
