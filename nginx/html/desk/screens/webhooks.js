// Who is told of events by webhooks and how that goes, and the log of all events.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { actionButton, tabs } from '../ask.js';
import { endpointCard } from '../hook-card.js';
import { createEndpoint } from '../hook-forms.js';
import { makeLedger, pagePath } from '../ledger.js';
import { payload } from '../payload.js';
import { moment } from '../sale-words.js';

const ENDPOINTS = '/desk/webhooks';
const LOG = '/desk/webhooks?list=events';

function eventLine(event) {
  return element('li', { class: 'entry money-line', data: { event: event.id } },
    element('div', { class: 'stack tight' }, element('strong', {}, event.type), moment(event.createdAt)),
    element('div', { class: 'stack tight' }, element('p', { class: 'small quiet' }, event.id), payload(event.data)));
}

function eventLog(signal) {
  const ledger = makeLedger({
    id: 'events-log',
    label: t('hook.log'),
    signal,
    line: eventLine,
    empty: () => t('hook.no-events'),
    read: async (after) => {
      const { events, nextCursor } = await get(pagePath('/events-log', {}, after, 'after'), { signal });
      return { items: events, nextCursor };
    },
  });
  ledger.again();
  return [element('p', { class: 'quiet' }, t('hook.log-how')), ledger.element];
}

function endpoints(signal) {
  const ledger = makeLedger({
    id: 'endpoints',
    label: t('hook.title'),
    signal,
    line: (endpoint) => endpointCard(endpoint, () => ledger.again()),
    empty: () => t('hook.none'),
    read: async () => ({ items: (await get('/webhooks/endpoints', { signal })).endpoints, nextCursor: null }),
  });
  ledger.again();
  const create = async () => {
    if (await createEndpoint()) await ledger.again();
  };
  return [
    element('div', { class: 'row between' }, element('p', { class: 'quiet' }, t('hook.how'), ' ', element('a', { href: '/docs/webhooks.html' }, t('hook.guide'))),
      element('div', { class: 'row' }, actionButton(t('hook.refresh'), () => ledger.again()), actionButton(t('hook.create'), create, 'primary'))),
    ledger.element,
  ];
}

export function render({ main, title, query, signal }) {
  const log = query.get('list') === 'events';
  title(t(log ? 'hook.log' : 'hook.title'));
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('h1', { tabindex: '-1' }, t('hook.title')),
    tabs(t('hook.title'), log ? LOG : ENDPOINTS, [[ENDPOINTS, t('hook.endpoints')], [LOG, t('hook.log')]]),
    log ? eventLog(signal) : endpoints(signal)));
}
