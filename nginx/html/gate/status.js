// What the scanner says of itself: is there a network, how old is what it knows, what waits, what went wrong, how many are inside.
import { show as showDialog } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { clock, here } from '/shared/format.js';
import { number, t } from '/shared/texts.js';
import { loginForm } from './login.js';
import { clearConflicts } from './store.js';
import { reasonText } from './verdict.js';

const OLD_MS = 600_000;
const MOST = 200; // conflicts of a list

// Replaces what a place shows only when it says something else: a reader of the screen is not told the same again, and focus stays.
function put(place, key, make) {
  const text = JSON.stringify(key);
  if (place.dataset.shows === text) return;
  place.dataset.shows = text;
  place.replaceChildren(...make().filter(Boolean));
}

export function head(place, { show, gate, direction }, sync) {
  const online = sync.reachable && !sync.login;
  put(place, [online, sync.waiting], () => [
    element('div', {},
      element('h1', { tabindex: '-1' }, show.title),
      element('p', { class: 'small' }, `${clock(show.startsAt, show.timeZone)} · ${gate}`)),
    element('div', { class: 'tags' },
      element('strong', { class: 'way' }, direction === 'out' ? t('gate.exit') : t('gate.entry')),
      element('span', { class: 'tag', id: 'network', data: { online: String(online) } }, online ? t('gate.online') : t('gate.offline')),
      sync.waiting > 0 ? element('span', { class: 'tag warn', id: 'waiting', data: { count: sync.waiting } }, t('gate.waiting', { count: sync.waiting })) : null),
  ]);
}

function loginDialog() {
  const dialog = showDialog(t('gate.login'), loginForm(() => dialog.close()));
}

function line({ seat, at, gate, outcome, reason, earlier }) {
  const why = outcome === 'duplicate' && earlier
    ? t('gate.before-at', { when: here(new Date(earlier.at)), gate: earlier.gate ?? '–' })
    : reason ? reasonText(reason) : t('gate.again');
  return element('li', {}, element('strong', {}, seat ?? '–'), ` · ${here(new Date(at))} · ${gate} · ${why}`);
}

function conflictDialog(sync) {
  const dialog = showDialog(t('gate.conflicts-title'),
    element('p', {}, t('gate.conflicts-hint')),
    element('ul', { class: 'conflicts' }, sync.conflicts.slice(-MOST).reverse().map(line)),
    element('button', { class: 'button', type: 'button', onclick: async () => {
      await clearConflicts();
      await sync.read();
      dialog.close();
    } }, t('gate.conflicts-seen')));
}

export function bars(place, sync, verifies) {
  const old = sync.pack !== undefined && Date.now() - sync.pack.at > OLD_MS;
  const minutes = old ? Math.floor((Date.now() - sync.pack.at) / 60_000) : 0;
  put(place, [sync.login, sync.pack === undefined, minutes, sync.conflicts.length, verifies], () => [
    sync.login ? element('p', { class: 'note bad', role: 'alert', id: 'ended' }, t('gate.ended'), ' ', element('button', { class: 'button small', type: 'button', onclick: loginDialog }, t('gate.login'))) : null,
    sync.pack === undefined ? element('p', { class: 'note warn', role: 'status' }, t('gate.no-pack')) : null,
    old ? element('p', { class: 'note warn', role: 'status', id: 'old' }, t('gate.old', { count: minutes })) : null,
    verifies ? null : element('p', { class: 'note warn', role: 'status' }, t('gate.cannot-verify')),
    sync.conflicts.length > 0 ? element('p', { class: 'note bad', id: 'conflicts', data: { count: sync.conflicts.length } }, t('gate.conflicts', { count: sync.conflicts.length }), ' ',
      element('button', { class: 'button small', type: 'button', onclick: () => conflictDialog(sync) }, t('gate.conflicts-show'))) : null,
  ]);
}

function gateDialog(sync) {
  showDialog(t('gate.gates'), element('dl', { class: 'facts' }, sync.gates.flatMap(({ gate, entries, perMinute }) => [
    element('dt', {}, gate ?? '–'), element('dd', {}, t('gate.gate-count', { entries, perMinute }))])));
}

// Seconds since the pack came; in steps, so that the line is not written anew each second.
const age = ({ at }) => Math.max(0, Math.round((Date.now() - at) / 5000) * 5);

export function counters(place, sync, settings) {
  const own = sync.gates.find(({ gate }) => gate === settings.gate);
  const { inside, tickets } = sync.totals ?? {};
  put(place, [inside, tickets, own?.perMinute, sync.pack && age(sync.pack), sync.gates.length], () => [
    inside === undefined ? null : element('span', { id: 'inside' }, t('gate.inside', { inside: number(inside), tickets: number(tickets) })),
    own && element('span', {}, t('gate.per-minute', { count: own.perMinute })),
    sync.gates.length > 0 ? element('button', { class: 'link', type: 'button', onclick: () => gateDialog(sync) }, t('gate.gates')) : null,
    sync.pack && element('span', { class: 'quiet-light', id: 'age' }, t('gate.age', { count: age(sync.pack) })),
  ]);
}
