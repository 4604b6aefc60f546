// Ask for a mail with a link that sets a new password.
import { post } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { makeForm } from '/shared/forms.js';

export function render({ main, title }) {
  title(t('forgot.title'));
  const form = makeForm({
    fields: [field({ name: 'email', label: t('field.email'), type: 'email', autocomplete: 'username', required: true, maxlength: 254 })],
    button: t('forgot.button'),
    send: async ({ email }) => {
      await post('/auth/password/forgot', { email });
      return t('forgot.sent');
    },
  });
  main.replaceChildren(element('div', { class: 'narrow stack' },
    element('h1', { tabindex: '-1' }, t('forgot.title')),
    element('p', {}, t('forgot.how')),
    element('div', { class: 'card stack' }, form),
    element('p', {}, element('a', { href: '/login' }, t('forgot.back')))));
}
