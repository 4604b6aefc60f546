// All events, drafts too: a search, a filter, and the way to a new one.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { time } from '/shared/format.js';
import { t } from '/shared/texts.js';

const TYPING_MS = 250;
const PAGE = 100; // the most that the API gives at once
const PAGES = 5; // read for one "more" at most, when a filter leaves little of each
const ENOUGH = 20;
const FILTERS = ['all', 'published', 'drafts', 'upcoming', 'past'];

function line(event) {
  return element('li', { class: 'line event-line' },
    element('div', {},
      element('h2', {}, element('a', { href: `/desk/events/${event.id}` }, event.title)),
      element('p', { class: 'quiet small' }, event.venue ?? t('programme.no-venue'))),
    element('p', { class: 'small' }, event.nextShowAt ? element('time', { datetime: event.nextShowAt }, time(event.nextShowAt, event.timeZone)) : t('programme.no-next')),
    element('span', { class: event.published ? 'tag good' : 'tag warn' }, t(event.published ? 'programme.published' : 'programme.draft')));
}

function address({ q, show }, cursor) {
  const query = new URLSearchParams({ limit: PAGE });
  if (q) query.set('q', q);
  if (show === 'upcoming') query.set('from', new Date().toISOString());
  if (show === 'past') query.set('to', new Date().toISOString());
  if (cursor) query.set('cursor', cursor);
  return `/events?${query}`;
}

// The API has no question for these.
function fits(event, show) {
  if (show === 'published') return event.published;
  if (show === 'drafts') return !event.published;
  return show !== 'past' || event.nextShowAt === null;
}

// Reads until there is enough to show, or an end. → {events, cursor}
async function gather(filter, from, signal) {
  const events = [];
  let cursor = from;
  for (let pages = 0; pages < PAGES && events.length < ENOUGH; pages += 1) {
    const page = await get(address(filter, cursor), { signal });
    events.push(...page.events.filter((event) => fits(event, filter.show)));
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return { events, cursor };
}

// The list beneath the search: read anew for each filter, longer with each "more".
function lister({ list, note, more }, signal) {
  let filter = {};
  let cursor = null;
  let asked = 0;
  async function read() {
    const mine = (asked += 1);
    note.textContent = t('app.loading');
    const found = await gather(filter, cursor, signal);
    if (mine !== asked) return;
    if (cursor === null) list.replaceChildren();
    list.append(...found.events.map(line));
    cursor = found.cursor;
    more.hidden = cursor === null;
    const count = list.children.length;
    note.textContent = count > 0 ? t('programme.count', { count }) : t(filter.q || filter.show !== 'all' ? 'programme.none-found' : 'programme.none');
  }
  const quietly = () => read().catch((error) => signal.aborted || (note.textContent = error.text ?? t('app.broken')));
  more.addEventListener('click', quietly);
  return (wanted) => {
    filter = wanted;
    cursor = null;
    return quietly();
  };
}

export async function render({ main, query, title, signal }) {
  title(t('programme.events'));
  const search = element('input', { type: 'search', id: 'q', maxlength: 200, value: query.get('q') ?? '', autocomplete: 'off' });
  const show = element('select', { id: 'filter' }, FILTERS.map((name) => element('option', { value: name }, t(`programme.filter-${name}`))));
  show.value = FILTERS.includes(query.get('show')) ? query.get('show') : 'all';
  const parts = {
    list: element('ul', { class: 'lines', id: 'events' }),
    note: element('p', { class: 'quiet', role: 'status', id: 'events-note' }),
    more: element('button', { class: 'button', type: 'button', hidden: true }, t('programme.more')),
  };
  const fill = lister(parts, signal);
  const filter = () => ({ q: search.value.trim(), show: show.value });
  const changed = () => {
    const kept = Object.entries(filter()).filter(([, value]) => value !== '' && value !== 'all');
    history.replaceState(null, '', kept.length > 0 ? `/desk/events?${new URLSearchParams(kept)}` : '/desk/events');
    return fill(filter());
  };
  let typing;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(changed, TYPING_MS);
  });
  show.addEventListener('change', changed);
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('div', { class: 'row between' }, element('h1', { tabindex: '-1' }, t('programme.events')), element('a', { class: 'button primary', href: '/desk/events/new' }, t('programme.new-event'))),
    element('form', { class: 'search', role: 'search', onsubmit: (event) => event.preventDefault() },
      element('div', { class: 'field' }, element('label', { for: 'q' }, t('programme.search')), search),
      element('div', { class: 'field' }, element('label', { for: 'filter' }, t('programme.filter')), show)),
    parts.note, parts.list, element('div', { class: 'row' }, parts.more)));
  await fill(filter());
}
