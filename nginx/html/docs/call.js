// One call of the API: what it takes, what it answers, and a form to try it.
import { element } from '/shared/element.js';
import { inline, markdown } from './markdown.js';
import { fieldRow, fields } from './schema.js';
import { tryForm } from './try.js';

const json = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const TOKEN = { needed: 'Bearer token', possible: 'Bearer token possible', none: 'No token' };
const PLACES = { path: 'path', query: 'query', header: 'header', cookie: 'cookie' };

export const code = (text) => element('pre', { tabindex: '0', class: 'code' }, text);
const part = (title, ...content) => [element('h4', {}, title), ...content];

function example(kind) {
  return kind.example === undefined ? [] : [element('p', { class: 'small quiet' }, 'For example'), code(json(kind.example))];
}

function parameters(call) {
  if (call.parameters.length === 0) return [];
  return part('Parameters', element('ul', { class: 'fields' }, call.parameters.map((one) => fieldRow(one.name, one.schema ?? {}, {
    required: one.required, description: one.description, where: PLACES[one.in],
  }))));
}

function body(call) {
  if (call.body === null) return [];
  return part(`Body${call.body.required ? '' : ' (may be left out)'}`, call.body.kinds.map((kind) => [
    element('p', { class: 'small quiet' }, element('code', {}, kind.type)), fields(kind.schema ?? {}, 'required'), example(kind)]));
}

function answerContent({ kinds }) {
  return kinds.filter(({ schema }) => schema).map((kind) => element('details', { class: 'shape' },
    element('summary', {}, 'What it has ', element('code', {}, kind.type)), fields(kind.schema, 'always'), example(kind)));
}

function answers(call) {
  return part('Answers', element('dl', { class: 'answers' }, call.answers.map((answer) => [
    element('dt', { class: /^[23]/.test(answer.status) ? 'good' : '' }, answer.status),
    element('dd', {},
      element('div', {}, inline(answer.description)),
      answer.codes.length > 0 && element('p', { class: 'small codes' }, answer.codes.map((name) => [element('a', { href: `#code-${name}` }, name), ' '])),
      answer.extra.length > 0 && element('p', { class: 'small quiet' }, 'The problem carries ', answer.extra.map((name) => [element('code', {}, name), ' '])),
      answer.headers.length > 0 && element('p', { class: 'small quiet' }, 'Headers ', answer.headers.map((name) => [element('code', {}, name), ' '])),
      answerContent(answer))])));
}

// The form is made when it is asked for: 80 of them would be most of the page.
function trying(call) {
  const box = element('details', { class: 'try' }, element('summary', {}, 'Try it'));
  box.addEventListener('toggle', () => box.open && box.children.length === 1 && box.append(tryForm(call)));
  return box;
}

function fill(card, call) {
  card.append(element('div', { class: 'call-body' },
    call.description !== '' && element('div', { class: 'prose' }, markdown(call.description)),
    element('p', { class: 'row small' }, element('span', { class: 'tag' }, TOKEN[call.token]), element('a', { href: `#${call.id}` }, 'Link to this call')),
    trying(call), parameters(call), body(call), answers(call)));
}

// A card that is filled when it is opened for the first time. opened(): called then, and each time after.
export function callCard(call, opened) {
  const card = element('details', { class: 'call', id: call.id },
    element('summary', {},
      element('span', { class: `method ${call.method.toLowerCase()}` }, call.method),
      element('span', { class: 'call-name' }, element('code', {}, call.address), element('span', { class: 'quiet' }, call.summary))));
  card.fill = () => card.children.length === 1 && fill(card, call);
  card.addEventListener('toggle', () => {
    if (!card.open) return;
    card.fill();
    opened(call);
  });
  return card;
}
