// Wrong request bodies, made from the schema of a right one. Each is {what, body, paths}: the answer must name one of the paths.
import { document } from './contract.mjs';

export function deref(schema) {
  return schema?.$ref === undefined ? schema : deref(schema.$ref.split('/').slice(1).reduce((node, name) => node[name], document));
}

const SAMPLES = { null: null, integer: 42, number: 1.5, boolean: true, string: 'text', array: [], object: {} };

function typesOf(schema) {
  return [schema.type ?? (schema.enum ? 'string' : [])].flat();
}

// Values that `schema` refuses, as [what, value].
function wrongValues(schema, required) {
  const types = typesOf(schema);
  const list = [];
  for (const [type, sample] of Object.entries(SAMPLES)) {
    const allowed = types.includes(type) || (type === 'integer' && types.includes('number'));
    if (!allowed && (type !== 'null' || required)) list.push([`a ${type}`, sample]);
  }
  if (types.includes('string')) list.push(...wrongTexts(schema));
  if (types.includes('integer')) {
    if (schema.minimum !== undefined) list.push(['too small', schema.minimum - 1]);
    if (schema.maximum !== undefined) list.push(['too large', schema.maximum + 1]);
  }
  if (types.includes('array')) {
    const items = deref(schema.items);
    if (schema.minItems > 0) list.push(['an empty list', []]);
    if (schema.maxItems && !items.enum) list.push(['too many', Array.from({ length: schema.maxItems + 1 }, (_, i) => `Z${i}`)]);
    if (schema.uniqueItems) list.push(['one twice', items.enum ? [items.enum[0], items.enum[0]] : ['A1', 'A1']]);
    for (const [what, value] of wrongValues(items, true)) list.push([`a list with ${what}`, [value]]);
  }
  if (types.includes('object') && typeof schema.additionalProperties === 'object') {
    for (const [what, value] of wrongValues(deref(schema.additionalProperties), true))
      list.push([`a member that is ${what}`, { VIP: value }]);
  }
  return list;
}

function wrongTexts(schema) {
  const list = [];
  if (schema.enum || schema.const) return [['not one of the choices', 'nonsense'], ['empty', '']];
  if (schema.minLength > 0) list.push(['empty', '']);
  if (schema.minLength > 1) list.push(['too short', 'x'.repeat(schema.minLength - 1)]);
  if (schema.maxLength) {
    const long = 'x'.repeat(schema.maxLength + 1);
    const prefix = { email: 'a@', uri: 'https://' }[schema.format] ?? '';
    list.push(['too long', prefix + long], ['much too long', prefix + long.repeat(20).slice(0, 40_000)]);
  }
  const formats = {
    uuid: ['not-a-uuid', '00000000-0000-0000-0000-00000000000g', '00000000-0000-0000-0000-0000000000000'],
    email: ['nobody', '@example.com', 'a@', 'a b@example.com', 'a@b@c'],
    'date-time': ['yesterday', '2030-02-30T00:00:00Z', '2030-01-01', '2030-01-01T00:00:00', '2030-01-01T25:00:00Z', '2030-01-01 00:00:00Z'],
    uri: ['ftp://example.com/x', 'javascript:alert(1)', '/relative', 'http://'],
  };
  for (const value of formats[schema.format] ?? []) list.push([`no ${schema.format}: ${value}`, value]);
  if (schema.pattern?.startsWith('^[A-Z')) list.push(['off the pattern', '!!'], ['lower case', 'vnd!']);
  list.push(['with a control character', 'a\u0001b'], ['with an escape', 'a\u001b[31m']);
  return list;
}

export function mutants(schema, example) {
  const list = Object.entries({ 'a list': [], 'a list of it': [example], 'a text': 'text', 'a number': 42, null: null, true: true }).map(
    ([what, body]) => ({
      what: `the body is ${what}`,
      body,
      paths: ['$'],
    }),
  );
  if (schema.additionalProperties === false) {
    list.push({ what: 'an unknown field', body: { ...example, surprise: 1 }, paths: ['surprise'] });
    list.push({
      what: '__proto__',
      body: JSON.parse(JSON.stringify(example).replace('{', '{"__proto__":{"admin":true},').replace(',}', '}')),
      paths: ['__proto__'],
    });
  }
  const everything = {};
  const everyPath = [];
  for (const [name, property] of Object.entries(schema.properties)) {
    const one = deref(property);
    const required = (schema.required ?? []).includes(name);
    if (required) {
      const rest = { ...example };
      delete rest[name];
      list.push({ what: `no ${name}`, body: rest, paths: [name] });
    }
    for (const [what, value] of wrongValues(one, required)) {
      list.push({ what: `${name} is ${what}`, body: { ...example, [name]: value }, paths: [name] });
    }
    everything[name] = typesOf(one).includes('boolean') ? 'yes' : true;
    everyPath.push(name);
  }
  if (everyPath.length > 0) list.push({ what: 'everything is wrong', body: everything, paths: everyPath, all: true });
  return list;
}

// Does one of the faults stand at `path` or inside of it?
export function names(errors, path) {
  return errors.some((fault) => fault.path === path || fault.path.startsWith(`${path}.`) || fault.path.startsWith(`${path}[`));
}
