// A seat map as a text and as seats: what can be drawn of a template, what is wrong with it, and how it is written down.
import { t } from '/shared/texts.js';

const MOST_SEATS = 100_000; // as the API takes them
const MOST_FAULTS = 50;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function rowFaults(row, path) {
  if (!isObject(row)) return [{ path, message: t('plan.must-object') }];
  const faults = [];
  if (typeof row.id !== 'string' || row.id === '') faults.push({ path: `${path}.id`, message: t('plan.must-text') });
  for (const name of ['from', 'to']) if (!Number.isInteger(row[name])) faults.push({ path: `${path}.${name}`, message: t('plan.must-integer') });
  if (faults.length === 0 && row.to < row.from) faults.push({ path: `${path}.to`, message: t('plan.to-less') });
  return faults;
}

function zoneFaults(zone, path, prices) {
  if (!isObject(zone)) return [{ path, message: t('plan.must-object') }];
  const faults = [];
  if (typeof zone.id !== 'string' || zone.id === '') faults.push({ path: `${path}.id`, message: t('plan.must-text') });
  else if (!Object.hasOwn(prices, zone.id)) faults.push({ path: `${path}.id`, message: t('plan.no-price') });
  if (!Array.isArray(zone.rows) || zone.rows.length === 0) faults.push({ path: `${path}.rows`, message: t('plan.must-list') });
  else zone.rows.forEach((row, index) => faults.push(...rowFaults(row, `${path}.rows[${index}]`)));
  return faults;
}

// What keeps a template from being drawn, in the words of the API's faults: [{path, message}]. The API looks closer when it is stored.
export function faultsOf(template) {
  if (!isObject(template)) return [{ path: '$', message: t('plan.must-object') }];
  const faults = [];
  const prices = isObject(template.priceTiers) ? template.priceTiers : {};
  if (!isObject(template.priceTiers)) faults.push({ path: 'priceTiers', message: t('plan.must-object') });
  if (!Array.isArray(template.zones) || template.zones.length === 0) return [...faults, { path: 'zones', message: t('plan.must-list') }];
  template.zones.forEach((zone, index) => faults.push(...zoneFaults(zone, `zones[${index}]`, prices)));
  if (faults.length === 0 && countSeats(template) > MOST_SEATS) faults.push({ path: 'zones', message: t('plan.too-many', { count: MOST_SEATS }) });
  return faults.slice(0, MOST_FAULTS);
}

export const countSeats = ({ zones }) => zones.reduce((sum, { rows }) => sum + rows.reduce((seats, { from, to }) => seats + to - from + 1, 0), 0);

// The seats of a template without faults, in seat map order, as GET /shows/:id/seatmap lists them.
export function seatsOf(template) {
  const seats = [];
  for (const zone of template.zones) {
    for (const row of zone.rows) {
      for (let number = row.from; number <= row.to; number += 1) {
        const seatId = template.format === 'ZONE_ROW_NUM' ? `${zone.id}-${row.id}-${number}` : `${row.id}${number}`;
        seats.push({ seatId, zone: zone.id, row: row.id, number, price: template.priceTiers[zone.id] });
      }
    }
  }
  return seats;
}

// A template as a text with a line for each row, so that a fault has a line of its own.
export function written(template) {
  const zone = ({ rows, ...rest }) => {
    const head = JSON.stringify(rest).slice(0, -1);
    return `    ${head}, "rows": [\n${rows.map((row) => `      ${JSON.stringify(row)}`).join(',\n')}\n    ]}`;
  };
  const { zones, ...rest } = template;
  const members = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${[...members, `  "zones": [\n${zones.map(zone).join(',\n')}\n  ]`].join(',\n')}\n}\n`;
}
