// Whose token the requests of this page carry: a pasted one, else that of the session that the pages share.
import { element } from '/shared/element.js';
import { accessToken, onSession, user } from '/shared/session.js';

let pasted = '';

// The token, or null. Rejects when the session has to be renewed and the service does not answer.
export const bearer = async () => pasted || accessToken();

const changed = () => document.dispatchEvent(new CustomEvent('token'));

function who() {
  if (pasted) return [element('strong', {}, 'the pasted token'), '.'];
  const person = user();
  if (person) return [element('strong', {}, person.email), ` (${person.roles.join(', ')}).`];
  return ['nobody: ', element('a', { href: '/login?next=/docs/' }, 'log in'), ', or paste a token.'];
}

// Fills `place`, and keeps it right.
export async function tokenBox(place) {
  const said = element('p', { class: 'small', 'aria-live': 'polite' });
  const write = () => {
    said.replaceChildren('Requests are sent as ', ...who());
    changed();
  };
  const input = element('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', placeholder: 'eyJ…' });
  input.addEventListener('input', () => {
    pasted = input.value.trim().replace(/^Bearer +/i, '');
    write();
  });
  place.replaceChildren(said, element('div', { class: 'field' }, element('label', { for: 'token' }, 'Another token (it stays on this page)'), input));
  onSession(write);
  await accessToken().catch(() => null);
  write();
}
