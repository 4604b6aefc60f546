// Sets a new password with the token of the mail, which stands behind the # of the address.
import { post } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { makeForm } from '/shared/forms.js';

export function render({ main, title }) {
  title(t('reset.title'));
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname); // not in the history of this browser
  const form = makeForm({
    fields: [field({ name: 'newPassword', label: t('field.new-password'), type: 'password', autocomplete: 'new-password', required: true, maxlength: 128 })],
    button: t('reset.button'),
    send: async ({ newPassword }) => {
      await post('/auth/password/reset', { token, newPassword });
      form.replaceWith(element('p', { class: 'note good', role: 'status' }, t('reset.done')));
    },
  });
  main.replaceChildren(element('div', { class: 'narrow stack' },
    element('h1', { tabindex: '-1' }, t('reset.title')),
    element('div', { class: 'card stack' }, token ? form : element('p', {}, t('reset.no-token'))),
    element('p', {}, element('a', { href: '/login' }, t('login.button')))));
}
