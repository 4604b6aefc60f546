// The choice of the language, at the foot of the gate's quiet screens.
import { element } from '/shared/element.js';
import { language, languages as known, setLanguage, t } from '/shared/texts.js';

export function languages() {
  return element('div', { class: 'row', role: 'group', 'aria-label': t('app.language') }, Object.entries(known).map(([code, name]) =>
    element('button', { class: 'link', type: 'button', lang: code, 'aria-pressed': String(code === language), onclick: () => setLanguage(code) }, name)));
}
