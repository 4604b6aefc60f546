// The desk, in English. `{name}` is filled in; a text that counts has a form for each kind of number (Intl.PluralRules).
export default {
  'desk.name': 'Desk',
  'desk.overview': 'Overview',
  'desk.shop': 'The shop',
};
