// Before the doors open: which show this device admits, what its door is called, entry or exit, and a PIN where it is left alone.
import { get, Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { clock, shortDay } from '/shared/format.js';
import { logout, user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { locked } from './kiosk.js';
import { languages } from './languages.js';
import { unlock } from './sounds.js';
import { keep, waiting } from './store.js';
import { upload } from './upload.js';

const DAY_MS = 86_400_000;
const EVENTS = 20;
const MOST = 40; // shows to choose from
const PAUSE_MS = 300; // after the last letter of a search

const about = (show, event) => ({ id: show.id, title: event.title, venue: event.venue, startsAt: show.startsAt, timeZone: event.timeZone });

// Shows of events that match, the next ones first.
async function findShows(words, signal) {
  const from = new Date(Date.now() - DAY_MS).toISOString();
  const query = new URLSearchParams({ limit: EVENTS, from, ...(words && { q: words }) });
  const { events } = await get(`/events?${query}`, { signal });
  const lists = await Promise.all(events.map(async (event) => (await get(`/events/${event.id}/shows`, { signal })).shows.map((show) => about(show, event))));
  return lists.flat().filter(({ startsAt }) => startsAt >= from).sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt)).slice(0, MOST);
}

async function oneShow(id, signal) {
  const show = await get(`/shows/${id}`, { signal });
  return about(show, await get(`/events/${show.eventId}`, { signal }));
}

function choice(show, chosen) {
  return element('label', { class: 'choice' },
    element('input', { type: 'radio', name: 'show', value: show.id, checked: chosen, required: true }),
    element('span', {}, element('strong', {}, show.title), element('br'),
      element('span', { class: 'quiet small' }, `${shortDay(show.startsAt, show.timeZone)}, ${clock(show.startsAt, show.timeZone)}`, show.venue ? ` · ${show.venue}` : '')));
}

// The list of shows with its search; → {part, shows: Map}
function showList(settings, other, signal) {
  const shows = new Map();
  const list = element('div', { class: 'choices', role: 'radiogroup', 'aria-label': t('gate.show') });
  const note = element('p', { class: 'quiet', role: 'status' });
  let turn = 0;
  const load = async (words = '') => {
    const mine = (turn += 1);
    note.textContent = t('app.loading');
    try {
      const first = other && !words ? [await oneShow(other, signal)] : settings && !words ? [settings.show] : [];
      const found = [...first, ...(await findShows(words, signal)).filter(({ id }) => id !== first[0]?.id)];
      if (mine !== turn) return;
      for (const show of found) shows.set(show.id, show);
      list.replaceChildren(...found.map((show, i) => choice(show, i === 0 && first.length > 0)));
      note.textContent = found.length === 0 ? t('gate.no-shows') : '';
    } catch (error) {
      if (mine !== turn || signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      if (settings) {
        shows.set(settings.show.id, settings.show);
        list.replaceChildren(choice(settings.show, true));
      }
      note.replaceChildren(error.text, ' ', element('button', { class: 'link', type: 'button', onclick: () => load(words) }, t('app.again')));
    }
  };
  let timer;
  const search = field({ name: 'q', label: t('gate.search'), type: 'search', maxlength: 200, autocomplete: 'off', oninput: (event) => {
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE_MS, event.target.value.trim());
  } });
  load();
  return { part: element('fieldset', { class: 'stack' }, element('legend', {}, t('gate.show')), search, list, note), shows };
}

const direction = (value, chosen, text) => element('label', { class: 'choice' },
  element('input', { type: 'radio', name: 'direction', value, checked: chosen }), element('span', {}, text));

async function leave(note) {
  note.textContent = t('form.moment');
  await upload().catch(() => {});
  const count = await waiting();
  note.textContent = count > 0 ? t('gate.logout-waiting', { count }) : '';
  if (count > 0) return;
  await logout().catch(() => {
    note.textContent = t('problem.OFFLINE');
  });
}

export function renderSetup({ main, signal, show, settings, other }) {
  const { part, shows } = showList(settings, other, signal);
  const note = element('p', { class: 'field-note bad', role: 'status' });
  const form = element('form', { class: 'stack' },
    part,
    field({ name: 'gate', label: t('gate.door'), hint: t('gate.door-hint'), value: settings?.gate ?? '', required: true, maxlength: 64, autocomplete: 'off' }),
    element('fieldset', { class: 'row' }, element('legend', {}, t('gate.direction')),
      direction('in', settings?.direction !== 'out', t('gate.in')), direction('out', settings?.direction === 'out', t('gate.out'))),
    crypto.subtle ? field({ name: 'pin', label: t('gate.kiosk-pin'), hint: t('gate.kiosk-hint'), type: 'password', inputmode: 'numeric', pattern: '[0-9]{4,12}', maxlength: 12, autocomplete: 'off' }) : null,
    note,
    element('button', { class: 'button primary' }, t('gate.begin')));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    unlock();
    const chosen = shows.get(new FormData(form).get('show'));
    if (chosen === undefined) return;
    const pin = form.elements.pin?.value;
    if (pin) document.documentElement.requestFullscreen?.().catch(() => {});
    await keep('settings', { show: chosen, gate: form.elements.gate.value.trim(), direction: form.elements.direction.value, kiosk: pin ? await locked(pin) : null });
    if (location.search) history.replaceState(null, '', '/gate/');
    show();
  });
  const said = element('p', { class: 'field-note', role: 'status' });
  main.replaceChildren(element('div', { class: 'narrow stack setup' },
    element('h1', { tabindex: '-1' }, t('gate.name')),
    element('div', { class: 'card stack' }, form),
    element('div', { class: 'row between' },
      element('span', { class: 'quiet small' }, user()?.email ?? ''),
      element('button', { class: 'button small', type: 'button', onclick: () => leave(said) }, t('gate.logout'))),
    said, languages()));
}
