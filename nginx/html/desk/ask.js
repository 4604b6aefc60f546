// A form in front of the page, a button that does one thing at a time, and the tabs of a screen.
import { Problem } from '/shared/api.js';
import { show } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { makeForm } from '/shared/forms.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { keepDraft } from './drafts.js';

// given: title, intro: what stands above the fields; fields; button; draft: a name to keep what is typed under; send(values, form) → the result
// → the result once it was sent; undefined when the person has closed it
export function ask({ title, intro = [], fields = [], button, draft, send }) {
  return new Promise((resolve) => {
    let result;
    const form = makeForm({
      fields,
      button,
      send: async (values) => {
        result = (await send(values, form)) ?? true;
        dialog.close();
      },
    });
    const forget = draft === undefined ? () => {} : keepDraft(form, draft);
    const dialog = show(title, ...[intro].flat(), form);
    dialog.addEventListener('close', () => {
      forget();
      resolve(result);
    });
  });
}

// A button whose `action` runs once however often it is pressed meanwhile. What fails is told at the edge of the page.
export function actionButton(text, action, kind = '') {
  const button = element('button', { class: `button ${kind}`, type: 'button' }, text);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      toast(error.text, 'bad');
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return button;
}

// Links to the parts of a screen. tabs: [[address, text], …]
export function tabs(label, current, entries) {
  return element('nav', { class: 'tabs', 'aria-label': label },
    entries.map(([href, text]) => element('a', { href, 'aria-current': href === current ? 'page' : null }, text)));
}

// Text that is to be copied, with a button that does it.
export function copyable(text) {
  const button = element('button', { class: 'button small', type: 'button' }, t('office.copy'));
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text).then(() => (button.textContent = t('office.copied')), () => {});
  });
  return element('div', { class: 'row' }, element('code', { class: 'secret' }, text), button);
}
