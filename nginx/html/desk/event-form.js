// The form of an event: its fields, what they mean for the API, and how a value of it reads.
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { area, suggested, tick } from './controls.js';

const FALLBACK_ZONE = 'Asia/Ho_Chi_Minh'; // the API's own

export const blankEvent = {
  title: '', description: null, venue: null, imageUrl: null, published: false, timeZone: FALLBACK_ZONE, transferable: true, defaultDurationMinutes: 120,
};

export function eventFields(event) {
  const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
  return [
    field({ name: 'title', label: t('field.title'), value: event.title, required: true, maxlength: 200, autocomplete: 'off' }),
    field({ name: 'venue', label: t('field.venue'), value: event.venue ?? '', maxlength: 200, autocomplete: 'off' }),
    suggested({ name: 'timeZone', label: t('field.timeZone'), hint: t('programme.zone-hint'), value: event.timeZone, required: true, maxlength: 64, values: zones }),
    area({ name: 'description', label: t('field.description'), value: event.description ?? '', maxlength: 10_000, rows: 6 }),
    field({ name: 'imageUrl', type: 'url', label: t('field.imageUrl'), hint: t('programme.image-hint'), value: event.imageUrl ?? '', maxlength: 2000, autocomplete: 'off' }),
    field({ name: 'defaultDurationMinutes', type: 'number', label: t('field.defaultDurationMinutes'), hint: t('programme.duration-hint'), value: String(event.defaultDurationMinutes), min: 1, max: 10_080, required: true }),
    tick({ name: 'transferable', label: t('field.transferable'), checked: event.transferable }),
    tick({ name: 'published', label: t('field.published'), hint: t('programme.published-hint'), checked: event.published }),
  ];
}

// What the form says, as the API names it.
export function readEvent(values) {
  const text = (name) => values[name].trim() || null;
  return {
    title: values.title.trim(), venue: text('venue'), timeZone: values.timeZone.trim(), description: text('description'), imageUrl: text('imageUrl'),
    defaultDurationMinutes: Number(values.defaultDurationMinutes), transferable: 'transferable' in values, published: 'published' in values,
  };
}

export function describeValue(name, value) {
  if (value === null || value === undefined) return t('change.nothing');
  if (typeof value === 'boolean') return t(value ? 'change.yes' : 'change.no');
  return String(value);
}

export const withoutNulls = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

// A frame for a form on a page of its own.
export function formPage({ back, backText, heading, note }, form) {
  return element('div', { class: 'wide stack form-page' },
    element('p', {}, element('a', { href: back }, backText)),
    element('h1', { tabindex: '-1' }, heading),
    note ?? null,
    element('section', { class: 'card' }, form));
}
