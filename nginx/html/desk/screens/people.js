// People: found by address or name; their roles, and where they are logged in.
import { api, get } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element, field } from '/shared/element.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { actionButton, ask } from '../ask.js';
import { makeLedger, pagePath } from '../ledger.js';
import { moment } from '../sale-words.js';

const ROLES = ['user', 'staff', 'admin'];
const TYPING_MS = 250;

function roleBoxes(person) {
  const box = (role) => element('label', {}, element('input', { type: 'checkbox', name: 'roles', value: role, checked: person.roles.includes(role), 'aria-describedby': 'field-roles-note' }), t(`people.role-${role}`));
  return element('fieldset', { class: 'checks' }, element('legend', {}, t('people.roles')), ROLES.map(box), element('p', { id: 'field-roles-note', class: 'field-note' }, t('people.roles-hint')));
}

async function changeRoles(person) {
  return ask({
    title: t('people.roles-of', { name: person.fullName }),
    intro: element('p', { class: 'quiet' }, person.email),
    fields: roleBoxes(person),
    button: t('people.roles-save'),
    send: (values, form) => api('PUT', `/auth/users/${person.id}/roles`, { body: { roles: ROLES.filter((role) => form.querySelector(`[value="${role}"]`).checked) } }),
  });
}

function sessionLine(person, session, again) {
  const end = actionButton(t('people.end'), async () => {
    await api('DELETE', `/auth/users/${person.id}/sessions/${session.id}`).catch((error) => {
      if (error.status !== 404) throw error; // it has ended by itself
    });
    await again();
  }, 'small');
  return element('li', { class: 'row between', data: { session: session.id } },
    element('div', { class: 'stack tight' },
      element('p', { class: 'small' }, t('people.since'), ' ', moment(session.createdAt), session.current ? [' ', element('span', { class: 'tag good' }, t('people.current'))] : null),
      element('p', { class: 'small quiet' }, t('people.used'), ' ', moment(session.lastUsedAt))),
    end);
}

async function endAll(person, again) {
  const agreed = await confirm({ title: t('people.end-all'), text: t('people.end-all-how', { name: person.fullName }), yes: t('people.end-all'), dangerous: true });
  if (!agreed) return;
  await api('DELETE', `/auth/users/${person.id}/sessions`);
  await again();
}

// The sessions of a person, read when they are opened.
function sessions(person, signal) {
  const ledger = makeLedger({
    id: `sessions-${person.id}`,
    label: t('people.sessions-of', { name: person.fullName }),
    signal,
    line: (session) => sessionLine(person, session, () => ledger.again()),
    empty: () => t('people.no-sessions'),
    read: async (cursor) => {
      const page = await get(pagePath(`/auth/users/${person.id}/sessions`, {}, cursor), { signal });
      return { items: page.sessions, nextCursor: page.nextCursor };
    },
  });
  const all = actionButton(t('people.end-all'), () => endAll(person, ledger.again), 'small danger');
  const details = element('details', { class: 'office-details person-sessions' }, element('summary', {}, t('people.sessions')), element('div', { class: 'stack' }, ledger.element, element('div', {}, all)));
  details.addEventListener('toggle', () => details.open && ledger.again());
  return details;
}

const tags = (roles) => roles.map((role) => element('span', { class: `tag ${role === 'admin' ? 'warn' : ''}` }, t(`people.role-${role}`)));

function line(person, signal) {
  const roles = element('div', { class: 'row', 'aria-label': t('people.roles'), role: 'group' }, tags(person.roles));
  const change = actionButton(t('people.roles-change'), async () => {
    const changed = await changeRoles(person);
    if (changed === undefined) return;
    person.roles = changed.roles;
    roles.replaceChildren(...tags(changed.roles));
    toast(t('people.roles-saved', { name: person.fullName }));
  }, 'small');
  return element('li', { class: 'entry person-line', data: { person: person.id } },
    element('div', { class: 'stack tight' },
      element('h2', { class: 'person-name' }, person.fullName, person.id === user().id ? [' ', element('span', { class: 'tag good' }, t('people.you'))] : null),
      element('p', { class: 'small quiet' }, person.email)),
    roles,
    element('div', { class: 'row' }, change, element('a', { class: 'button small', href: `/desk/orders?user=${person.id}` }, t('people.orders'))),
    sessions(person, signal));
}

export function render({ main, title, query, signal }) {
  title(t('people.title'));
  let q = query.get('q') ?? '';
  const ledger = makeLedger({
    id: 'people',
    label: t('people.title'),
    signal,
    line: (person) => line(person, signal),
    empty: () => t('people.none'),
    read: async (cursor) => {
      const { users, nextCursor } = await get(pagePath('/auth/users', { q }, cursor), { signal });
      return { items: users, nextCursor };
    },
  });
  const form = element('form', { class: 'finder', role: 'search', onsubmit: (event) => event.preventDefault() },
    field({ name: 'q', label: t('people.search'), type: 'search', maxlength: 200, value: q, autocomplete: 'off' }));
  let typing;
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      q = form.elements.q.value.trim();
      history.replaceState(null, '', q ? `/desk/people?q=${encodeURIComponent(q)}` : '/desk/people');
      ledger.again();
    }, TYPING_MS);
  });
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('people.title')), form, ledger.element));
  ledger.again();
}
