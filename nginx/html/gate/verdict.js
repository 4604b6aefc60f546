// What the person at the door sees of a scan: the whole screen in one colour, with a symbol, a word and the seat.
import { element } from '/shared/element.js';
import { clock } from '/shared/format.js';
import { hasText, t } from '/shared/texts.js';
import { sound } from './sounds.js';

const GREEN_MS = 1000;
const SYMBOLS = { yes: '✓', again: '↻', no: '✕' };

function word({ kind, direction, reentry }) {
  if (kind === 'no') return t('gate.no');
  if (direction === 'out') return kind === 'yes' ? t('gate.yes-out') : t('gate.again-out');
  if (kind === 'again') return t('gate.again');
  return reentry ? t('gate.yes-again') : t('gate.yes');
}

export const reasonText = (reason) => (hasText(`gate.reason-${reason}`) ? t(`gate.reason-${reason}`) : reason);

function detail({ kind, reason, at, gate }, zone) {
  if (kind === 'no') return reasonText(reason);
  if (kind === 'yes') return null;
  const when = clock(at, zone);
  return gate ? t('gate.before-at', { when, gate }) : t('gate.before', { when });
}

export class Verdict {
  // said: the live region; zone: time zone of the venue
  constructor(said, zone) {
    Object.assign(this, { said, zone, shown: null });
    this.place = element('div', { class: 'verdict', id: 'verdict', hidden: true, onclick: () => this.hide() });
  }

  // verdict: of door.js; place: {seatId, zone}
  show(verdict, place, { quiet = false } = {}) {
    const lines = [word(verdict), place.seatId ?? null, place.zone ?? null, detail(verdict, this.zone), verdict.offline ? t('gate.offline-verdict') : null];
    clearTimeout(this.timer);
    this.shown = verdict;
    this.place.dataset.kind = verdict.kind;
    this.place.dataset.scan = verdict.scanId;
    this.place.replaceChildren(
      element('p', { class: 'symbol', 'aria-hidden': 'true' }, SYMBOLS[verdict.kind]),
      ...lines.map((line, i) => line && element('p', { class: ['word', 'seat', 'zone', 'detail', 'offline'][i] }, line)).filter(Boolean),
      element('button', { class: 'button', type: 'button' }, t('gate.next')));
    this.place.hidden = false;
    this.said.textContent = lines.filter(Boolean).join('. ');
    if (!quiet) sound(verdict.kind);
    if (verdict.kind === 'yes') this.timer = setTimeout(() => this.hide(), GREEN_MS);
  }

  hide() {
    clearTimeout(this.timer);
    this.shown = null;
    this.place.hidden = true;
  }
}
