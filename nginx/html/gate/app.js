// The gate page: who uses it, which show and door it serves, and the scanner. It has a frame of its own: a device at the door does one thing.
import { element } from '/shared/element.js';
import { accessToken, isUncertain, onSession, user } from '/shared/session.js';
import { language, t } from '/shared/texts.js';
import { renderLogin, renderRefused } from './login.js';
import { renderScanner } from './scanner.js';
import { renderSetup } from './setup.js';
import { forget, forgetAll, kept, packs, waiting } from './store.js';

const AFTER_MS = 24 * 3_600_000; // a show's pack is forgotten so long after its end
const LONG_MS = 12 * 3_600_000; // a show without an end
const TIDY_MS = 60_000;
const main = document.getElementById('main');
let aborter = new AbortController();
let scanning = false;

const mayScan = (who) => who.roles.some((role) => role === 'staff' || role === 'admin');

// Nothing goes while scans wait: a clock that was set wrong would forget whom this gate let in.
async function tidy() {
  if ((await waiting()) > 0) return;
  for (const { show, about } of await packs()) {
    const end = about.endsAt ? Date.parse(about.endsAt) : Date.parse(about.startsAt) + LONG_MS;
    if (Date.now() > end + AFTER_MS) await forget(show);
  }
}

function screen(render, ...given) {
  aborter.abort();
  aborter = new AbortController();
  scanning = render === renderScanner;
  render({ main, signal: aborter.signal, show, ...given[0] });
}

// Which screen: 'setup' was asked for, or what the settings and the session say.
async function show(wanted) {
  const settings = await kept('settings');
  const who = user();
  if (who === null && !(isUncertain() && settings)) return screen(renderLogin, { uncertain: isUncertain() });
  if (who !== null && !mayScan(who)) return screen(renderRefused);
  const other = new URLSearchParams(location.search).get('show');
  if (settings?.kiosk && wanted !== 'setup') return screen(renderScanner, { settings });
  if (!settings || wanted === 'setup' || (other && other !== settings.show.id)) {
    idle();
    return screen(renderSetup, { settings, other });
  }
  return screen(renderScanner, { settings });
}

// A logout, here or in another tab, takes what is known of the show off the device; a session that ended by itself takes nothing: people
// stand at the door.
async function sessionChanged({ ended }) {
  if (user() === null && !ended) await forgetAll();
  if (!(scanning && ended)) await show();
}

// A new version of the page takes over when nobody scans.
async function idle() {
  const registration = await navigator.serviceWorker?.getRegistration('/gate/');
  if (!registration?.waiting) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  registration.waiting.postMessage('idle');
}

async function start() {
  document.documentElement.lang = language;
  document.title = t('gate.name');
  main.replaceChildren(element('p', { class: 'wide quiet' }, t('app.loading')));
  navigator.serviceWorker?.register('/gate/sw.js', { scope: '/gate/' }).catch(() => {});
  navigator.storage?.persist?.().catch(() => {});
  await tidy().catch(console.warn);
  await accessToken().catch(() => null);
  onSession((what) => sessionChanged(what).catch(console.error));
  await show();
  setInterval(() => tidy().catch(console.warn), TIDY_MS);
}

start();
