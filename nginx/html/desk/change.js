// Changing what another admin may be changing too: only what was edited is sent, and only if no other change came first (If-Match). Otherwise
// both changes are shown side by side, and the person chooses.
import { api, Problem, request } from '/shared/api.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

const ROUNDS = 5;

// → {body, tag}
export async function readTagged(path, signal) {
  const answer = await request('GET', path, { signal, headers: { 'Cache-Control': 'no-cache' } });
  return { body: await answer.json(), tag: answer.headers.get('ETag') };
}

export const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// The members of `wanted` that differ from `base`, as a merge patch: what is missing in `wanted` becomes null.
export function patchOf(base, wanted) {
  const patch = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (!same(base[name], value)) patch[name] = value ?? null;
  }
  return patch;
}

function row(name, { base, theirs, patch, describe }) {
  const cell = (key, text) => element('td', { data: { head: t(key) } }, text); // on a phone the heads stand beside the values
  const mine = name in patch ? describe(name, patch[name], base[name]) : t('change.untouched');
  return element('tr', {}, element('th', { scope: 'row' }, t(`field.${name}`)), cell('change.before', describe(name, base[name])), cell('change.theirs', describe(name, theirs[name])), cell('change.mine', mine));
}

// → 'mine', 'theirs', or '' when the person goes back to the form
function ask(told) {
  const { base, theirs, patch } = told;
  const names = Object.keys(base).filter((name) => name in patch || !same(base[name], theirs[name]));
  const shown = names.filter((name) => !['updatedAt', 'nextShowAt', 'salesOpen', 'seatMapVersion'].includes(name));
  return new Promise((resolve) => {
    const head = ['change.what', 'change.before', 'change.theirs', 'change.mine'].map((key) => element('th', { scope: 'col' }, t(key)));
    const dialog = element('dialog', { class: 'broad', 'aria-labelledby': 'dialog-title' },
      element('form', { method: 'dialog' },
        element('h2', { id: 'dialog-title' }, t('change.title')),
        element('p', {}, t('change.text')),
        element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': 'dialog-title' },
          element('table', { class: 'stacking' }, element('thead', {}, element('tr', {}, head)), element('tbody', {}, shown.map((name) => row(name, told))))),
        element('div', { class: 'actions' },
          element('button', { class: 'button', value: '' }, t('dialog.no')),
          element('button', { class: 'button', value: 'theirs' }, t('change.take-theirs')),
          element('button', { class: 'button primary', value: 'mine' }, t('change.keep-mine')))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Sends a merge patch of what stands at `path`.
// given: path; base, tag: as it was read; patch; describe(name, value, before) → text of a value for people
// → {saved: the body} or {theirs: {body, tag}} when the other's change was taken, or {back: true}
export async function change({ path, base, tag, patch, describe }) {
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      return { saved: await api('PATCH', path, { body: patch, headers: { 'If-Match': tag } }) };
    } catch (error) {
      if (error.code !== 'PRECONDITION_FAILED') throw error;
    }
    const theirs = await readTagged(path);
    const chosen = await ask({ base, theirs: theirs.body, patch, describe });
    if (chosen === 'theirs') return { theirs };
    if (chosen !== 'mine') return { back: true };
    ({ body: base, tag } = theirs);
  }
  throw new Problem(412, { code: 'PRECONDITION_FAILED' });
}
