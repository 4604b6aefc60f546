// The desk's first page: how the sale goes, and what needs somebody.
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

export function render({ main, title }) {
  title(t('desk.overview'));
  main.replaceChildren(element('div', { class: 'wide stack' }, element('h1', { tabindex: '-1' }, t('desk.overview'))));
}
