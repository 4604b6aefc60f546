// A list that is read page by page: it says when it loads, when there is nothing, and when a page does not come, and tries that page again.
import { Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

const PAGE = 20;
const bones = () => Array.from({ length: 3 }, () => element('li', { class: 'bone', 'aria-hidden': 'true' }));

// `path` with what is given of `filters`, the length of a page and its cursor.
export function pagePath(path, filters, cursor, cursorName = 'cursor') {
  const query = new URLSearchParams({ limit: PAGE });
  for (const [name, value] of Object.entries(filters)) {
    if (value) query.set(name, value);
  }
  if (cursor) query.set(cursorName, cursor);
  return `${path}?${query}`;
}

// given: id, label: of the list; read(cursor) → {items, nextCursor}; line(item) → the element of a line, or a promise of it;
// empty: what to say without items; signal
// → {element, again(): reads it anew from its beginning; a slow answer to an earlier question is dropped}
export function makeLedger({ id, label, read, line, empty, signal }) {
  const list = element('ul', { class: 'ledger', id, 'aria-label': label });
  const note = element('div', { class: 'ledger-note', role: 'status' });
  const more = element('button', { class: 'button', type: 'button', hidden: true }, t('office.more'));
  let cursor = null;
  let asked = 0;

  function failed(error) {
    if (!(error instanceof Problem)) console.error(error);
    const again = element('button', { class: 'button small', type: 'button', onclick: next }, t('app.again'));
    note.replaceChildren(element('p', { class: 'note bad row between' }, error instanceof Problem ? error.text : t('app.broken'), again));
  }

  async function next() {
    const mine = (asked += 1);
    const from = cursor;
    note.replaceChildren(element('p', { class: 'visually-hidden' }, t('app.loading')));
    more.hidden = true;
    list.setAttribute('aria-busy', 'true');
    if (from === null) list.replaceChildren(...bones());
    try {
      const { items, nextCursor } = await read(from);
      const lines = await Promise.all(items.map(line));
      if (mine !== asked) return;
      if (from === null) list.replaceChildren();
      list.append(...lines);
      cursor = nextCursor;
      more.hidden = nextCursor === null;
      note.replaceChildren(...(list.children.length === 0 ? [element('p', { class: 'empty' }, empty())] : []));
    } catch (error) {
      if (mine !== asked || signal.aborted) return;
      if (from === null) list.replaceChildren();
      failed(error);
    } finally {
      if (mine === asked) list.removeAttribute('aria-busy');
    }
  }

  more.addEventListener('click', next);
  const again = () => {
    cursor = null;
    return next();
  };
  return { element: element('div', { class: 'stack' }, list, note, more), again };
}
