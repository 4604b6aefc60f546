// A form that sends a request of one call to this service and shows what comes back.
import { element } from '/shared/element.js';
import { sample } from './schema.js';
import { send } from './sender.js';
import { bearer } from './token.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
let forms = 0;

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// The same request for a shell. The token is left to the shell, so that a line that is passed on gives nothing away.
function curlLine(call, { method, url, headers, body }) {
  const words = ['curl', '-i', ...(method === 'HEAD' ? ['-I'] : ['-X', method]), quoted(new URL(url, location.href).href)];
  if (call.token === 'needed' || headers.Authorization) words.push('-H', '"Authorization: Bearer $TOKEN"');
  for (const [name, value] of Object.entries(headers).filter(([name]) => name !== 'Authorization')) words.push('-H', quoted(`${name}: ${value}`));
  if (body !== undefined) words.push('--data-binary', quoted(body));
  return words.join(' ');
}

function labelled(label, input, note) {
  forms += 1;
  input.id = `try-${forms}`;
  return element('div', { class: 'field' }, element('label', { for: input.id }, label), input, note);
}

function parameterInput({ name, in: where, required, schema = {} }) {
  const options = schema.enum ?? (schema.type === 'boolean' ? [true, false] : null);
  const input = options
    ? element('select', {}, !required && element('option', { value: '' }, '(not sent)'), options.map((value) => element('option', { value }, String(value))))
    : element('input', { autocomplete: 'off', spellcheck: 'false', placeholder: schema.default === undefined ? null : `${schema.default}` });
  Object.assign(input.dataset, { name, where });
  if (required) input.required = true;
  return labelled(`${name}${required ? '' : ' (optional)'}, ${where}`, input);
}

function bodyText(call) {
  const kind = call.body?.kinds[0];
  if (kind === undefined || kind.type === 'application/x-www-form-urlencoded') return '';
  const value = kind.example ?? (call.body.required ? sample(kind.schema ?? {}) : undefined);
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

// {method, url, headers, body}: what the form says, the token too.
async function requestOf(call, form) {
  let url = call.address;
  const query = new URLSearchParams();
  const headers = {};
  for (const { value, dataset: { name, where } } of form.querySelectorAll('[data-name]')) {
    if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value));
    else if (value === '') continue;
    else if (where === 'query') query.append(name, value);
    else headers[name] = value;
  }
  const { method, body } = form.elements;
  const token = call.token === 'none' ? null : await bearer();
  if (token) headers.Authorization = `Bearer ${token}`;
  const sent = ['GET', 'HEAD'].includes(method.value) || !body || body.value === '' ? undefined : body.value;
  if (sent !== undefined) headers['Content-Type'] = call.body?.kinds[0]?.type ?? 'application/json';
  return { method: method.value, url: query.size > 0 ? `${url}?${query}` : url, headers, body: sent };
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Select the line and copy it';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 3000);
}

// The line for a shell follows what is typed.
function curlBox(call, form) {
  const line = element('pre', { tabindex: '0', class: 'code curl', 'aria-label': 'The same request with cURL' });
  const button = element('button', { type: 'button', class: 'button small' }, 'Copy');
  button.addEventListener('click', () => copy(line.textContent, button));
  const write = async () => { line.textContent = curlLine(call, await requestOf(call, form).catch(() => ({ method: 'GET', url: call.address, headers: {} }))); };
  form.addEventListener('input', write);
  document.addEventListener('token', write);
  write();
  return element('div', { class: 'stack' }, element('div', { class: 'row between' }, element('span', { class: 'small quiet' }, 'With cURL, $TOKEN being the token'), button), line);
}

function editors(call) {
  const method = element('select', { name: 'method' }, METHODS.map((name) => element('option', { value: name, selected: name === call.method }, name)));
  const body = element('textarea', { name: 'body', rows: Math.min(16, bodyText(call).split('\n').length + 1), spellcheck: 'false', value: bodyText(call) });
  return [labelled('Method', method), call.parameters.map(parameterInput), (call.body !== null || call.method !== 'GET') && labelled('Body', body)];
}

export function tryForm(call) {
  const answer = element('div', { class: 'try-answer', 'aria-live': 'polite' });
  const stop = element('button', { type: 'button', class: 'button', hidden: true }, 'Stop');
  const go = element('button', { class: 'button primary' }, 'Send');
  const form = element('form', { class: 'stack try-form' },
    call.method !== 'GET' && element('p', { class: 'note warn small' }, 'This changes what this service has stored.'),
    editors(call), element('div', { class: 'row' }, go, stop));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const aborter = new AbortController();
    const end = () => aborter.abort();
    stop.addEventListener('click', end, { once: true });
    stop.hidden = false;
    go.disabled = true;
    await send(await requestOf(call, form).catch(() => null), answer, aborter.signal);
    stop.removeEventListener('click', end);
    stop.hidden = true;
    go.disabled = false;
  });
  return element('div', { class: 'stack' }, form, curlBox(call, form), answer);
}
