// Holds an answer against nginx/html/docs/openapi.yaml: status documented for the operation, body as its schema says.
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const file = new URL('../../nginx/html/docs/openapi.yaml', import.meta.url);
// tests/run has read it once for all.
export const document = process.env.OPENAPI_JSON
  ? JSON.parse(readFileSync(process.env.OPENAPI_JSON, 'utf8'))
  : parse(readFileSync(file, 'utf8'));

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
ajv.addSchema(document, 'contract');

const compiled = new Map(); // JSON pointer → validator

function validator(pointer) {
  if (!compiled.has(pointer)) {
    compiled.set(pointer, ajv.compile({ $ref: `contract#${pointer}` }));
  }
  return compiled.get(pointer);
}

const escape = (name) => encodeURIComponent(name.replace(/~/g, '~0').replace(/\//g, '~1'));

// Follows one `$ref` of a response object. Returns [pointer, object].
function resolve(pointer, object) {
  if (object.$ref === undefined) {
    return [pointer, object];
  }
  const target = object.$ref.slice(1);
  return [target, target.split('/').slice(1).reduce((node, name) => node[name], document)];
}

// Every operation of the document: {path, method, operation, pattern}; literal segments before parameters.
export const operations = Object.entries(document.paths)
  .sort(([a], [b]) => a.split('{').length - b.split('{').length)
  .flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation: { ...operation, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])] },
        pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
      })),
  );

// `path` without /api and without the query.
export function findOperation(method, path) {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return operations.find((one) => one.method === wanted && one.pattern.test(path));
}

// The document's own list of what is wrong with an answer, as texts; empty when all is well.
export function complaints(method, path, answer) {
  const { status, headers, bytes } = answer;
  const wrong = [];
  if (!/^[A-Za-z0-9._-]{8,64}$/.test(headers['x-request-id'] ?? '')) {
    wrong.push(`X-Request-Id is ${JSON.stringify(headers['x-request-id'])}`);
  }
  const type = (headers['content-type'] ?? '').split(';')[0];
  const found = findOperation(method, path);
  // Errors are problems, but for a call whose document says otherwise (/healthz).
  const otherwise = found?.operation.responses[status]?.content?.['application/json'] !== undefined;
  if (status >= 400 && !otherwise) {
    wrong.push(...problemComplaints(method, answer, type));
  }
  if (found === undefined) {
    if (![400, 404, 405, 414].includes(status)) {
      wrong.push(`${status} for a call that the document does not have`);
    }
    return wrong;
  }
  const own = found.operation.responses[status] !== undefined ? String(status) : 'default';
  const base = `/paths/${escape(found.path)}/${found.method.toLowerCase()}/responses/${own}`;
  const [pointer, response] = resolve(base, found.operation.responses[own]);
  if (method === 'HEAD') {
    if (bytes.length > 0) wrong.push('HEAD with a body');
    return wrong;
  }
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    if (header.required && headers[name.toLowerCase()] === undefined) wrong.push(`header ${name} is missing`);
  }
  if (response.content === undefined) {
    if (bytes.length > 0) wrong.push(`${bytes.length} bytes where the document has no body`);
    return wrong;
  }
  if (response.content[type] === undefined) {
    wrong.push(`Content-Type ${type || 'is missing'}, not ${Object.keys(response.content).join(' or ')}`);
    return wrong;
  }
  if (/json$/.test(type)) {
    const check = validator(`${pointer}/content/${escape(type)}/schema`);
    if (!check(answer.body)) {
      wrong.push(...check.errors.map((e) => `body${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
    }
  }
  return wrong;
}

function problemComplaints(method, { status, headers, bytes, body }, type) {
  const wrong = [];
  if (method === 'HEAD') return wrong;
  if (type !== 'application/problem+json') {
    return [`${status} is not application/problem+json but ${type}: ${bytes.subarray(0, 200)}`];
  }
  const check = validator('/components/schemas/Problem');
  if (!check(body)) {
    wrong.push(...check.errors.map((e) => `problem${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
  }
  if (body?.status !== status) wrong.push(`problem.status ${body?.status} in an answer ${status}`);
  if (body?.requestId !== headers['x-request-id']) {
    wrong.push(`problem.requestId ${body?.requestId} but X-Request-Id ${headers['x-request-id']}`);
  }
  if (status === 401 && !/^Bearer/.test(headers['www-authenticate'] ?? '') && body?.code === 'UNAUTHORIZED') {
    wrong.push('401 without WWW-Authenticate: Bearer');
  }
  if (status === 405 && !headers.allow) wrong.push('405 without Allow');
  if ([429, 503].includes(status) && !/^\d+$/.test(headers['retry-after'] ?? '')) wrong.push(`${status} without Retry-After`);
  return wrong;
}
