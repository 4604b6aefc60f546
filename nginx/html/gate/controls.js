// The buttons of the scanner: torch, camera, typing, the menu. A device in kiosk mode has no menu until its PIN is typed.
import { element, field } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { askPin } from './kiosk.js';

function typed(scan) {
  const form = element('form', {},
    element('h2', { id: 'typed-title' }, t('gate.type')),
    field({ name: 'code', label: t('gate.code'), hint: t('gate.code-hint'), required: true, maxlength: 4296, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }),
    element('div', { class: 'actions' },
      element('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, t('dialog.close')),
      element('button', { class: 'button primary' }, t('gate.check'))));
  const dialog = element('dialog', { 'aria-labelledby': 'typed-title' }, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close();
    scan(form.elements.code.value);
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function torch(camera) {
  let on = false;
  const button = element('button', { class: 'button', type: 'button', 'aria-pressed': 'false', onclick: async () => {
    await camera.torch(!on).then(() => (on = !on), () => {});
    button.setAttribute('aria-pressed', String(on));
  } }, t('gate.torch'));
  return button;
}

// Shown where there is more than one camera.
async function cameras(place, camera, note) {
  const others = await camera.others().catch(() => []);
  if (others.length < 2) return;
  const select = element('select', { 'aria-label': t('gate.camera') }, others.map(({ id, label, current }, i) =>
    element('option', { value: id, selected: current }, label || t('gate.camera-number', { number: i + 1 }))));
  select.addEventListener('change', () => camera.open(select.value).then(() => (note.textContent = ''), () => (note.textContent = t('gate.no-camera'))));
  place.prepend(select);
}

// camera: null while there is none
export function controls(place, { camera, scan, settings, show, note }) {
  const menu = () => show('setup');
  place.replaceChildren(...[
    camera?.hasTorch ? torch(camera) : null,
    element('button', { class: 'button', type: 'button', onclick: () => typed(scan) }, t('gate.type')),
    settings.kiosk
      ? element('button', { class: 'button', type: 'button', onclick: () => askPin(settings.kiosk, menu) }, t('gate.leave'))
      : element('button', { class: 'button', type: 'button', onclick: menu }, t('gate.settings')),
  ].filter(Boolean));
  if (camera) cameras(place, camera, note);
}
