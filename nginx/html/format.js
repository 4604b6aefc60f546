// How a person reads money and times: the one place of these pages that knows.

// How many minor units make one: as the service counts them (ISO 4217, common/money.c). Where Intl has another opinion, this list is right.
const DIGITS = { CLF: 4, UYW: 4, UYI: 0 };

function digitsOf(currency) {
  if (currency in DIGITS) return DIGITS[currency];
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

// `amount` minor units of a currency, with its code: "VND 1,200,000", "EUR 33.33". The digits are moved as text: no amount is rounded.
export function money(amount, currency, language) {
  const digits = digitsOf(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const cut = text.length - digits;
  const value = `${amount < 0 ? '-' : ''}${text.slice(0, cut)}${digits > 0 ? `.${text.slice(cut)}` : ''}`;
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
export function time(text, timeZone, language) {
  const moment = new Date(text);
  const when = moment.toLocaleString(language, { dateStyle: 'full', timeStyle: 'short', timeZone });
  return `${when} (${timeZone}, UTC${offset(moment, timeZone)})`;
}

export function day(text, timeZone, language) {
  return new Date(text).toLocaleDateString(language, { dateStyle: 'medium', timeZone });
}
