// The API document against the code: the same calls, the same error codes; and what holds for every answer.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { client } from '../support/client.mjs';
import { document, operations } from '../support/contract.mjs';
import { exchange } from '../support/http.mjs';
import { BASE_URL } from '../support/client.mjs';
import { RESPONDERS } from '../support/processes.mjs';
import { root, state } from '../support/stack.mjs';
import { createEvent, createShow, registerUser } from '../support/world.mjs';

const sourcesOf = (responder) =>
  readdirSync(join(root, 'fcgi', responder), { recursive: true })
    .filter((file) => file.endsWith('.c'))
    .map((file) => source(join('fcgi', responder, file)));
const source = (path) => readFileSync(join(root, path), 'utf8');

test('every route of the responders is in the document, and the reverse', () => {
  const routes = RESPONDERS.flatMap((name) =>
    sourcesOf(name).flatMap((text) =>
      [...text.matchAll(/\.method = HTTP_(GET|POST|PUT|DELETE|PATCH),\s*\.pattern = "([^"]+)"/g)].map(
        ([, method, path]) => `${method} ${path}`,
      ),
    ),
  );
  const own = routes
    .filter((route) => !route.includes(' /-/'))
    .map((route) => route.replace(/[:*]([A-Za-z]+)/g, '{$1}').replace('payments/{provider}', 'payments/{provider}'));
  const documented = operations.map(({ method, path }) => `${method} ${path}`).filter((route) => route !== 'GET /healthz');
  assert.deepEqual(own.sort(), documented.sort());
});

// code → {status, title}
const problems = new Map(
  [...source('common/problem.h').matchAll(/X\(([A-Z_]+),\s+(\d+),\s+"(.*)"\)/g)].map(([, code, status, title]) => [
    code,
    { status, title },
  ]),
);

test('the document has the error codes of the table, and no others', () => {
  assert.ok(problems.size > 50);
  assert.deepEqual([...document.components.schemas.Problem.properties.code.enum].sort(), [...problems.keys()].sort());
});

test('an error that nginx answers itself has the code and the title of the table', () => {
  const table = [...source('nginx/ctl/gateway.sh').matchAll(/^(\d{3})\|([A-Z_]+)\|([^|]+)\|/gm)].map(([, ...row]) => row);
  const templates = ['nginx/gateway.conf.in', 'nginx/locations.conf.in'].flatMap((file) =>
    [...source(file).matchAll(/return (\d+) '(\{.*\})';/g)].map(([, status, text]) => {
      const { code, title } = JSON.parse(text);
      return [status, code, title];
    }),
  );
  assert.ok(table.length > 10 && templates.length >= 2);
  for (const [status, code, title] of [...table, ...templates]) {
    assert.ok(problems.has(code), `${status} ${code}`);
    // Where nginx answers with another status than a responder would, the title says what that status means.
    if (status === problems.get(code).status) assert.equal(title, problems.get(code).title, `${status} ${code}`);
  }
});

test('every example of the document fits its schema', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  ajv.addSchema(document, 'contract');
  let count = 0;
  const walk = (node, pointer) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.schema && node.example !== undefined) {
      const check = ajv.compile({ $ref: `contract#${pointer}/schema` });
      assert.ok(check(node.example), `${pointer}: ${JSON.stringify(check.errors)}`);
      count += 1;
    }
    for (const [key, value] of Object.entries(node))
      walk(value, `${pointer}/${encodeURIComponent(key.replace(/~/g, '~0').replace(/\//g, '~1'))}`);
  };
  walk(document.paths, '/paths');
  assert.ok(count >= 15);
});

test('every operation has an id, a summary, a tag and a documented success', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { method, path, operation } of operations) {
    assert.ok(operation.summary && operation.tags.length === 1, `${method} ${path}`);
    assert.ok(Object.keys(operation.responses).some((status) => /^(2|303)/.test(status)), `${method} ${path}`);
    assert.ok(operation.responses.default, `${method} ${path}`);
  }
});

test('the document and the pages are served outside of /api', async () => {
  const yaml = await exchange(BASE_URL, { path: '/docs/openapi.yaml' });
  assert.equal(yaml.status, 200);
  assert.equal(yaml.bytes.toString(), source('nginx/html/docs/openapi.yaml'));
  for (const path of ['/', '/docs/']) {
    const page = await exchange(BASE_URL, { path });
    assert.equal(page.status, 200, path);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.ok(page.headers['content-security-policy'], path);
  }
});

test('HEAD answers like GET, without a body', async () => {
  const show = await createShow();
  const user = await registerUser();
  for (const path of [
    '/events',
    `/events/${show.eventId}`,
    `/shows/${show.id}`,
    `/shows/${show.id}/seatmap`,
    '/seatmaps/m1',
    '/auth/me',
    '/holds',
    '/orders',
    '/tickets',
    '/healthz-not-here',
  ]) {
    const get = await user.api.get(path, { check: false });
    const head = await user.api.send('HEAD', path, { check: false });
    assert.equal(head.status, get.status, path);
    assert.equal(head.bytes.length, 0, path);
    assert.equal(head.headers['content-type'], get.headers['content-type'], path);
  }
});

test('ETags: If-None-Match gets 304 until something changes', async () => {
  const show = await createShow();
  const api = client();
  for (const path of [
    `/events/${show.eventId}`,
    `/events/${show.eventId}/shows`,
    `/shows/${show.id}`,
    `/shows/${show.id}/seatmap`,
    `/shows/${show.id}/availability`,
    '/seatmaps',
    '/seatmaps/m1',
  ]) {
    const { headers } = await api.get(path, { expect: 200 });
    assert.match(headers.etag, /^(W\/)?"[^"]*"$/, path);
    for (const value of [headers.etag, `"other", ${headers.etag}`, '*', headers.etag.replace(/^W\//, '')]) {
      await api.get(path, { headers: { 'If-None-Match': value }, expect: 304 });
    }
    await api.get(path, { headers: { 'If-None-Match': '"other"' }, expect: 200 });
  }
});

test('lists: pages of any size, stable under inserts, nothing twice and nothing left out', async () => {
  const mark = `Pager ${Date.now()}`;
  const made = [];
  for (let i = 0; i < 7; i += 1) made.push((await createEvent({ title: `${mark} ${i}` })).id);
  const api = client();
  for (const limit of [1, 2, 3, 7, 100]) {
    const read = [];
    let cursor;
    do {
      const { body } = await api.get('/events', { query: { q: mark, limit, ...(cursor ? { cursor } : {}) }, expect: 200 });
      assert.ok(body.events.length <= limit);
      read.push(...body.events.map(({ id }) => id));
      cursor = body.nextCursor;
      if (limit === 2 && read.length === 2) await createEvent({ title: `${mark} late` }); // newest first: it lies behind us
    } while (cursor !== null);
    assert.deepEqual(read.filter((id) => made.includes(id)), [...made].reverse(), `limit ${limit}`);
  }
});

test('the request id ties the logs of nginx and responder together', async () => {
  const id = `find-me-${Date.now()}`;
  await client().get('/events', { headers: { 'X-Request-Id': id }, expect: 200 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for (const name of ['access', 'events']) {
    const line = readFileSync(join(state, 'log', `${name}.log`), 'utf8').split('\n').find((text) => text.includes(id));
    assert.ok(line, `${name}.log has the request`);
    assert.doesNotThrow(() => JSON.parse(line), line);
  }
});
