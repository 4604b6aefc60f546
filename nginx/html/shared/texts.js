// The words of the pages. One file a language lies in texts/; a word is found by its key: t('events.search').
import en from './texts/en.js';
import vi from './texts/vi.js';

const LANGUAGES = { en, vi };
const KEPT = 'language'; // in localStorage

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage is switched off
  }
}

function choose() {
  const wanted = [kept(), ...navigator.languages].filter(Boolean);
  return wanted.map((name) => name.slice(0, 2).toLowerCase()).find((name) => name in LANGUAGES) ?? 'en';
}

export const language = choose();
// For Intl: the reader's own kind of the language, en-GB or en-US.
export const locale = navigator.languages.find((name) => name.toLowerCase().startsWith(language)) ?? language;
export const languages = { en: 'English', vi: 'Tiếng Việt' };

const texts = LANGUAGES[language];
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
