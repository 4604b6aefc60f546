// Open an account, and be logged in at once. A mail that proves the address is sent, but nothing waits for it.
import { post, Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { login } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { checked, makeForm, nextAddress } from '/shared/forms.js';
import { toast } from '/shared/toast.js';

async function sendProof() {
  try {
    await post('/auth/verify/send');
    toast(t('register.mailbox'));
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the account page offers it again
  }
}

export function render({ main, query, title, go }) {
  title(t('register.title'));
  const next = nextAddress(query);
  const form = makeForm({
    fields: [
      field({ name: 'fullName', label: t('field.name'), autocomplete: 'name', required: true, maxlength: 100 }),
      field({ name: 'email', label: t('field.email'), hint: t('field.email-hint'), type: 'email', autocomplete: 'username', required: true, maxlength: 254 }),
      field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'new-password', required: true, maxlength: 128 }),
    ],
    button: t('register.button'),
    send: async ({ fullName, email, password }) => {
      await post('/auth/register', { fullName, email, password });
      await checked(await login(email, password).catch(() => Promise.reject(new Problem(0))));
      sendProof();
      await go(next, { replace: true });
    },
  });
  main.replaceChildren(element('div', { class: 'narrow stack' },
    element('h1', { tabindex: '-1' }, t('register.title')),
    element('div', { class: 'card stack' }, form),
    element('p', {}, t('register.old'), ' ', element('a', { href: `/login?next=${encodeURIComponent(next)}` }, t('login.button')))));
}
