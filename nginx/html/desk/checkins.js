// The evening at the doors: how many are in, by zone and by gate, the last scans, and the conflicts of gates that had no network.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { clock, shortDay } from '/shared/format.js';
import { hasText, t } from '/shared/texts.js';

const LAST = 20;

const head = (...keys) => element('thead', {}, element('tr', {}, keys.map((key) => element('th', { scope: 'col' }, t(key)))));
const cells = (...values) => values.map((value) => element('td', { class: 'number' }, t('live.number', { count: value })));
const scroll = (label, table) => element('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': label }, table);

function meter(done, of, label) {
  const share = of === 0 ? 0 : Math.round((100 * done) / of);
  return element('div', { class: 'meter' }, element('progress', { max: String(Math.max(of, 1)), value: String(done), 'aria-label': label }), element('span', { class: 'number small' }, t('live.of', { done, of, share })));
}

function zoneTable({ zones }) {
  return scroll(t('live.by-zone'), element('table', { class: 'numbers' }, head('plan.zone', 'live.tickets', 'live.came', 'live.inside-now'),
    element('tbody', {}, zones.map((zone) => element('tr', {}, element('th', { scope: 'row' }, zone.zoneName), cells(zone.tickets, zone.checkedIn, zone.inside))))));
}

function gateTable({ gates }) {
  return scroll(t('live.by-gate'), element('table', { class: 'numbers' }, head('live.gate', 'live.entries', 'live.exits', 'live.duplicates', 'live.refusals'),
    element('tbody', {}, gates.map((gate) => element('tr', {}, element('th', { scope: 'row' }, gate.gate ?? t('live.no-gate')), cells(gate.entries, gate.exits, gate.duplicates, gate.refused))))));
}

const when = (moment, zone) => `${shortDay(moment, zone)}, ${clock(moment, zone)}`;
const reasonText = (name) => (hasText(`doors.reason-${name}`) ? t(`doors.reason-${name}`) : name);

function scanLine(scan, zone) {
  const kind = { accepted: 'good', duplicate: 'warn', refused: 'bad', undone: '' }[scan.outcome];
  const why = scan.reason ?? scan.flag;
  return element('li', { class: 'line scan' },
    element('div', {},
      element('p', {}, element('span', { class: `tag ${kind}` }, t(`live.outcome-${scan.outcome}`)), ' ', element('strong', {}, scan.seatId ?? t('live.no-seat')), scan.direction === 'out' ? ` ${t('live.going-out')}` : ''),
      element('p', { class: 'quiet small' }, when(scan.scannedAt, zone), scan.gate ? ` · ${scan.gate}` : '', why ? ` · ${reasonText(why)}` : ''),
      scan.flag && scan.earlier ? element('p', { class: 'small' }, t('live.earlier', { when: when(scan.earlier.scannedAt, zone), gate: scan.earlier.gate ?? t('live.no-gate') })) : null));
}

// The part of the show's page about the doors. → {element, show(totals)}
export class CheckIns {
  constructor(show, event, signal) {
    Object.assign(this, { show, event, signal });
    this.progress = element('div', { class: 'stack' });
    this.scans = element('ul', { class: 'lines' });
    this.conflicts = element('div', { class: 'stack' });
    this.element = element('section', { class: 'stack', id: 'checkins', 'aria-live': 'off' }, element('h2', {}, t('live.doors')), this.progress, this.conflicts,
      element('details', {}, element('summary', {}, t('live.last-scans')), this.scans));
  }

  update(totals) {
    const { tickets, checkedIn, inside, gates, zones } = totals;
    const parts = [meter(checkedIn, tickets, t('live.came')), element('p', { class: 'quiet' }, t('live.inside', { count: inside }))];
    if (gates.length > 0) parts.push(element('div', { class: 'pairs' }, zoneTable({ zones }), gateTable({ gates })));
    this.progress.replaceChildren(...parts);
    return this.read();
  }

  async read() {
    try {
      const path = `/shows/${this.show.id}/checkins/scans?limit=${LAST}`;
      const [last, flagged] = await Promise.all([get(path, { signal: this.signal }), get(`${path}&flagged=true`, { signal: this.signal })]);
      const lines = last.scans.map((scan) => scanLine(scan, this.event.timeZone));
      this.scans.replaceChildren(...(lines.length > 0 ? lines : [element('li', { class: 'quiet' }, t('live.no-scans'))]));
      this.conflicts.replaceChildren(...(flagged.scans.length === 0 ? [] : [
        element('h3', {}, t('live.conflicts')), element('p', { class: 'quiet' }, t('live.conflicts-what')),
        element('ul', { class: 'lines' }, flagged.scans.map((scan) => scanLine(scan, this.event.timeZone))),
        flagged.nextCursor === null ? '' : element('p', { class: 'quiet small' }, t('live.more-conflicts', { count: LAST })),
      ]));
    } catch (error) {
      if (!this.signal.aborted) this.scans.replaceChildren(element('li', { class: 'note bad' }, error.text ?? t('app.broken')));
    }
  }
}
