// The audit log: who changed what, when, from what into what, and why.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { makeLedger, pagePath } from '../ledger.js';
import { payload } from '../payload.js';
import { moment, shortId } from '../sale-words.js';

const isPlain = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const shown = (value) => (value === null || value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value));

// What was before and is after: [[name, before, after], …]; none when the entry says it otherwise.
function changesOf(detail) {
  if (!isPlain(detail)) return [];
  if ('was' in detail && 'becomes' in detail) return [[t('audit.state'), detail.was, detail.becomes]];
  const { before, after } = detail;
  if (!isPlain(before) || !isPlain(after)) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => shown(before[name]) !== shown(after[name])).map((name) => [name, before[name], after[name]]);
}

const change = ([name, before, after]) => [element('dt', {}, name), element('dd', {}, element('del', {}, shown(before)), ' → ', element('ins', {}, shown(after)))];

function whoOf(actor) {
  if (actor === null) return t('audit.system');
  return element('a', { href: `/desk/audit?actor=${actor}` }, actor === user().id ? t('audit.you') : t('audit.person', { id: shortId(actor) }));
}

// "order 5b1f…" leads to the order, "show …" to the show.
function objectOf(object) {
  const [, kind, id] = /^(order|show|event) ([0-9a-f-]{36})$/.exec(object) ?? [];
  return kind === undefined ? object : element('a', { href: `/desk/${kind}s/${id}` }, object);
}

function line(entry) {
  const changes = changesOf(entry.detail);
  return element('li', { class: 'entry audit-line' },
    element('div', { class: 'stack tight' }, element('strong', {}, entry.action), moment(entry.at), element('p', { class: 'small' }, whoOf(entry.actor))),
    element('div', { class: 'stack tight' },
      element('p', { class: 'small' }, objectOf(entry.object)),
      entry.reason ? element('p', { class: 'small quiet' }, entry.reason) : null,
      changes.length > 0 ? element('dl', { class: 'deltas small' }, changes.map(change)) : null,
      entry.detail !== null && changes.length === 0 ? payload(entry.detail) : null));
}

export function render({ main, title, query, signal }) {
  title(t('audit.title'));
  const filters = { actor: query.get('actor'), object: query.get('object') };
  const narrowed = Object.values(filters).some(Boolean);
  const ledger = makeLedger({
    id: 'audit',
    label: t('audit.title'),
    signal,
    line,
    empty: () => t('audit.none'),
    read: async (cursor) => {
      const { entries, nextCursor } = await get(pagePath('/audit', filters, cursor), { signal });
      return { items: entries, nextCursor };
    },
  });
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('h1', { tabindex: '-1' }, t('audit.title')),
    element('p', { class: 'quiet' }, t('audit.how')),
    narrowed ? element('p', { class: 'row note' }, filters.object ?? t('audit.of-one'), element('a', { href: '/desk/audit' }, t('audit.all'))) : '',
    ledger.element));
  ledger.again();
}
