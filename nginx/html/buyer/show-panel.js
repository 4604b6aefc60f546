// What the buyer has chosen, and the way from there to the payment: hold, more time, pay, give back.
import { api, newKey, now, post, Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { countdown, money } from '/shared/format.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { readHold } from './house.js';
import { askWho } from './who.js';

const SOON_MS = 60_000;
const TICK_MS = 250;
const PULL = 16; // pixels

export class ShowPanel {
  constructor(house, page) {
    Object.assign(this, { house, page });
    this.key = null; // of the hold that is being asked for: the same until it is answered
    this.notices = element('div', { class: 'stack notices', role: 'status' });
    this.body = element('div', { class: 'stack', id: 'panel-body' });
    this.left = element('strong', { class: 'number countdown' });
    this.element = element('section', { class: 'card stack panel', id: 'panel', data: { open: 'false' }, 'aria-labelledby': 'panel-title' },
      this.handle(), element('h2', { id: 'panel-title' }, t('show.yours')), this.notices, this.body);
    const timer = setInterval(() => this.tick(), TICK_MS);
    page.signal.addEventListener('abort', () => clearInterval(timer));
  }

  // On a phone the panel is a sheet at the lower edge, which shows the seats one by one when its handle is pressed or pulled up.
  handle() {
    let [from, pulled] = [null, false];
    const open = (yes) => {
      this.element.dataset.open = String(yes);
      handle.setAttribute('aria-expanded', String(yes));
    };
    const handle = element('button', {
      class: 'handle', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'panel-body', 'aria-label': t('show.panel'),
      onclick: () => pulled || open(this.element.dataset.open !== 'true'),
      onkeydown: () => (pulled = false),
      onpointerdown: (event) => {
        [from, pulled] = [event.clientY, false];
        handle.setPointerCapture(event.pointerId);
      },
      onpointermove: (event) => {
        if (from === null || Math.abs(event.clientY - from) < PULL) return;
        open(event.clientY < from);
        [from, pulled] = [null, true];
      },
    });
    return handle;
  }

  notice(text, kind = 'warn') {
    this.notices.replaceChildren(element('p', { class: `note ${kind}` }, text));
  }

  // What goes wrong is said where the buyer looks; the panel is drawn anew whatever happens.
  async act(action) {
    if (this.house.busy) return;
    this.house.busy = true;
    this.show();
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await this.failed(error);
    } finally {
      this.house.busy = false;
      this.show();
    }
  }

  async failed(error) {
    if (error.code === 'SEATS_UNAVAILABLE') {
      await this.house.live.refresh();
      this.house.drop(error.body.seats);
    } else if (['HOLD_EXPIRED', 'HOLD_NOT_FOUND'].includes(error.code)) {
      await this.expired();
    } else if (error.code === 'UNAUTHORIZED') {
      this.page.go(this.page.loginAddress());
    } else {
      this.notice(error.text, 'bad');
    }
  }

  async expired() {
    this.notice(t('show.expired'));
    await this.house.release();
  }

  hold() {
    if (user() === null) return askWho(this.page, () => this.hold());
    this.key ??= newKey();
    return this.act(async () => {
      try {
        const held = await post('/holds', { showId: this.house.show.id, seats: this.house.seatIds() }, { key: this.key, onwait: () => toast(t('app.waiting')) });
        this.key = null;
        this.notices.replaceChildren();
        this.house.setHold(held);
        this.element.scrollIntoView({ block: 'nearest' });
        this.pay?.focus();
      } catch (error) {
        if (error.code !== 'OFFLINE') this.key = null; // without an answer it may have been made: the same key asks for the same hold
        throw error;
      }
    });
  }

  extend() {
    return this.act(async () => {
      this.house.setHold(await post(`/holds/${this.house.hold.holdId}/extend`));
      this.notice(t('show.extended'), 'good');
    });
  }

  giveBack() {
    return this.act(async () => {
      await api('DELETE', `/holds/${this.house.hold.holdId}`);
      this.notices.replaceChildren();
      await this.house.release();
    });
  }

  checkout() {
    return this.act(async () => {
      const { holdId } = this.house.hold;
      const order = await post('/checkout', { holdId }, { key: `checkout-${holdId}`, onwait: () => toast(t('app.waiting')) });
      this.house.chosen.clear();
      this.house.keep();
      if (!order.payment.url) return this.page.go(`/orders/${order.id}`);
      history.replaceState(null, '', `/orders/${order.id}`); // Back leads to the order, which waits for its payment
      location.assign(order.payment.url);
    });
  }

  async tick() {
    const { hold } = this.house;
    if (hold === null) return;
    const left = hold.expiresAt - now();
    this.left.textContent = countdown(left);
    this.left.classList.toggle('bad', left < SOON_MS);
    if (left > 0 || this.asking || this.house.busy) return;
    this.asking = true;
    const found = await readHold(this.house.show.id, this.page.signal).catch(() => hold);
    this.asking = false;
    if (this.house.hold !== hold) return;
    if (found === null || found.holdId !== hold.holdId) await this.expired();
    else this.house.setHold(found);
  }

  line(index) {
    const seat = this.house.seats[index];
    const name = [this.house.zoneNames.get(seat.zone) ?? seat.zone, t('seat.row', { row: seat.row }), t('seat.number', { number: String(seat.number) })].join(' · ');
    const remove = this.house.hold === null
      ? element('button', { class: 'link', type: 'button', 'aria-label': t('show.remove', { seat: seat.seatId }), onclick: () => this.house.toggle(index) }, '✕') : null;
    return element('li', { data: { seat: seat.seatId } }, element('span', {}, element('strong', {}, seat.seatId), element('span', { class: 'where quiet small' }, element('br'), name)),
      element('span', { class: 'price number' }, money(seat.price, this.house.currency)), remove);
  }

  button(text, kind, action, disabled = false) {
    return element('button', { class: `button ${kind}`, type: 'button', 'aria-disabled': disabled || this.house.busy ? 'true' : null, onclick: () => disabled || this.house.busy || action() }, text);
  }

  primary() {
    const { house } = this;
    if (house.hold !== null) {
      this.pay = this.button(t('show.pay'), 'primary', () => this.checkout());
      return this.pay;
    }
    if (!house.show.salesOpen || house.chosen.size === 0) return null;
    return this.button(t('show.hold'), 'primary', () => this.hold());
  }

  held() {
    return element('div', { class: 'row between held-line' },
      element('p', { role: 'timer', 'aria-live': 'off' }, t('show.held-for'), ' ', this.left), this.button(t('show.extend'), 'small', () => this.extend()));
  }

  lines() {
    const { house } = this;
    if (house.chosen.size === 0) return element('p', { class: house.show.salesOpen ? 'quiet' : 'note warn' }, t(house.show.salesOpen ? 'show.choose' : 'event.closed'));
    return element('ul', { class: 'lines chosen', tabindex: '0', 'aria-labelledby': 'panel-title' }, [...house.chosen].map((index) => this.line(index)));
  }

  sum() {
    const { house } = this;
    if (house.chosen.size === 0) return null;
    return element('div', { class: 'sum' },
      element('p', {}, element('span', { class: 'count' }, t('show.count', { count: house.chosen.size }), element('span', { class: 'brief' }, ` · ${house.seatIds().join(', ')}`)),
        element('span', { class: 'total number', id: 'total' }, money(house.hold?.total ?? house.total, house.currency))),
      this.primary());
  }

  show() {
    const { house } = this;
    const focused = this.body.contains(document.activeElement);
    this.element.dataset.state = house.hold === null ? 'choosing' : 'held';
    this.element.dataset.chosen = String(house.chosen.size);
    this.left.textContent = house.hold === null ? '' : countdown(house.hold.expiresAt - now());
    this.body.replaceChildren(...[
      house.hold === null ? null : this.held(), this.lines(), this.sum(),
      house.hold === null ? null : element('div', { class: 'give-back' }, this.button(t('show.give-back'), 'small', () => this.giveBack())),
    ].filter((part) => part !== null));
    if (focused && !this.body.contains(document.activeElement)) this.body.querySelector('button.primary')?.focus();
  }
}
