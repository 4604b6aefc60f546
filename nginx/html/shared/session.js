// Who uses the page. The access token lives in this module's memory; the refresh token in a cookie that no script can read. What stays in
// localStorage is only that there may be a session, so that a visitor without one is not asked for it.
const MARK = 'session';
const EARLY_MS = 30_000; // renew so long before the token ends

let token = null;
let endsAt = 0;
const listeners = new Set();
const channel = new BroadcastChannel('session');

function storage(action) {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
}

const marked = () => storage((kept) => kept.getItem(MARK)) !== null;

function claims() {
  if (token === null) return null;
  const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

// {id, email, fullName, roles, session, guest: without an account}; null: nobody is logged in.
export function user() {
  const read = claims();
  return read && { id: read.sub, email: read.email, fullName: read.name, roles: read.roles, session: read.sid, guest: read.guest === true };
}

// There is a session, but the service could not say so just now: nobody is to be sent to the login.
export const isUncertain = () => token === null && marked();

// Calls listener({ended}) after each login, logout or end of the session; ended: it ended without being asked to.
export function onSession(listener) {
  listeners.add(listener);
}

function take(newToken, expiresIn) {
  const before = user()?.id;
  token = newToken;
  endsAt = newToken === null ? 0 : Date.now() + expiresIn * 1000;
  storage((kept) => (newToken === null ? kept.removeItem(MARK) : kept.setItem(MARK, '1')));
  return before !== user()?.id;
}

function tell(ended) {
  for (const listener of listeners) listener({ ended });
}

channel.addEventListener('message', ({ data }) => {
  if (take(data.token, data.expiresIn)) tell(data.ended === true);
});

function takeAndShare(newToken, expiresIn, ended = false) {
  const other = take(newToken, expiresIn);
  channel.postMessage({ token: newToken, expiresIn, ended });
  if (other) tell(ended);
}

function send(path, body) {
  return fetch(`/api/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Session': 'cookie' },
    body: JSON.stringify(body),
  });
}

// One tab at a time renews the session; the others wait, and find the token that it has shared.
function alone(action) {
  return navigator.locks ? navigator.locks.request('session', action) : action();
}

async function renew(spent) {
  if (token !== null && token !== spent && Date.now() < endsAt - EARLY_MS) return;
  const answer = await send('refresh', {});
  if (answer.status === 401) return void takeAndShare(null, 0, true);
  if (!answer.ok) return; // the service is busy: the token stays what it is
  const body = await answer.json();
  takeAndShare(body.token, body.expiresIn);
}

// The access token, renewed when it has run out, or is `spent`; null without a session. Throws when the service cannot be reached.
export async function accessToken(spent) {
  const fresh = token !== null && token !== spent && Date.now() < endsAt - EARLY_MS;
  if (!fresh && marked()) await alone(() => renew(spent));
  return token;
}

async function begin(path, body) {
  const answer = await send(path, body);
  if (answer.ok) {
    const { token: newToken, expiresIn } = await answer.clone().json();
    takeAndShare(newToken, expiresIn);
  }
  return answer;
}

// The answer to the login; the session has begun when it is ok.
export const login = (email, password) => begin('login', { email, password });

// The same for somebody who buys without an account.
export const beginGuest = (email, fullName) => begin('guest', { email, fullName });

// The same for a guest who comes back by the link of a mail.
export const openGuest = (key) => begin('guest/open', { key });

// Makes the token say what the account is now: a guest has become an account.
export const renewSession = () => alone(() => renew(token));

export async function logout() {
  await send('logout', {});
  takeAndShare(null, 0);
  await globalThis.caches?.delete('tickets').catch(() => {}); // of buyer/kept.js, whichever page is open
}
