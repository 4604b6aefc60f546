// Amounts as people type them, in the decimals of their currency. Digits are moved as text: no amount goes through a fraction.
import { minorToDecimal } from '/shared/format.js';

// How many decimals a currency has; 0 for what is no currency yet.
export function decimals(currency) {
  return /^[A-Z]{3}$/.test(currency) ? (minorToDecimal(0, currency).split('.')[1] ?? '').length : 0;
}

// "33.33" or "33,33" EUR → 3333; null for ''. Throws a RangeError for what is no amount of that currency.
export function toMinor(text, currency) {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  const digits = decimals(currency);
  const [, whole, fraction = ''] = /^(\d{1,13})(?:\.(\d*))?$/.exec(typed) ?? [];
  if (whole === undefined || fraction.length > digits) throw new RangeError(text);
  return Number(whole + fraction.padEnd(digits, '0'));
}
