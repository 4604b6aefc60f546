// The page of the API: all calls by subject, found by words, linked by address, tried in place.
import { element } from '/shared/element.js';
import { callCard } from './call.js';
import { load } from './contract.js';
import { markdown } from './markdown.js';
import { tokenBox } from './token.js';

const place = document.getElementById('calls');
const search = document.getElementById('search');
const found = document.getElementById('found');
const sectionId = (tag) => tag.toLowerCase().replaceAll(' ', '-');
let cards = []; // {call, card, link}

function section(tag, calls) {
  const mine = calls.filter((call) => call.tag === tag).map((call) => {
    const card = callCard(call, opened);
    const link = element('li', {}, element('a', { href: `#${call.id}` }, element('span', { class: `method ${call.method.toLowerCase()}` }, call.method), element('span', {}, call.path)));
    return { call, card, link };
  });
  cards.push(...mine);
  const heading = element('h2', { id: sectionId(tag) }, tag);
  return {
    list: element('section', { 'aria-labelledby': sectionId(tag), class: 'stack' }, heading, mine.map(({ card }) => card)),
    links: element('li', {}, element('a', { href: `#${sectionId(tag)}`, class: 'group' }, tag), element('ul', {}, mine.map(({ link }) => link))),
  };
}

// Every code with its statuses and the calls that may answer it.
function codes(calls) {
  const all = new Map();
  for (const call of calls) {
    for (const { status, codes: names } of call.answers) {
      for (const name of names) {
        const one = all.get(name) ?? { statuses: new Set(), calls: new Set() };
        one.statuses.add(status);
        one.calls.add(call);
        all.set(name, one);
      }
    }
  }
  const rows = [...all].sort(([a], [b]) => a.localeCompare(b)).map(([name, one]) => element('details', { class: 'call', id: `code-${name}` },
    element('summary', {}, element('code', {}, name), element('span', { class: 'quiet small' }, [...one.statuses].map((status) => (status === 'else' ? '414, 429, 431, 502 to 504' : status)).join(', '))),
    element('ul', { class: 'call-body code-calls' }, [...one.calls].map((call) => element('li', {}, element('a', { href: `#${call.id}` }, `${call.method} ${call.address}`))))));
  return element('section', { 'aria-labelledby': 'problem-codes', class: 'stack' }, element('h2', { id: 'problem-codes' }, 'Problem codes'),
    element('p', { class: 'quiet' }, 'The member code of a problem: stable, for programs. Each with its status and the calls that may answer it.'), rows);
}

// The address follows what is read, without a step in the history.
function opened({ id }) {
  if (location.hash !== `#${id}` && document.activeElement?.closest(`#${CSS.escape(id)}`)) history.replaceState(null, '', `#${id}`);
}

// Opens what the address names.
function followAddress() {
  const target = document.getElementById(location.hash.slice(1)); // the ids of calls need no escapes
  if (target === null) return;
  if (target instanceof HTMLDetailsElement) {
    target.hidden = false;
    target.fill?.();
    target.open = true;
    target.querySelector('summary').focus({ preventScroll: true });
  }
  target.scrollIntoView();
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { call, card, link } of cards) {
    const fits = words.every((word) => call.words.includes(word));
    card.hidden = !fits;
    link.hidden = !fits;
    count += fits ? 1 : 0;
  }
  for (const box of [...place.querySelectorAll('section'), ...document.querySelectorAll('#contents > li')]) {
    const mine = [...box.querySelectorAll(':scope > .call, :scope > ul > li')];
    box.hidden = words.length > 0 && mine.every((one) => one.hidden || one.id.startsWith('code-'));
  }
  if (words.length > 0) document.getElementById('list').open = true;
  found.textContent = words.length === 0 ? `${cards.length} calls` : count === 0 ? 'No call has all of these words.' : `${count} of ${cards.length} calls`;
}

function openAll({ target }) {
  const open = target.getAttribute('aria-pressed') !== 'true';
  for (const { card } of cards) {
    if (open) card.fill();
    card.open = open;
  }
  target.setAttribute('aria-pressed', String(open));
  target.textContent = open ? 'Close all' : 'Open all';
}

try {
  const { info, tags, calls } = await load();
  document.getElementById('about').replaceChildren(...markdown(info.description));
  const sections = tags.map((tag) => section(tag, calls));
  place.replaceChildren(...sections.map(({ list }) => list), codes(calls));
  document.getElementById('contents').replaceChildren(...sections.map(({ links }) => links), element('li', {}, element('a', { href: '#problem-codes', class: 'group' }, 'Problem codes')));
  document.getElementById('list').open = matchMedia('(min-width: 60rem)').matches;
  document.getElementById('login-line').textContent = document.getElementById('login-line').textContent.replace('http://localhost:4000', location.origin);
  search.addEventListener('input', filter);
  document.getElementById('open-all').addEventListener('click', openAll);
  addEventListener('hashchange', followAddress);
  filter();
  followAddress();
} catch (error) {
  console.warn(error);
  place.replaceChildren(element('p', { class: 'note bad', role: 'alert' }, 'openapi.json cannot be read just now. Load the page again, or read openapi.yaml.'));
  found.textContent = '';
}
tokenBox(document.getElementById('who'));
