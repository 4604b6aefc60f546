// A receiver of webhooks: its state, what waits for it, how the last deliveries went, and what can be done.
import { api } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { here } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { actionButton } from './ask.js';
import { newSecret, replay } from './hook-forms.js';
import { moment } from './sale-words.js';

const KINDS = { active: 'good', failing: 'bad', disabled: '' };

const setStatus = (endpoint, status) => api('PATCH', `/webhooks/endpoints/${endpoint.id}`, { body: { status } });

async function disable(endpoint) {
  const agreed = await confirm({ title: t('hook.disable'), text: t('hook.disable-how', { count: endpoint.waiting }), yes: t('hook.disable'), dangerous: true });
  if (agreed) await setStatus(endpoint, 'disabled');
}

async function remove(endpoint) {
  const agreed = await confirm({ title: t('hook.remove'), text: t('hook.remove-how', { url: endpoint.url }), yes: t('hook.remove'), dangerous: true });
  if (!agreed) return;
  await api('DELETE', `/webhooks/endpoints/${endpoint.id}`);
  toast(t('hook.removed'));
}

function actions(endpoint, again) {
  const button = (text, action, kind = 'small') => actionButton(text, async () => {
    try {
      await action(endpoint);
    } finally {
      await again();
    }
  }, kind);
  const { status } = endpoint;
  return element('div', { class: 'row' },
    status === 'disabled' ? button(t('hook.enable'), () => setStatus(endpoint, 'active'), 'small primary') : null,
    status === 'failing' ? button(t('hook.try-now'), () => setStatus(endpoint, 'active'), 'small primary') : null,
    status === 'disabled' ? null : button(t('hook.replay'), replay),
    button(t('hook.rotate'), newSecret),
    status === 'disabled' ? null : button(t('hook.disable'), disable),
    button(t('hook.remove'), remove, 'small danger'));
}

function deliveryRow(delivery) {
  const good = delivery.outcome === 'delivered';
  return element('li', { class: 'delivery' },
    element('span', { class: `tag ${good ? 'good' : 'bad'}` }, t(`hook.outcome-${delivery.outcome}`)),
    element('div', { class: 'stack tight' },
      element('p', {}, delivery.type, delivery.status === null ? '' : ` · HTTP ${delivery.status}`, ' · ', t('hook.took', { ms: delivery.durationMs })),
      delivery.error ? element('p', { class: 'small bad' }, delivery.error) : null,
      element('p', { class: 'small quiet' }, moment(delivery.at), ' · ', t('hook.attempt', { attempt: delivery.attempt }), ' · ', t(`hook.state-${delivery.state}`), ' · ', delivery.eventId)));
}

function facts(endpoint) {
  const line = (name, value) => [element('dt', {}, name), element('dd', {}, value)];
  return element('dl', { class: 'facts small' },
    line(t('hook.waiting'), t('hook.waiting-count', { count: endpoint.waiting })),
    endpoint.nextAttemptAt ? line(t('hook.next'), here(endpoint.nextAttemptAt)) : null,
    endpoint.disabledReason ? line(t('hook.because'), endpoint.disabledReason) : null,
    endpoint.previousSecretUntil ? line(t('hook.two-secrets'), here(endpoint.previousSecretUntil)) : null,
    line(t('hook.since'), here(endpoint.createdAt)));
}

// again(): reads the endpoints anew
export function endpointCard(endpoint, again) {
  const { lastDeliveries } = endpoint;
  return element('li', { class: 'entry', data: { endpoint: endpoint.id } },
    element('div', { class: 'row between' },
      element('h2', { class: 'hook-url' }, endpoint.url),
      element('span', { class: `tag ${KINDS[endpoint.status]}` }, t(`hook.status-${endpoint.status}`))),
    element('ul', { class: 'row', 'aria-label': t('hook.events') }, endpoint.events.map((type) => element('li', { class: 'tag' }, type))),
    facts(endpoint),
    actions(endpoint, again),
    lastDeliveries.length === 0
      ? element('p', { class: 'small quiet' }, t('hook.no-deliveries'))
      : element('details', { class: 'office-details' }, element('summary', {}, t('hook.deliveries', { count: lastDeliveries.length })), element('ul', { class: 'deliveries' }, lastDeliveries.map(deliveryRow))));
}
