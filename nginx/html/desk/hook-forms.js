// Questions about a receiver of webhooks: a new one, a new secret, events sent again. A secret is shown this once.
import { post } from '/shared/api.js';
import { show } from '/shared/dialog.js';
import { element, field } from '/shared/element.js';
import { here } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { ask, copyable } from './ask.js';
import { choice } from './controls.js';

// The types of the API (EventType).
const TYPES_OF = {
  order: ['paid', 'expired', 'refunded'],
  ticket: ['checked_in', 'transferred', 'claimed', 'taken_back', 'refunded'],
  show: ['sold_out', 'changed'],
};
const TYPES = Object.entries(TYPES_OF).flatMap(([thing, names]) => names.map((name) => `${thing}.${name}`));
const OVERLAPS = [[86_400, 'day'], [3600, 'hour'], [604_800, 'week'], [0, 'none']];

function typeBoxes() {
  const box = (type) => element('label', {}, element('input', { type: 'checkbox', name: 'events', value: type, 'aria-describedby': 'field-events-note' }), type);
  return element('fieldset', { class: 'checks' }, element('legend', {}, t('hook.events')), TYPES.map(box), element('p', { id: 'field-events-note', class: 'field-note' }, t('hook.events-hint')));
}

// Shows a secret until the person says that it is kept.
function showSecret({ secret, previousSecretUntil }) {
  return new Promise((resolve) => {
    show(t('hook.secret'),
      element('p', {}, t('hook.secret-once')),
      copyable(secret),
      previousSecretUntil ? element('p', { class: 'small quiet' }, t('hook.secret-before', { until: here(previousSecretUntil) })) : element('span', {}),
    ).addEventListener('close', resolve);
  });
}

// → true when there is a new one
export async function createEndpoint() {
  const made = await ask({
    title: t('hook.create'),
    fields: [
      field({ name: 'url', label: t('hook.url'), hint: t('hook.url-hint'), type: 'url', required: true, maxlength: 2000, autocomplete: 'off', placeholder: 'https://example.com/hooks' }),
      typeBoxes(),
    ],
    button: t('hook.create-yes'),
    draft: 'webhook',
    send: (values, form) => post('/webhooks/endpoints', { url: values.url, events: TYPES.filter((type) => form.querySelector(`[value="${type}"]`).checked) }),
  });
  if (made === undefined) return false;
  await showSecret(made);
  return true;
}

export async function newSecret(endpoint) {
  const made = await ask({
    title: t('hook.rotate'),
    intro: element('p', {}, t('hook.rotate-how')),
    fields: [choice({ name: 'overlapSeconds', label: t('hook.overlap'), options: OVERLAPS.map(([seconds, name]) => [String(seconds), t(`hook.overlap-${name}`)]) })],
    button: t('hook.rotate'),
    send: ({ overlapSeconds }) => post(`/webhooks/endpoints/${endpoint.id}/secret`, { overlapSeconds: Number(overlapSeconds) }),
  });
  if (made !== undefined) await showSecret(made);
}

export async function replay(endpoint) {
  const done = await ask({
    title: t('hook.replay'),
    intro: element('p', {}, t('hook.replay-how')),
    fields: [field({ name: 'after', label: t('hook.after'), hint: t('hook.after-hint'), maxlength: 36, autocomplete: 'off', spellcheck: 'false' })],
    button: t('hook.replay'),
    send: ({ after }) => post(`/webhooks/endpoints/${endpoint.id}/replay`, { after: after.trim() || null }),
  });
  if (done !== undefined) toast(t('hook.queued', { count: done.queued }));
}
