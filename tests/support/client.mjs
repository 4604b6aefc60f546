// The client of all HTTP tests. Every answer is held against the API document; one that does not fit fails the test.
import assert from 'node:assert/strict';
import { complaints } from './contract.mjs';
import { exchange } from './http.mjs';

export const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:4000';
// As the service itself names its pages, in links and in mails.
export const SITE = BASE_URL.replace('//127.0.0.1', '//localhost');

export class Api {
  // options: baseUrl, token, headers (sent with every request), keepAlive, state (the stack's folder, when it is not TICKETING_STATE)
  constructor(options = {}) {
    this.options = { baseUrl: BASE_URL, keepAlive: true, ...options };
  }

  // The same client with another token or other options.
  with(options) {
    return new Api({ ...this.options, ...options });
  }

  get(path, options) {
    return this.send('GET', path, options);
  }

  post(path, body, options) {
    return this.send('POST', path, { body, ...options });
  }

  put(path, body, options) {
    return this.send('PUT', path, { body, ...options });
  }

  delete(path, options) {
    return this.send('DELETE', path, options);
  }

  // What lies outside /api.
  site(path, options) {
    return this.send('GET', `${this.options.baseUrl}${path}`, options);
  }

  health() {
    return this.site('/healthz');
  }

  // path: '/holds' (below /api) or an absolute URL of the same service (payment.url).
  // options: body (sent as JSON), raw (string or Buffer sent as it is), query, token (null: none), headers, check (false: no contract),
  // expect (a status or a list: anything else throws). → {status, headers, body, text, bytes, code}
  async send(method, path, { body, raw, query, token = this.options.token, headers = {}, check = true, expect, timeout } = {}) {
    const target = new URL(this.options.baseUrl);
    let full = /^https?:/.test(path) ? path.replace(/^https?:\/\/[^/]+/, '') : `/api${path}`;
    if (query !== undefined) {
      full += `?${new URLSearchParams(query)}`;
    }
    const all = { Accept: 'application/json', ...this.options.headers, ...headers };
    if (token) all.Authorization ??= `Bearer ${token}`;
    if (body !== undefined) all['Content-Type'] ??= 'application/json';
    const answer = await exchange(target, {
      method,
      path: full,
      headers: all,
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
      keepAlive: this.options.keepAlive,
      timeout,
    });
    answer.text = answer.bytes.toString('utf8');
    if (/json/.test(answer.headers['content-type'] ?? '') && answer.bytes.length > 0) {
      answer.body = JSON.parse(answer.text);
    }
    answer.code = answer.body?.code; // of a problem
    const route = full.split('?')[0].replace(/^\/api/, '');
    if (check) {
      const wrong = complaints(method, route, answer);
      assert.ok(wrong.length === 0, `${method} ${full} → ${answer.status}: ${wrong.join('; ')}\n${answer.text.slice(0, 2000)}`);
    }
    if (expect !== undefined && ![expect].flat().includes(answer.status)) {
      assert.fail(`${method} ${full} → ${answer.status}, not ${expect}: ${answer.text.slice(0, 2000)}`);
    }
    return answer;
  }
}

export function client(options) {
  return new Api(options);
}
