// What is on: a search, and the events as cards.
import { get, mayBeBack, Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { time } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { poster } from '../poster.js';

const TYPING_MS = 250;
const PAGE = 24;

function card(event) {
  return element('li', { class: 'card event' },
    poster(event),
    element('div', { class: 'stack' },
      element('h2', {}, element('a', { href: `/events/${event.id}` }, event.title)),
      event.venue ? element('p', { class: 'quiet' }, event.venue) : null,
      event.nextShowAt ? element('time', { datetime: event.nextShowAt }, time(event.nextShowAt, event.timeZone)) : element('p', { class: 'quiet' }, t('events.no-show'))));
}

function address(filter, cursor) {
  const query = new URLSearchParams({ limit: PAGE });
  if (filter.q) query.set('q', filter.q);
  if (filter.days) {
    query.set('from', new Date().toISOString());
    query.set('to', new Date(Date.now() + Number(filter.days) * 86_400_000).toISOString());
  }
  if (cursor) query.set('cursor', cursor);
  return `/events?${query}`;
}

// The list beneath the search: read anew for each filter, longer with each "more".
function lister(list, note, more, signal) {
  let filter = {};
  let cursor = null;
  let asked = 0;
  async function read() {
    const mine = (asked += 1);
    note.textContent = t('app.loading');
    const page = await get(address(filter, cursor), { signal });
    if (mine !== asked) return;
    if (cursor === null) list.replaceChildren();
    list.append(...page.events.map(card));
    cursor = page.nextCursor;
    more.hidden = cursor === null;
    note.textContent = list.children.length === 0 ? t(filter.q || filter.days ? 'events.none-found' : 'events.none') : t('events.count', { count: list.children.length });
  }
  // What is listed stays, and the question is asked again.
  async function quietly() {
    try {
      await read();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const mine = asked;
      note.textContent = `${error.text} ${t('app.by-itself')}`;
      mayBeBack(signal).then(() => mine === asked && !signal.aborted && quietly());
    }
  }
  more.addEventListener('click', quietly);
  return (wanted) => {
    filter = wanted;
    cursor = null;
    return quietly();
  };
}

export async function render({ main, query, title, signal }) {
  title();
  const search = element('input', { type: 'search', id: 'q', name: 'q', maxlength: 200, value: query.get('q') ?? '', placeholder: t('events.search-hint'), autocomplete: 'off' });
  const days = element('select', { id: 'days', name: 'days' },
    [['', t('events.any-time')], ['7', t('events.week')], ['31', t('events.month')]].map(([value, text]) => element('option', { value }, text)));
  days.value = ['7', '31'].includes(query.get('days')) ? query.get('days') : '';
  const list = element('ul', { class: 'events', id: 'events' });
  const note = element('p', { class: 'quiet', role: 'status', id: 'events-note' });
  const more = element('button', { class: 'button', type: 'button', hidden: true }, t('events.more'));
  const fill = lister(list, note, more, signal);
  let typing;
  const changed = () => {
    const filter = { q: search.value.trim(), days: days.value };
    const text = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
    history.replaceState(null, '', text ? `/?${text}` : '/');
    return fill(filter);
  };
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(changed, TYPING_MS);
  });
  days.addEventListener('change', changed);
  const form = element('form', { class: 'search', role: 'search', onsubmit: (event) => event.preventDefault() },
    element('div', { class: 'field' }, element('label', { for: 'q' }, t('events.search')), search),
    element('div', { class: 'field' }, element('label', { for: 'days' }, t('events.when')), days));
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('events.title')), form, note, list, element('div', { class: 'row' }, more)));
  await fill({ q: search.value.trim(), days: days.value });
}
