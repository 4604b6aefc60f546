// The API as the pages use it: the token is sent along, a busy service is asked again, and what goes wrong is a Problem (RFC 9457).
import { accessToken } from './session.js';
import { hasText, t } from './texts.js';

const TRIES = 4;
const LONGEST_WAIT_MS = 10_000;
const BACK_MS = 4000;
let clockAhead = 0; // ms that the service's clock is ahead of ours

export class Problem extends Error {
  // body: the problem object; without one, the service could not be reached.
  constructor(status, body = {}) {
    super(body.title ?? 'no answer');
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'OFFLINE' : 'UNAVAILABLE');
    this.body = body;
  }

  // What went wrong, for people, in their language where it is known.
  get text() {
    const key = `problem.${this.code}`;
    return hasText(key) ? t(key) : `${this.body.title ?? ''} ${this.body.detail ?? ''}`.trim();
  }
}

// The service's time in ms: a countdown must not depend on a clock that is wrong.
export const now = () => Date.now() + clockAhead;

export const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`);

const wait = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});

// Until it is worth asking again after a failure that may pass: the network is back, or some seconds are over.
export function mayBeBack(signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, BACK_MS);
    addEventListener('online', resolve, { once: true, signal });
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

async function once(method, path, { body, key, headers: more, signal, spent }) {
  const headers = { Accept: 'application/json', ...more };
  const token = await accessToken(spent);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  const answer = await fetch(`/api${path}`, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  const date = Date.parse(answer.headers.get('Date') ?? '');
  if (!Number.isNaN(date) && Math.abs(date - Date.now()) > 2000) clockAhead = date - Date.now();
  return { answer, token };
}

async function problemOf(answer) {
  try {
    return new Problem(answer.status, await answer.json());
  } catch {
    return new Problem(answer.status);
  }
}

const pause = (answer, attempt) => Math.min(LONGEST_WAIT_MS, (Number(answer?.headers.get('Retry-After')) || 2 ** attempt) * 1000);

// Sends a request until it is answered; → the Response. Only what may be sent twice is: reads, and writes with a key.
// options: body, key (Idempotency-Key), headers (If-Match, …), signal, onwait(): called before it is sent again
export async function request(method, path, options = {}) {
  const again = method === 'GET' || options.key !== undefined;
  let spent;
  for (let attempt = 0; ; attempt += 1) {
    let result;
    try {
      result = await once(method, path, { ...options, spent });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (!again || attempt + 1 >= TRIES) throw new Problem(0);
    }
    const { answer, token } = result ?? {};
    if (answer?.ok) return answer;
    if (answer?.status === 401 && token && spent === undefined) {
      spent = token; // ended early: once more with a new one
      continue;
    }
    const busy = answer === undefined || [429, 502, 503, 504].includes(answer.status);
    if (!busy || !again || attempt + 1 >= TRIES) throw await problemOf(answer);
    options.onwait?.();
    await wait(pause(answer, attempt), options.signal);
  }
}

// The same, → the parsed JSON of the answer; null when it has none.
export async function api(method, path, options) {
  const answer = await request(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path, options) => api('GET', path, options);
export const post = (path, body, options) => api('POST', path, { body, ...options });
