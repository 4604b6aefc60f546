// The buyer's pages: which screen an address shows, and the frame around it.
import { Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { accessToken, onSession, user } from '/shared/session.js';
import { language, languages, setLanguage, t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';

// A screen is a module with `render(page)`: it fills page.main, and may return a function that is called when it is left.
const SCREENS = [
  [/^\/$/, () => import('./screens/events.js')],
  [/^\/events\/(?<id>[^/]+)\/?$/, () => import('./screens/event.js')],
  [/^\/shows\/(?<id>[^/]+)\/?$/, () => import('./screens/show.js')],
  [/^\/orders\/?$/, () => import('./screens/orders.js'), 'private'],
  [/^\/orders\/(?<id>[^/]+)\/?$/, () => import('./screens/order.js'), 'private'],
  [/^\/tickets\/?$/, () => import('./screens/tickets.js'), 'private'],
  [/^\/account\/?$/, () => import('./screens/account.js'), 'private'],
  [/^\/login\/?$/, () => import('./screens/login.js')],
  [/^\/register\/?$/, () => import('./screens/register.js')],
  [/^\/forgot\/?$/, () => import('./screens/forgot.js')],
  [/^\/reset-password(\.html)?\/?$/, () => import('./screens/reset.js')],
];

const main = document.getElementById('main');
let leave = () => {};
let visit = 0;
let health = '';

const loginAddress = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

function link(href, text) {
  return element('a', { href, 'aria-current': location.pathname === href ? 'page' : null }, text);
}

function frame() {
  const somebody = user();
  document.getElementById('bar').replaceChildren(element('div', { class: 'wide' },
    element('a', { class: 'brand', href: '/' }, element('img', { src: '/icon.svg', alt: '' }), t('app.name')),
    element('nav', { 'aria-label': t('app.menu') },
      link('/', t('app.events')),
      somebody ? [link('/orders', t('app.orders')), link('/tickets', t('app.tickets')), link('/account', t('app.account'))] : link('/login', t('app.login')))));
  document.getElementById('foot').replaceChildren(element('div', { class: 'wide row between' },
    element('div', { class: 'row' }, element('a', { href: '/docs/' }, t('app.developers')), element('span', { id: 'health' }, health)),
    element('div', { class: 'row', role: 'group', 'aria-label': t('app.language') },
      Object.entries(languages).map(([code, name]) => element('button', { class: 'link', type: 'button', lang: code, 'aria-pressed': String(code === language), onclick: () => setLanguage(code) }, name)))));
}

async function askHealth() {
  const answer = await fetch('/healthz').catch(() => null);
  await answer?.text();
  health = answer?.ok ? t('app.healthy') : t('app.ill');
  frame();
}

function title(text) {
  document.title = text === undefined ? t('app.name') : `${text} · ${t('app.name')}`;
}

// What a screen shows when it cannot be shown, with a way to try again; it tries by itself when the network is back.
function failed(error) {
  if (!(error instanceof Problem)) console.error(error);
  const missing = error.status === 404 || error.status === 422;
  const text = missing ? t('app.missing') : error instanceof Problem ? error.text : t('app.broken');
  title(t('app.trouble'));
  main.replaceChildren(element('div', { class: 'narrow stack', role: 'alert' },
    element('h1', { tabindex: '-1' }, missing ? t('app.missing-title') : t('app.trouble')),
    element('p', {}, text),
    element('div', { class: 'row' },
      missing ? element('a', { class: 'button primary', href: '/' }, t('app.all-events'))
        : element('button', { class: 'button primary', type: 'button', onclick: () => show() }, t('app.again')))));
  if (error.code === 'OFFLINE') addEventListener('online', () => show(), { once: true });
}

const loading = () => element('div', { class: 'wide loading', 'aria-busy': 'true' }, element('p', { class: 'visually-hidden' }, t('app.loading')), element('span'), element('span'), element('span'));

// A screen's module that does not come is a network that is gone.
async function loadScreen(load) {
  try {
    return await load();
  } catch (error) {
    throw navigator.onLine && !/fetch/i.test(error.message) ? error : new Problem(0);
  }
}

// The other screens come while nothing else happens, so that they are there when the network is not.
function loadOthers() {
  for (const [, load] of SCREENS) load().catch(() => {});
}

// Back from the payment's page: ?order= names the order.
function returned() {
  const order = new URLSearchParams(location.search).get('order');
  if (location.pathname === '/' && order) history.replaceState(null, '', `/orders/${encodeURIComponent(order)}`);
}

async function show({ focus = false } = {}) {
  const mine = (visit += 1);
  leave();
  leave = () => {};
  returned();
  const found = SCREENS.map(([pattern, load, kind]) => ({ match: pattern.exec(location.pathname), load, kind })).find(({ match }) => match !== null);
  if (found === undefined) return failed(new Problem(404));
  const aborter = new AbortController();
  leave = () => aborter.abort();
  main.replaceChildren(loading());
  frame();
  try {
    await accessToken().catch(() => null);
    if (mine !== visit) return;
    frame();
    if (found.kind === 'private' && user() === null) return go(loginAddress(), { replace: true });
    const screen = await loadScreen(found.load);
    const page = { main, params: found.match.groups ?? {}, query: new URLSearchParams(location.search), signal: aborter.signal, title, go, loginAddress, again: () => show() };
    await screen.render(page);
    if (mine === visit && focus) main.querySelector('h1')?.focus();
  } catch (error) {
    if (mine === visit && !aborter.signal.aborted) failed(error);
  }
}

// Goes to another screen without loading the document anew.
export function go(address, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  scrollTo(0, 0);
  return show({ focus: true });
}

document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[href]');
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!anchor || anchor.origin !== location.origin || anchor.download || anchor.target || anchor.getAttribute('href').startsWith('#')) return;
  if (!SCREENS.some(([pattern]) => pattern.test(anchor.pathname))) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
});
addEventListener('popstate', () => show({ focus: true }));
onSession(({ ended }) => {
  if (ended) toast(t('session.ended'));
  const open = SCREENS.find(([pattern]) => pattern.test(location.pathname));
  if (user() === null && open?.[2] === 'private') go(loginAddress(), { replace: true });
  else frame();
});
document.documentElement.lang = language;
document.getElementById('skip').textContent = t('app.skip');
show().then(loadOthers);
askHealth();
