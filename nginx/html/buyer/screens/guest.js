// Where the link of a guest's mail leads: opens the order. The key stands behind the # of the address; it is sent by POST, because scanners
// of mail servers fetch every link.
import { Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { checked, makeForm } from '/shared/forms.js';
import { openGuest, user } from '/shared/session.js';
import { t } from '/shared/texts.js';

let link = null; // {key, order}: kept when the address is cleaned, for another try

function takeLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has('key')) link = { key: given.get('key'), order: given.get('order') };
  history.replaceState(null, '', location.pathname); // not in the history of this browser
}

const card = (...content) => element('div', { class: 'narrow stack' }, element('h1', { tabindex: '-1' }, t('guest.open-title')), element('div', { class: 'card stack' }, content));

async function open(go) {
  await checked(await openGuest(link.key).catch(() => Promise.reject(new Problem(0))));
  const { order } = link;
  link = null;
  await go(order ? `/orders/${encodeURIComponent(order)}` : '/orders', { replace: true });
}

// A link that somebody else has sent must not make a reader that guest unasked: what is bought then would be the guest's.
function askForm(go) {
  const question = user() === null ? t('guest.open-new') : t('guest.open-ask', { email: user().email });
  return makeForm({ fields: [element('p', {}, question)], button: t('guest.open'), send: () => open(go) });
}

export function render({ main, title, go }) {
  title(t('guest.open-title'));
  takeLink();
  if (link === null) return main.replaceChildren(card(element('p', {}, t('guest.open-missing'))));
  main.replaceChildren(card(
    askForm(go),
    element('p', { class: 'quiet' }, t('guest.open-over')),
    element('p', {}, element('a', { href: '/login' }, t('login.button')))));
}
