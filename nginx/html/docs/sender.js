// Sends one request and shows its answer: status, headers, body. A stream is shown as it comes, until it is stopped.
import { element } from '/shared/element.js';

const MOST = 256 * 1024; // bytes of an answer that are shown

const isText = (type) => /^text\/|json|xml|yaml|javascript/.test(type);

function pretty(text, type) {
  if (!/json/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function showText(response, type, place) {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  let size = 0;
  try {
    for (let part = await reader?.read(); part && !part.done && size < MOST; part = await reader.read()) {
      size += part.value.length;
      text += decoder.decode(part.value, { stream: true });
      place.textContent = text;
    }
    place.textContent = pretty(text, type);
  } finally {
    if (size >= MOST) place.append('\n… and more, which is not shown.');
    reader?.cancel().catch(() => {});
  }
}

async function showFile(response, type, place) {
  const blob = await response.blob();
  const name = decodeURIComponent(new URL(response.url).pathname.split('/').at(-1));
  place.replaceWith(element('p', {}, `${blob.size} bytes of ${type || 'no stated type'}. `, element('a', { href: URL.createObjectURL(blob), download: name }, `Save ${name}`)));
}

function showHead(response, milliseconds, place) {
  const kind = response.ok || response.status < 400 ? 'good' : 'bad';
  const headers = element('dl', { class: 'facts small' }, [...response.headers].map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
  const body = element('pre', { tabindex: '0', class: 'code answer-body', 'aria-label': 'Body of the answer' });
  place.replaceChildren(
    element('p', { class: `tag ${kind} answer-status` }, `${response.status} ${response.statusText}`.trim()),
    element('p', { class: 'small quiet' }, `after ${milliseconds} ms`),
    element('details', {}, element('summary', {}, 'Headers'), headers), body);
  return body;
}

// request: {method, url, headers, body}; null: there is no token to be had, for the service does not answer.
export async function send(request, place, signal) {
  place.replaceChildren(element('p', { class: 'quiet' }, 'Sending…'));
  const began = performance.now();
  try {
    if (request === null) throw new TypeError('no token');
    const { method, url, headers, body } = request;
    const response = await fetch(url, { method, headers, body, signal, cache: 'no-store' });
    const shown = showHead(response, Math.round(performance.now() - began), place);
    const type = response.headers.get('Content-Type') ?? '';
    if (response.body === null || method === 'HEAD' || response.status === 204) shown.textContent = '(no body)';
    else if (type === '' || isText(type)) await showText(response, type, shown);
    else await showFile(response, type, shown);
  } catch (error) {
    const text = signal.aborted ? 'Stopped.' : `The service cannot be reached, or a header has characters that none may have (${error.message}).`;
    place.append(element('p', { class: signal.aborted ? 'quiet' : 'note bad' }, text));
    if (place.firstChild.textContent === 'Sending…') place.firstChild.remove();
  }
}
