// How a person reads money and times: the one place of these pages that knows.
import { locale } from './texts.js';

// How many minor units make one: as the service counts them (ISO 4217, common/money.c). Where Intl has another opinion, this list is right.
const DIGITS = { CLF: 4, UYW: 4, UYI: 0 };

function digitsOf(currency) {
  if (currency in DIGITS) return DIGITS[currency];
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

// Minor units as a decimal text: 3333 EUR is "33.33". The digits are moved as text: no amount is rounded.
export function minorToDecimal(amount, currency) {
  const digits = digitsOf(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const cut = text.length - digits;
  return `${amount < 0 ? '-' : ''}${text.slice(0, cut)}${digits > 0 ? `.${text.slice(cut)}` : ''}`;
}

// `amount` minor units of a currency, with its code: "VND 1,200,000", "EUR 33.33".
export function money(amount, currency, language = locale) {
  const digits = digitsOf(currency);
  const value = minorToDecimal(amount, currency);
  const format = new Intl.NumberFormat(language, {
    style: 'currency', currency, currencyDisplay: 'code', minimumFractionDigits: digits, maximumFractionDigits: digits,
  });
  return format.format(value);
}

// "+09:00": how far the zone's clock is ahead at that moment.
function offset(moment, timeZone) {
  const part = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(moment).find(({ type }) => type === 'timeZoneName');
  return part.value === 'GMT' ? '+00:00' : part.value.slice(3);
}

// When, on the clock of the venue, with the zone and its offset in that hour: two hours that the clock shows twice read differently.
export function time(text, timeZone, language = locale) {
  const moment = new Date(text);
  const when = moment.toLocaleString(language, { dateStyle: 'full', timeStyle: 'short', timeZone });
  return `${when} (${zone(text, timeZone)})`;
}

// "Asia/Tokyo, UTC+09:00"
export function zone(text, timeZone) {
  return `${timeZone}, UTC${offset(new Date(text), timeZone)}`;
}

// "Mon, Dec 28" and "8:00 PM": where the zone is named beside them.
export function shortDay(text, timeZone, language = locale) {
  return new Date(text).toLocaleDateString(language, { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric', timeZone });
}

export function clock(text, timeZone, language = locale) {
  return new Date(text).toLocaleTimeString(language, { timeStyle: 'short', timeZone });
}

// The reader's own clock: for what happened to an order.
export function here(text, language = locale) {
  return new Date(text).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}

// Milliseconds as "4:05".
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
