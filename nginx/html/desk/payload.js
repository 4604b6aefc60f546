// JSON as it came, folded until somebody wants to read it.
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';

export function payload(value) {
  const place = element('pre', { class: 'payload', tabindex: '0', role: 'region', 'aria-label': t('office.payload') });
  const details = element('details', { class: 'office-details' }, element('summary', {}, t('office.payload')), place);
  details.addEventListener('toggle', () => {
    if (details.open) place.textContent = JSON.stringify(value, null, 2);
  });
  return details;
}
