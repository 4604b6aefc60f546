// Asks a visitor without a session who wants the chosen seats: the choice itself is kept (house.js) on every way from here.
import { show as showDialog } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { guestForm } from './guest-form.js';

// page: of the screen that asks; goOn(): there is a session now, a guest's
export function askWho(page, goOn) {
  const next = encodeURIComponent(location.pathname + location.search);
  const form = guestForm(() => {
    dialog.close();
    goOn();
  });
  const dialog = showDialog(t('who.title'),
    element('div', { class: 'row ways' },
      element('a', { class: 'button', href: page.loginAddress() }, t('login.button')),
      element('a', { class: 'button', href: `/register?next=${next}` }, t('login.register'))),
    element('section', { class: 'stack', 'aria-labelledby': 'guest-title' }, element('h3', { id: 'guest-title' }, t('guest.title')), element('p', { class: 'quiet small' }, t('guest.how')), form));
  dialog.classList.add('who');
  dialog.addEventListener('click', (event) => event.target.closest('a') && dialog.close());
  page.signal.addEventListener('abort', () => dialog.close());
}
