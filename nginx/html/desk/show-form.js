// The form of a show: times on the venue's clock, and a price for each zone of the seat map in the decimals of the currency.
import { get, Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { minorToDecimal, money, time, zone as zoneText } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { decimals, toMinor } from './amount.js';
import { choice, group, suggested, tick } from './controls.js';
import { describeValue } from './event-form.js';
import { fromWall, toWall } from './zoned.js';

const TIMES = ['startsAt', 'endsAt', 'admissionStartAt', 'admissionEndAt', 'salesStartAt', 'salesEndAt'];
const FALLBACK_CURRENCY = 'VND'; // the API's own

export const blankShow = { startsAt: null, endsAt: null, admissionStartAt: null, admissionEndAt: null, salesStartAt: null, salesEndAt: null, reentry: false, outsideRefund: 'void', priceTiers: {} };

// A fault that the form finds by itself is shown as one of the API's.
const fault = (path, message) => new Problem(422, { code: 'VALIDATION_FAILED', errors: [{ path, message }] });

export class ShowForm {
  // event; show: as read, or blankShow; maps: of GET /seatmaps
  constructor({ event, show, maps }) {
    Object.assign(this, { event, show, maps });
    this.seatMapId = show.seatMapId ?? maps[0]?.id ?? '';
    this.currency = show.currency ?? FALLBACK_CURRENCY;
    this.prices = element('div', { class: 'prices' });
    this.zones = []; // {id, name, price} of the chosen seat map
  }

  fields() {
    const sample = this.show.startsAt ?? new Date().toISOString();
    const seatMap = choice({ name: 'seatMapId', label: t('field.seatMapId'), options: this.maps.map(({ id, name, seatCount }) => [id, t('programme.map-option', { name, count: seatCount })]), value: this.seatMapId });
    this.select = seatMap.querySelector('select');
    this.select.addEventListener('change', () => this.choose(this.select.value));
    this.currencyField = suggested({ name: 'currency', label: t('field.currency'), value: this.currency, required: true, maxlength: 3, pattern: '[A-Z]{3}', values: Intl.supportedValuesOf?.('currency') ?? [] });
    this.currencyField.querySelector('input').addEventListener('change', (event) => this.another(event.target.value));
    return [
      group('times', t('programme.times'), element('p', { class: 'quiet small' }, t('programme.times-in', { zone: zoneText(sample, this.event.timeZone) })), element('div', { class: 'pairs' }, TIMES.map((name) => this.time(name)))),
      group('seats', t('programme.seats-prices'), element('div', { class: 'pairs' }, seatMap, this.currencyField), this.prices),
      group('rules', t('programme.rules'),
        tick({ name: 'reentry', label: t('field.reentry'), hint: t('programme.reentry-hint'), checked: this.show.reentry }),
        choice({ name: 'outsideRefund', label: t('field.outsideRefund'), hint: t('programme.outside-hint'), options: ['void', 'keep'].map((name) => [name, t(`programme.outside-${name}`)]), value: this.show.outsideRefund })),
    ];
  }

  time(name) {
    return field({ name, type: 'datetime-local', label: t(`field.${name}`), hint: t(`programme.hint-${name}`), value: toWall(this.show[name], this.event.timeZone), required: name === 'startsAt', max: '9999-12-31T23:59' });
  }

  // Reads the zones of a seat map and makes a field for the price of each.
  async choose(seatMapId, prices = {}, currency = undefined) {
    this.seatMapId = seatMapId;
    if (seatMapId === '') return;
    this.prices.replaceChildren(element('p', { class: 'quiet' }, t('app.loading')));
    const { template } = await get(`/seatmaps/${encodeURIComponent(seatMapId)}`);
    if (this.seatMapId !== seatMapId) return;
    this.currency = currency ?? template.currency ?? FALLBACK_CURRENCY;
    this.currencyField.querySelector('input').value = this.currency;
    this.zones = template.zones.map(({ id, name }) => ({ id, name: name ?? id, price: prices[id] ?? template.priceTiers[id] }));
    const kept = Object.keys(prices).filter((id) => !this.zones.some((one) => one.id === id)); // of the version that the show was made with
    this.zones.push(...kept.map((id) => ({ id, name: id, price: prices[id] })));
    this.drawPrices();
  }

  get priceHint() {
    const digits = decimals(this.currency);
    return digits === 0 ? '' : t('programme.decimals', { count: digits });
  }

  drawPrices() {
    const hint = this.priceHint;
    this.prices.replaceChildren(...this.zones.map(({ id, name, price }) => field({
      name: `priceTiers.${id}`, label: t('programme.price-of', { zone: name, currency: this.currency }), hint, value: minorToDecimal(price, this.currency), required: true, inputmode: 'decimal', maxlength: 18, autocomplete: 'off',
    })));
  }

  // Numbers that were typed stay; those of the old currency go, because nobody sells at 1,200,000 euros what cost as many dong. The fields
  // stay the same ones: whoever has just gone on to a price goes on typing.
  another(typed) {
    const currency = typed.trim().toUpperCase();
    this.currencyField.querySelector('input').value = currency;
    if (!/^[A-Z]{3}$/.test(currency) || currency === this.currency) return;
    const before = this.currency;
    this.currency = currency;
    for (const { id, name, price } of this.zones) {
      const input = this.prices.querySelector(`#${CSS.escape(`field-priceTiers.${id}`)}`);
      if (input.value === minorToDecimal(price, before)) input.value = '';
      input.labels[0].textContent = t('programme.price-of', { zone: name, currency });
      const note = document.getElementById(input.getAttribute('aria-describedby'));
      note.dataset.hint = note.textContent = this.priceHint;
    }
  }

  moment(name, text) {
    if (text === toWall(this.show[name], this.event.timeZone)) return this.show[name]; // seconds and all
    try {
      return fromWall(text, this.event.timeZone);
    } catch {
      throw fault(name, t('programme.no-such-hour', { zone: this.event.timeZone }));
    }
  }

  amount(id, text, currency) {
    try {
      return toMinor(text, currency);
    } catch {
      throw fault(`priceTiers.${id}`, t('programme.no-amount', { currency }));
    }
  }

  // What the form says, as the API names it. Throws a Problem that names the field.
  read(values) {
    const currency = values.currency.trim().toUpperCase();
    return {
      ...Object.fromEntries(TIMES.map((name) => [name, this.moment(name, values[name])])),
      seatMapId: values.seatMapId, currency, reentry: 'reentry' in values, outsideRefund: values.outsideRefund,
      priceTiers: Object.fromEntries(this.zones.map(({ id }) => [id, this.amount(id, values[`priceTiers.${id}`], currency)])),
    };
  }

  describe = (name, value, before) => {
    if (TIMES.includes(name) && value) return time(value, this.event.timeZone);
    if (name === 'priceTiers' && value) return Object.entries(value).map(([zone, price]) => `${zone}: ${price === null ? t('change.nothing') : money(price, this.currency)}`).join(', ');
    if (name === 'outsideRefund') return t(`programme.outside-${value}`);
    return describeValue(name, value, before);
  };
}
