// Reads openapi.json (made from openapi.yaml when the service is installed) into calls as the page shows them.
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const REFERENCES = 20; // that lead from one to the next
const PROBLEM = 'application/problem+json';

let contract = {};

// What a $ref stands for; anything else as it is.
export function resolve(node) {
  let found = node;
  for (let i = 0; found?.$ref !== undefined && i < REFERENCES; i += 1) {
    found = found.$ref.slice(2).split('/').reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
  }
  return found ?? {};
}

// The last word of a $ref: the name of a schema; undefined for what has none.
export const nameOf = (node) => node?.$ref?.split('/').at(-1);

// One schema that says what all parts of an allOf say; later parts narrow what earlier ones allow.
export function merged(node) {
  const schema = resolve(node);
  if (schema.allOf === undefined) return schema;
  const whole = { ...schema, allOf: undefined, properties: {}, required: [] };
  for (const part of (schema.allOf ?? []).map(merged)) {
    for (const [name, value] of Object.entries(part.properties ?? {})) {
      whole.properties[name] = name in whole.properties ? { ...merged(whole.properties[name]), ...resolve(value) } : value;
    }
    whole.required = [...new Set([...whole.required, ...(part.required ?? [])])];
    whole.type ??= part.type;
    whole.description ??= part.description;
  }
  return whole;
}

// The codes that a problem may have, and the members that it has besides those of every problem: what stands beside the reference to Problem.
function problemOf(schema) {
  const narrow = (resolve(schema).allOf ?? []).filter((part) => part.properties?.code);
  const codes = narrow.flatMap(({ properties: { code } }) => code.enum ?? [code.const]);
  return { codes, extra: narrow.flatMap((part) => Object.keys(part.properties).filter((name) => !['code', 'status'].includes(name))) };
}

function answerOf([status, node]) {
  const { description = '', content = {}, headers = {} } = resolve(node);
  const problem = content[PROBLEM] ? problemOf(content[PROBLEM].schema) : { codes: [], extra: [] };
  const kinds = Object.entries(content).filter(([type]) => type !== PROBLEM).map(([type, kind]) => ({ type, ...kind }));
  return { status: status === 'default' ? 'else' : status, description, kinds, headers: Object.keys(headers), ...problem };
}

function bodyOf(operation) {
  if (operation.requestBody === undefined) return null;
  const { required = false, content = {} } = resolve(operation.requestBody);
  return { required, kinds: Object.entries(content).map(([type, kind]) => ({ type, ...kind })) };
}

// 'needed', 'possible' or 'none': a bearer token.
function tokenOf(security) {
  if (security.length === 0 || security.every((one) => Object.keys(one).length === 0)) return 'none';
  return security.some((one) => Object.keys(one).length === 0) ? 'possible' : 'needed';
}

// "GET /shows/{id}" → "get-shows-id": what the address of a call ends in.
export const idOf = (method, path) => `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');

function callOf(path, item, method) {
  const operation = item[method];
  const outside = (operation.servers ?? item.servers) !== undefined; // not below /api
  const answers = Object.entries(operation.responses).sort(([a], [b]) => a.localeCompare(b)).map(answerOf);
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  const call = {
    id: idOf(method, path), method: method.toUpperCase(), path, address: `${outside ? '' : '/api'}${path}`,
    tag: operation.tags?.[0] ?? 'Other', summary: operation.summary ?? '', description: operation.description ?? '',
    token: tokenOf(operation.security ?? contract.security ?? []), parameters, body: bodyOf(operation), answers,
  };
  const words = [call.method, call.address, call.tag, call.summary, call.description, operation.operationId,
    ...parameters.map(({ name }) => name), ...answers.flatMap(({ status, codes }) => [status, ...codes])];
  return { ...call, words: words.join(' ').toLowerCase() };
}

// {info, tags: [name], calls}; throws when the file cannot be read.
export async function load() {
  const answer = await fetch('/docs/openapi.json');
  if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
  contract = await answer.json();
  const calls = Object.entries(contract.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => callOf(path, item, method)));
  const known = (contract.tags ?? []).map(({ name }) => name);
  return { info: contract.info, tags: [...new Set([...known, ...calls.map(({ tag }) => tag)])], calls };
}
