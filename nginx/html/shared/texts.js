// The words of the pages: t('events.search'). Each audience has a file of them a language, beside the file of those that all pages say:
// texts/en/buyer.js and texts/en/shared.js. Only the reader's language is loaded, and only what the document asks for: <html data-pages="buyer">.
const KEPT = 'language'; // in localStorage
export const languages = { en: 'English', vi: 'Tiếng Việt' };

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage is switched off
  }
}

function choose() {
  const wanted = [kept(), ...navigator.languages].filter(Boolean);
  return wanted.map((name) => name.slice(0, 2).toLowerCase()).find((name) => name in languages) ?? 'en';
}

export const language = choose();
// For Intl: the reader's own kind of the language, en-GB or en-US.
export const locale = navigator.languages.find((name) => name.toLowerCase().startsWith(language)) ?? language;
const parts = ['shared', ...document.documentElement.dataset.pages.split(' ')];
const texts = Object.assign({}, ...(await Promise.all(parts.map((part) => import(`./texts/${language}/${part}.js`)))).map((part) => part.default));
const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

export const number = (value) => numbers.format(value);

// `{name}` in the text is replaced by values.name. A text with several forms is chosen by values.count.
export function t(key, values = {}) {
  const found = texts[key];
  const text = typeof found === 'object' ? (found[plurals.select(values.count)] ?? found.other) : found;
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (typeof values[name] === 'number' ? number(values[name]) : String(values[name] ?? whole)));
}

// Has the language a text of that name? For texts that belong to what the service says, such as codes of problems.
export const hasText = (key) => key in texts;

export function setLanguage(name) {
  try {
    localStorage.setItem(KEPT, name);
  } catch {
    return; // the choice lasts for this page only
  }
  location.reload();
}
