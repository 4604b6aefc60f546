// What was sold each day, of the whole house or of one show: the days and what is counted are chosen, the curve follows.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { locale, number, t } from '/shared/texts.js';
import { choice } from './controls.js';
import { curve } from './curve.js';

const RANGES = [30, 90, 365]; // days
const DAY_MS = 86_400_000;

// "2026-12-01" is a day of the calendar, whatever zone the reader is in.
const dayText = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const before = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);

// '' counts tickets, a currency its revenue.
function measures(days) {
  const currencies = new Set(days.flatMap(({ amounts }) => amounts.map(({ currency }) => currency)));
  return [['', t('takings.tickets')], ...[...currencies].sort().map((currency) => [currency, t('takings.revenue-in', { currency })])];
}

function pointsOf(days, measure) {
  const value = (day) => (measure === '' ? day.tickets : day.amounts.find(({ currency }) => currency === measure)?.revenue ?? 0);
  return days.map((day) => ({ label: dayText(day.day), value: value(day), text: measure === '' ? number(value(day)) : money(value(day), measure) }));
}

export class Takings {
  // filter: '' for the whole house, or show=… of the API's question
  constructor(filter, signal) {
    Object.assign(this, { filter, signal, days: [], measure: '' });
    const range = choice({ name: 'range', label: t('takings.range'), options: RANGES.map((days) => [String(days), t('takings.days', { count: days })]), value: '30' });
    this.range = range.querySelector('select');
    this.range.addEventListener('change', () => this.read());
    this.choice = element('div', {});
    this.place = element('div', { 'aria-live': 'polite' });
    this.element = element('section', { class: 'stack', id: 'takings' }, element('h2', {}, t('takings.title')), element('div', { class: 'pairs narrowly' }, range, this.choice), this.place);
  }

  // The last day is today, or that of the show when it is over: the API knows.
  async read() {
    try {
      const wanted = Number(this.range.value);
      let sales = await get(`/reports/sales?${this.filter}`, { signal: this.signal });
      if (wanted !== 30) sales = await get(`/reports/sales?${this.filter}&from=${before(sales.to, wanted - 1)}&to=${sales.to}`, { signal: this.signal });
      this.days = sales.days;
      this.offer();
      this.draw();
    } catch (error) {
      if (this.signal.aborted) return;
      this.place.replaceChildren(element('p', { class: 'note bad row' }, error.text ?? t('app.broken'), element('button', { class: 'button small', type: 'button', onclick: () => this.read() }, t('app.again'))));
    }
  }

  offer() {
    const options = measures(this.days);
    if (!options.some(([value]) => value === this.measure)) this.measure = '';
    const field = choice({ name: 'measure', label: t('takings.measure'), options, value: this.measure });
    field.querySelector('select').addEventListener('change', (event) => {
      this.measure = event.target.value;
      this.draw();
    });
    this.choice.replaceChildren(field);
  }

  draw() {
    const points = pointsOf(this.days, this.measure);
    const total = points.reduce((sum, { value }) => sum + value, 0);
    if (total === 0) return this.place.replaceChildren(element('p', { class: 'note' }, t('takings.none')));
    const said = this.measure === '' ? t('takings.sum-tickets', { count: total }) : t('takings.sum-revenue', { amount: money(total, this.measure) });
    return this.place.replaceChildren(element('p', { class: 'lead' }, said), curve({ points, label: `${t('takings.title')}: ${said}`, first: t('takings.day'), second: measures(this.days).find(([value]) => value === this.measure)[1] }));
  }
}
