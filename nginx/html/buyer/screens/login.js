// Log in, and go on where one came from.
import { Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { login } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { checked, makeForm, nextAddress } from '/shared/forms.js';

export function render({ main, query, title, go }) {
  title(t('login.title'));
  const next = nextAddress(query);
  const form = makeForm({
    fields: [
      field({ name: 'email', label: t('field.email'), type: 'email', autocomplete: 'username', required: true, maxlength: 254 }),
      field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 }),
    ],
    button: t('login.button'),
    send: async ({ email, password }) => {
      await checked(await login(email, password).catch(() => Promise.reject(new Problem(0))));
      await go(next, { replace: true });
    },
  });
  main.replaceChildren(element('div', { class: 'narrow stack' },
    element('h1', { tabindex: '-1' }, t('login.title')),
    next === '/' ? null : element('p', { class: 'quiet' }, t('login.then')),
    element('div', { class: 'card stack' }, form, element('p', {}, element('a', { href: '/forgot' }, t('login.forgot')))),
    element('p', {}, t('login.new'), ' ', element('a', { href: `/register?next=${encodeURIComponent(next)}` }, t('login.register')))));
}
