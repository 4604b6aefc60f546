// Where the mail's link leads: a button proves the address, because scanners of mail servers follow links. It counts only for who is logged
// in; the token, which stands behind the # of the address, is kept in memory on the way through the login.
import { get, post } from '/shared/api.js';
import { element } from '/shared/element.js';
import { makeForm } from '/shared/forms.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { proofSteps } from '../proof.js';

let token = null;

function takeToken() {
  token = new URLSearchParams(location.hash.slice(1)).get('token') ?? token;
  history.replaceState(null, '', location.pathname); // not in the history of this browser
}

const frame = (...content) => element('div', { class: 'narrow stack' }, element('h1', { tabindex: '-1' }, t('verify.title')), ...content);

const proved = (email) => frame(
  element('p', { class: 'note good', role: 'status' }, t('verify.done', { email })),
  element('div', { class: 'row' }, element('a', { class: 'button primary', href: '/' }, t('app.all-events')), element('a', { class: 'button', href: '/account' }, t('app.account'))));

const loginFirst = (page) => frame(
  element('div', { class: 'card stack' },
    element('p', {}, t('verify.login')),
    element('a', { class: 'button primary', href: page.loginAddress() }, t('login.button')),
    element('p', { class: 'quiet small' }, t('verify.elsewhere'))));

function confirmForm(email, done) {
  return makeForm({
    fields: [element('p', {}, t('verify.ask', { email }))],
    button: t('verify.button'),
    send: async () => {
      await post('/auth/verify', { token });
      token = null;
      done();
    },
  });
}

export async function render(page) {
  const { main, title, signal } = page;
  title(t('verify.title'));
  takeToken();
  if (user() === null) return main.replaceChildren(loginFirst(page));
  const { email, emailVerified } = await get('/auth/me', { signal });
  const done = () => {
    main.replaceChildren(proved(email));
    main.querySelector('h1').focus();
  };
  if (emailVerified) return main.replaceChildren(proved(email));
  return main.replaceChildren(token === null
    ? frame(element('div', { class: 'card stack' }, element('p', {}, email), proofSteps({ done })))
    : frame(
      element('div', { class: 'card stack' }, confirmForm(email, done)),
      element('details', { class: 'card' }, element('summary', {}, t('verify.code')), proofSteps({ sent: true, done }))));
}
