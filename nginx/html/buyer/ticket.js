// A ticket as a card: seat, code, and what its owner may do with it.
import { api, post, request } from '/shared/api.js';
import { confirm, show as showDialog } from '/shared/dialog.js';
import { element, field } from '/shared/element.js';
import { money, time } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { makeForm } from '/shared/forms.js';
import { user } from '/shared/session.js';
import { dropTicket, keepTicket } from './kept.js';

const KINDS = { valid: 'good', checked_in: '', void: 'bad', pending: 'warn' };

// A file of the API, which asks for the token that a plain link does not send.
async function save(path, name) {
  try {
    const address = URL.createObjectURL(await (await request('GET', path)).blob());
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    toast(error.text ?? t('app.broken'), 'bad');
  }
}

export const saveOrderPdf = (order) => save(`/orders/${order.id}/tickets.pdf`, `tickets-${order.id.slice(0, 8)}.pdf`);

// The code as large as the screen, on white, while the screen stays on.
async function showLarge(ticket, image) {
  const dialog = showDialog(ticket.seatId, image, element('p', {}, t('ticket.bright')));
  dialog.classList.add('code-large');
  const lock = await navigator.wakeLock?.request('screen').catch(() => null);
  if (dialog.open) dialog.addEventListener('close', () => lock?.release());
  else lock?.release();
}

function codeButton(ticket, svg) {
  const source = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  return element('button', {
    class: 'qr', type: 'button', 'aria-label': t('ticket.large', { seat: ticket.seatId }),
    onclick: () => showLarge(ticket, element('img', { src: source, alt: t('ticket.code', { seat: ticket.seatId }) })),
  }, element('img', { src: source, alt: '' }));
}

async function showCode(place, ticket, event) {
  const svg = await (await request('GET', `/tickets/${ticket.id}/qr.svg`)).text();
  place.append(codeButton(ticket, svg));
  if (user()) keepTicket(user().id, ticket, event, svg);
}

function transferForm(ticket) {
  const form = makeForm({
    fields: [field({ name: 'email', label: t('ticket.to'), type: 'email', required: true, maxlength: 254, autocomplete: 'off' })],
    button: t('ticket.pass'),
    send: async ({ email }) => {
      const { claimCode } = await post(`/tickets/${ticket.id}/transfer`, { email });
      form.replaceWith(element('div', { class: 'stack' }, element('p', { role: 'status' }, t('ticket.passed', { email })), element('p', { class: 'code' }, claimCode)));
    },
  });
  return form;
}

function passOn(ticket, changed) {
  showDialog(t('ticket.pass-title', { seat: ticket.seatId }), element('p', {}, t('ticket.pass-how')), transferForm(ticket)).addEventListener('close', changed);
}

async function takeBack(ticket, changed) {
  if (!(await confirm({ title: t('ticket.back'), text: t('ticket.back-how'), yes: t('ticket.back') }))) return;
  try {
    await api('DELETE', `/tickets/${ticket.id}/transfer`);
  } catch (error) {
    toast(error.text, 'bad');
  }
  changed();
}

function actions(ticket, { transferable, changed }) {
  const button = (text, onclick) => element('button', { class: 'button small', type: 'button', onclick }, text);
  if (ticket.status === 'valid' && ticket.qr === null) return [element('p', { class: 'note warn' }, t('ticket.on-its-way')), button(t('ticket.back'), () => takeBack(ticket, changed))];
  if (ticket.qr === null) return [];
  const short = ticket.id.slice(0, 8);
  return [
    button(t('ticket.pdf'), () => save(`/tickets/${ticket.id}/ticket.pdf`, `ticket-${short}.pdf`)),
    button(t('ticket.calendar'), () => save(`/tickets/${ticket.id}/event.ics`, `show-${short}.ics`)),
    transferable && ticket.status === 'valid' ? button(t('ticket.pass'), () => passOn(ticket, changed)) : null,
  ];
}

function where(ticket) {
  const seat = ticket.row === undefined ? [] : [t('seat.row', { row: ticket.row }), t('seat.number', { number: String(ticket.number) })];
  return [ticket.zoneName ?? ticket.zone, ...seat, money(ticket.price, ticket.currency)];
}

function codePlace(ticket, event, code) {
  const place = element('div', {});
  if (code !== undefined) place.append(codeButton(ticket, code));
  else if (ticket.qr !== null) showCode(place, ticket, event).catch(() => place.append(element('p', { class: 'note bad' }, t('ticket.no-code'))));
  else dropTicket(ticket.id);
  return place;
}

// ticket: as the API tells it; options: event (of the show, for its zone), changed(): it was passed on or taken back; code: the picture of
// its code where it is known, without a network: nothing can be done with the ticket then but to show it
export function ticketCard(ticket, { event, changed, code, withEvent = false }) {
  const state = ticket.status === 'valid' && ticket.qr === null ? 'passing' : ticket.status;
  return element('li', { class: 'card ticket', data: { ticket: ticket.id } },
    element('div', { class: 'row between' }, element('h3', { class: 'seat' }, ticket.seatId), element('span', { class: `tag ${KINDS[ticket.status]}` }, t(`ticket.state-${state}`))),
    withEvent ? element('p', {}, element('strong', {}, ticket.event.title), element('br'), ticket.event.venue ?? '', ticket.event.venue ? element('br') : null, time(ticket.show.startsAt, event.timeZone)) : null,
    element('p', { class: 'quiet' }, where(ticket).join(' · ')),
    codePlace(ticket, event, code),
    code === undefined ? element('div', { class: 'row no-print' }, actions(ticket, { transferable: event.transferable, changed })) : null);
}
