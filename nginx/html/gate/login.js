// The login of the gate, and what an account without the role is told.
import { Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { checked, makeForm } from '/shared/forms.js';
import { accessToken, login, logout, user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { languages } from './languages.js';
import { waiting } from './store.js';

// The form; a login that succeeds tells every listener of onSession().
export function loginForm(done = () => {}) {
  return makeForm({
    fields: [
      field({ name: 'email', label: t('field.email'), type: 'email', autocomplete: 'username', required: true, maxlength: 254 }),
      field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 }),
    ],
    button: t('gate.login'),
    send: async ({ email, password }) => {
      await checked(await login(email, password).catch(() => Promise.reject(new Problem(0))));
      await done();
    },
  });
}

export async function renderLogin({ main, signal, show, uncertain }) {
  const count = await waiting().catch(() => 0);
  main.replaceChildren(element('div', { class: 'narrow stack setup' },
    element('h1', { tabindex: '-1' }, t('gate.name')),
    element('p', { class: 'quiet' }, t('gate.for-staff')),
    count > 0 ? element('p', { class: 'note warn', role: 'status' }, t('gate.waiting-login', { count })) : null,
    uncertain ? element('p', { class: 'note warn', role: 'status' }, t('problem.OFFLINE')) : null,
    element('div', { class: 'card' }, loginForm()),
    languages()));
  if (!uncertain) return;
  addEventListener('online', async () => {
    await accessToken().catch(() => null);
    if (!signal.aborted) show();
  }, { signal });
}

export function renderRefused({ main }) {
  main.replaceChildren(element('div', { class: 'narrow stack setup', role: 'alert' },
    element('h1', { tabindex: '-1' }, t('app.refused-title')),
    element('p', {}, t('gate.refused', { email: user().email })),
    element('div', { class: 'row' },
      element('button', { class: 'button primary', type: 'button', onclick: () => logout().catch(() => {}) }, t('app.login-other')),
      element('a', { class: 'button', href: '/' }, t('gate.shop')))));
}
