// Schemas (JSON Schema 2020-12, as far as the contract uses it) as lists of fields, and as an example.
import { element } from '/shared/element.js';
import { merged, nameOf, resolve } from './contract.js';
import { inline, markdown } from './markdown.js';

const DEPTH = 8; // of fields in fields
const span = (low, high, unit) => {
  if (low === undefined && high === undefined) return null;
  if (low === high) return `exactly ${low}${unit}`;
  if (high === undefined) return `at least ${low}${unit}`;
  return low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`;
};

// "string (uuid) or null", "array of Seat"
export function typeText(node) {
  const schema = merged(node);
  if (schema.oneOf ?? schema.anyOf) return (schema.oneOf ?? schema.anyOf).map(typeText).join(', or ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  const names = types.map((type) => {
    if (type === 'array' && schema.items) return `array of ${nameOf(schema.items) ?? typeText(schema.items)}`;
    return type === 'string' && schema.format ? `string (${schema.format})` : type;
  });
  return names.join(' or ');
}

// What a value must keep to, as short texts; those in backquotes are code.
export function limits(node) {
  const schema = merged(node);
  return [
    span(schema.minLength, schema.maxLength, ' characters'),
    span(schema.minimum, schema.maximum, ''),
    span(schema.minItems, schema.maxItems, ' items'),
    span(schema.minProperties, schema.maxProperties, ' names'),
    schema.uniqueItems && 'no two alike',
    schema.pattern && `like \`${schema.pattern}\``,
    schema.enum && schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' '),
    schema.const !== undefined && `always \`${JSON.stringify(schema.const)}\``,
    schema.default !== undefined && `\`${JSON.stringify(schema.default)}\` when not given`,
  ].filter(Boolean);
}

// One line of a list of fields or parameters.
export function fieldRow(name, schema, { required, description, children = [], where }) {
  const text = description ?? merged(schema).description ?? '';
  return element('li', {},
    element('div', { class: 'field-head' },
      element('code', { class: 'field-name' }, name), element('span', { class: 'quiet small' }, typeText(schema)),
      where && element('span', { class: 'tag' }, where), required && element('span', { class: 'tag warn' }, required === true ? 'required' : required)),
    limits(schema).map((limit) => element('p', { class: 'small quiet' }, inline(limit))),
    text !== '' && element('div', { class: 'small prose' }, markdown(text)),
    children);
}

// The fields of what an object, or the items of an array, have.
function inside(node, seen, word) {
  const name = nameOf(node);
  if (seen.length > DEPTH || (name !== undefined && seen.includes(name))) return [];
  const path = [...seen, name];
  const schema = merged(node);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) {
    return variants.flatMap((variant, i) => [element('p', { class: 'small quiet' }, `${i === 0 ? 'Either' : 'or'} ${nameOf(variant) ?? typeText(variant)}`), ...inside(variant, path, word)]);
  }
  if (schema.items) return inside(schema.items, path, word);
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => fieldRow(key, value, { required: schema.required?.includes(key) && word, children: inside(value, path, word) }));
  if (typeof schema.additionalProperties === 'object') rows.push(fieldRow('any name', schema.additionalProperties, { children: inside(schema.additionalProperties, path, word) }));
  return rows.length === 0 ? [] : [element('ul', { class: 'fields' }, rows)];
}

// The whole of a schema, as elements. word: what is said of a field that is never missing.
export function fields(node, word) {
  const schema = resolve(node);
  const about = schema.description ? [element('div', { class: 'small prose' }, markdown(schema.description))] : [];
  return [...about, ...inside(node, [], word)];
}

const SAMPLES = { integer: 1, number: 1, boolean: true, null: null };

// A value that the schema allows, more or less: what stands in an editor that has no example.
export function sample(node, depth = 0) {
  const schema = merged(node);
  if (schema.const !== undefined || schema.default !== undefined) return schema.const ?? schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf ?? schema.anyOf) return sample((schema.oneOf ?? schema.anyOf)[0], depth + 1);
  const type = [schema.type ?? 'object'].flat()[0];
  if (type in SAMPLES) return SAMPLES[type];
  if (type === 'string') return schema.format === 'uuid' ? '00000000-0000-4000-8000-000000000000' : '';
  if (type === 'array') return depth < DEPTH && schema.items ? [sample(schema.items, depth + 1)] : [];
  const names = depth < DEPTH ? (schema.required ?? []) : [];
  return Object.fromEntries(names.map((name) => [name, sample(schema.properties?.[name] ?? {}, depth + 1)]));
}
