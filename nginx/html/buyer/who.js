// Asks a visitor without a session who wants the chosen seats: the choice itself is kept (house.js) on every way from here.
import { show as showDialog } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

// page: of the screen that asks
export function askWho(page) {
  const next = encodeURIComponent(location.pathname + location.search);
  const dialog = showDialog(t('who.title'), element('p', { class: 'quiet' }, t('login.then')),
    element('div', { class: 'stack' },
      element('a', { class: 'button primary', href: page.loginAddress() }, t('login.button')),
      element('a', { class: 'button', href: `/register?next=${next}` }, t('login.register'))));
  dialog.addEventListener('click', (event) => event.target.closest('a') && dialog.close());
  page.signal.addEventListener('abort', () => dialog.close());
}
