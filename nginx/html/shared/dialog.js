// Questions in front of the page, in a <dialog>: it keeps the focus inside, and Escape says no.
import { element } from './element.js';
import { t } from './texts.js';

function open(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  dialog.addEventListener('close', () => dialog.remove());
}

// A yes or no. → true when the person agreed
export function confirm({ title, text, yes, dangerous = false }) {
  return new Promise((resolve) => {
    const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' },
      element('form', { method: 'dialog' },
        element('h2', { id: 'dialog-title' }, title),
        element('p', {}, text),
        element('div', { class: 'actions' },
          element('button', { value: 'no', class: 'button' }, t('dialog.no')),
          element('button', { value: 'yes', class: dangerous ? 'button danger' : 'button primary' }, yes))));
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
    open(dialog);
  });
}

// Shows `content` until it is closed.
export function show(title, ...content) {
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' },
    element('h2', { id: 'dialog-title' }, title),
    ...content,
    element('form', { method: 'dialog', class: 'actions' }, element('button', { class: 'button' }, t('dialog.close'))));
  open(dialog);
  return dialog;
}
