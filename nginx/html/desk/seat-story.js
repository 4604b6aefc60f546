// What stands behind a seat: shown when it is chosen on the map or in the list.
import { show as showDialog } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';

export function tellSeat({ show, seat, letter, zoneName }) {
  const facts = [['plan.zone', zoneName ?? seat.zone], ['live.row', seat.row], ['live.seat-number', String(seat.number)], ['plan.price', money(seat.price, show.currency)], ['live.state', t(`live.state-${letter}`)]];
  return showDialog(t('live.seat', { seat: seat.seatId }), element('dl', { class: 'facts' }, facts.map(([key, value]) => [element('dt', {}, t(key)), element('dd', {}, value)])));
}
