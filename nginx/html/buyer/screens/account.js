// The account: name, address, password, where one is logged in. A guest is shown how to make an account of it.
import { api, get, post } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { here } from '/shared/format.js';
import { logout, renewSession } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { makeForm } from '/shared/forms.js';
import { proofSteps } from '../proof.js';

function nameForm(me) {
  return makeForm({
    fields: [field({ name: 'fullName', label: t('field.name'), autocomplete: 'name', required: true, maxlength: 100, value: me.fullName })],
    button: t('account.save'),
    send: async ({ fullName }) => {
      await api('PUT', '/auth/me', { body: { fullName } });
      return t('account.saved');
    },
  });
}

function passwordForm(me) {
  const form = makeForm({
    fields: [
      element('input', { type: 'hidden', name: 'username', autocomplete: 'username', value: me.email }),
      field({ name: 'currentPassword', label: t('field.current-password'), type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 }),
      field({ name: 'newPassword', label: t('field.new-password'), type: 'password', autocomplete: 'new-password', required: true, maxlength: 128 }),
    ],
    button: t('account.change'),
    send: async ({ currentPassword, newPassword }) => {
      await api('PUT', '/auth/password', { body: { currentPassword, newPassword } });
      form.reset();
      return t('account.changed');
    },
  });
  return form;
}

// A guest's way to an account: the address is proved first.
function becomeForm(me, again) {
  return makeForm({
    fields: [
      element('input', { type: 'hidden', name: 'username', autocomplete: 'username', value: me.email }),
      field({ name: 'password', label: t('field.password'), type: 'password', autocomplete: 'new-password', required: true, maxlength: 128 }),
    ],
    button: t('account.become'),
    send: async ({ password }) => {
      await post('/auth/guest/password', { password });
      await renewSession();
      toast(t('account.became'));
      again();
    },
  });
}

function addressCard(me, again) {
  const done = () => {
    toast(t('account.proved'));
    again();
  };
  return element('section', { class: 'card stack' },
    element('div', { class: 'row between' }, element('h2', {}, t('field.email')), element('span', { class: `tag ${me.emailVerified ? 'good' : 'warn'}` }, me.emailVerified ? t('account.verified') : t('account.unverified'))),
    element('p', {}, me.email),
    me.emailVerified ? null : proofSteps({ done }));
}

function passwordCard(me, again) {
  if (!me.guest) return element('section', { class: 'card stack' }, element('h2', {}, t('account.password')), passwordForm(me));
  return element('section', { class: 'card stack' }, element('h2', {}, t('account.keep')), element('p', {}, t('account.keep-how')),
    me.emailVerified ? becomeForm(me, again) : element('p', { class: 'note' }, t('account.keep-proof')));
}

function sessionItem(session, changed) {
  const end = async () => {
    await api('DELETE', `/auth/sessions/${session.id}`).catch((error) => toast(error.text ?? t('app.broken'), 'bad'));
    changed();
  };
  return element('li', { class: 'row between' },
    element('span', {}, t('account.since', { when: here(session.createdAt) }), element('br'), element('span', { class: 'quiet small' }, t('account.used', { when: here(session.lastUsedAt) }))),
    session.current ? element('span', { class: 'tag good' }, t('account.this')) : element('button', { class: 'button small', type: 'button', onclick: end }, t('account.end')));
}

export async function render({ main, title, go, again, signal }) {
  title(t('account.title'));
  const [me, { sessions }] = await Promise.all([get('/auth/me', { signal }), get('/auth/sessions?limit=50', { signal })]);
  const leave = async () => {
    await logout().catch(() => toast(t('problem.OFFLINE'), 'bad'));
    await go('/');
  };
  main.replaceChildren(element('div', { class: 'wide stack account' },
    element('div', { class: 'row between' },
      element('div', {}, element('h1', { tabindex: '-1' }, t('account.title')), me.guest ? element('p', { class: 'quiet' }, t('account.guest')) : null),
      element('button', { class: 'button', type: 'button', onclick: leave }, t('account.logout'))),
    element('div', { class: 'columns' },
      element('section', { class: 'card stack' }, element('h2', {}, t('account.you')), nameForm(me)),
      addressCard(me, again),
      passwordCard(me, again),
      element('section', { class: 'card stack' }, element('h2', {}, t('account.sessions')), element('ul', { class: 'lines' }, sessions.map((session) => sessionItem(session, again)))))));
}
