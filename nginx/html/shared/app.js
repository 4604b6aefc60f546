// The frame around the screens of an audience, and the way from an address to its screen.
import { Problem } from './api.js';
import { element } from './element.js';
import { accessToken, isUncertain, onSession, user } from './session.js';
import { language, languages, setLanguage, t } from './texts.js';
import { toast } from './toast.js';

const OTHERS_MS = 3000; // after the first screen
const AGAIN_MS = 2000;
const LONGEST_MS = 30_000;
const main = document.getElementById('main');
let pages; // what start() was given
let leave = () => {};
let visit = 0;
let health = '';
let failures = 0; // one after the other
let brand; // made once: its picture would be asked for each time

const loginAddress = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
const screenOf = (path) => pages.screens.map(([pattern, load, needs]) => ({ match: pattern.exec(path), load, needs })).find(({ match }) => match !== null);

// A link of the menu, marked when it leads to where the reader is.
export function menuLink(href, text) {
  return element('a', { href, 'aria-current': location.pathname === href ? 'page' : null }, text);
}

function frame() {
  brand ??= element('a', { class: 'brand', href: pages.home }, element('img', { src: '/icon.svg', alt: '' }), pages.name);
  document.getElementById('bar').replaceChildren(element('div', { class: 'wide' },
    brand,
    element('nav', { 'aria-label': t('app.menu') }, pages.menu(user()))));
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
  document.title = text === undefined ? pages.name : `${text} · ${pages.name}`;
}

function notice(heading, text, button) {
  title(heading);
  main.replaceChildren(element('div', { class: 'narrow stack', role: 'alert' },
    element('h1', { tabindex: '-1' }, heading),
    element('p', {}, text),
    element('div', { class: 'row' }, button)));
}

// Tries again by itself: when the network is back, and after a while that grows. What is shown stays until there is something else.
function tryLater() {
  const mine = visit;
  const again = () => mine === visit && show({ quiet: true });
  const timer = setTimeout(again, Math.min(LONGEST_MS, AGAIN_MS * 2 ** failures));
  failures += 1;
  addEventListener('online', again, { once: true });
  leave = () => {
    clearTimeout(timer);
    removeEventListener('online', again);
  };
}

// What a screen shows when it cannot be shown, with a way to try again.
async function failed(error) {
  if (!(error instanceof Problem)) console.error(error);
  if (error.status === 404 || error.status === 422) {
    return notice(t('app.missing-title'), t('app.missing'), element('a', { class: 'button primary', href: pages.home }, pages.homeText));
  }
  const mine = visit;
  const shown = error.code === 'OFFLINE' && (await pages.offline?.({ main, title }).catch(() => false));
  if (mine !== visit) return undefined;
  if (error instanceof Problem) tryLater();
  if (shown) return undefined;
  const again = element('button', { class: 'button primary', type: 'button', onclick: () => show() }, t('app.again'));
  return notice(t('app.trouble'), error instanceof Problem ? `${error.text} ${t('app.by-itself')}` : t('app.broken'), again);
}

// Whoever is logged in may not see the screen: another account may.
function refused() {
  notice(t('app.refused-title'), t('app.refused', { email: user().email }), element('a', { class: 'button primary', href: loginAddress() }, t('app.login-other')));
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

// The other screens come while nothing else happens, so that they are there when the network is not: through the service worker where
// these pages have one.
function loadOthers() {
  setTimeout(() => {
    if (pages.worker && navigator.serviceWorker) navigator.serviceWorker.register(pages.worker).catch(() => {});
    else pages.screens.forEach(([, load]) => load().catch(() => {}));
  }, OTHERS_MS);
}

const may = (needs) => needs === undefined || needs === 'private' || user()?.roles.includes(needs);

// quiet: what is on the page stays until the screen is there
async function show({ focus = false, quiet = false } = {}) {
  const mine = (visit += 1);
  leave();
  leave = () => {};
  pages.before?.();
  const found = screenOf(location.pathname);
  const aborter = new AbortController();
  leave = () => aborter.abort();
  if (!quiet) main.replaceChildren(loading());
  frame();
  try {
    await accessToken().catch(() => null);
    if (mine !== visit) return;
    frame();
    if (found === undefined) throw new Problem(404);
    if (!isUncertain()) pages.session?.(user());
    else if (found.needs) throw new Problem(0);
    if (found.needs && user() === null) return go(loginAddress(), { replace: true });
    if (!may(found.needs)) return refused();
    const screen = await loadScreen(found.load);
    const page = { main, params: found.match.groups ?? {}, query: new URLSearchParams(location.search), signal: aborter.signal, title, go, loginAddress, again: () => show() };
    await screen.render(page);
    failures = 0;
    if (mine === visit && focus) main.querySelector('h1')?.focus();
  } catch (error) {
    if (mine === visit && !aborter.signal.aborted) failed(error);
  }
}

// Goes to another screen without loading the document anew; to another audience's pages by loading theirs.
function go(address, { replace = false } = {}) {
  if (screenOf(new URL(address, location).pathname) === undefined) return location[replace ? 'replace' : 'assign'](address);
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  scrollTo(0, 0);
  return show({ focus: true });
}

function follow(event) {
  const anchor = event.target.closest?.('a[href]');
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!anchor || anchor.origin !== location.origin || anchor.download || anchor.target || anchor.getAttribute('href').startsWith('#')) return;
  if (screenOf(anchor.pathname) === undefined) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
}

function sessionChanged({ ended }) {
  if (ended) toast(t('session.ended'));
  if (user() === null && screenOf(location.pathname)?.needs) go(loginAddress(), { replace: true });
  else frame();
}

// Begins the pages of an audience:
// screens   [pattern of the path, () => import(its module), what it needs], in the order of trying. A module exports render(page): it fills
//           page.main, and stops what it started when page.signal is aborted. What it needs: nothing, 'private' (a login) or a role.
// name      of these pages; home, homeText: where they begin
// menu      (user or null) => the links of the menu
// before    called before an address is looked at
// session   called with the user or null when it is known who uses the page
// offline   ({main, title}) => shows what there is without a network at this address; whether it did
// worker    address of the service worker
export function start(given) {
  pages = given;
  document.addEventListener('click', follow);
  addEventListener('popstate', () => show({ focus: true }));
  onSession(sessionChanged);
  document.documentElement.lang = language;
  document.getElementById('skip').textContent = t('app.skip');
  show().then(loadOthers);
  askHealth();
}
