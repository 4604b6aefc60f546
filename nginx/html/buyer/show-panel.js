// What the buyer has chosen, and the way from there to the payment: hold, more time, pay, give back.
import { api, newKey, now, post, Problem } from '/shared/api.js';
import { element } from '/shared/element.js';
import { countdown, money } from '/shared/format.js';
import { user } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { readHold } from './house.js';

const SOON_MS = 60_000;
const TICK_MS = 250;

export class ShowPanel {
  constructor(house, page) {
    Object.assign(this, { house, page });
    this.key = null; // of the hold that is being asked for: the same until it is answered
    this.notices = element('div', { class: 'stack notices', role: 'status' });
    this.body = element('div', { class: 'stack' });
    this.left = element('strong', { class: 'number countdown' });
    this.element = element('section', { class: 'card stack panel', id: 'panel', 'aria-labelledby': 'panel-title' },
      element('h2', { id: 'panel-title' }, t('show.yours')), this.notices, this.body);
    const timer = setInterval(() => this.tick(), TICK_MS);
    page.signal.addEventListener('abort', () => clearInterval(timer));
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
    if (user() === null) return this.page.go(this.page.loginAddress());
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

  actions() {
    const { house } = this;
    if (house.hold === null) {
      if (!house.show.salesOpen) return [element('p', { class: 'note warn' }, t('event.closed'))];
      return [this.button(user() === null ? t('show.login-hold') : t('show.hold'), 'primary', () => this.hold(), house.chosen.size === 0)];
    }
    this.pay = this.button(t('show.pay'), 'primary', () => this.checkout());
    return [this.pay, element('div', { class: 'row' }, this.button(t('show.extend'), 'small', () => this.extend()), this.button(t('show.give-back'), 'small', () => this.giveBack()))];
  }

  show() {
    const { house } = this;
    const focused = this.body.contains(document.activeElement);
    const total = house.hold?.total ?? house.total;
    this.element.dataset.state = house.hold === null ? 'choosing' : 'held';
    this.left.textContent = house.hold === null ? '' : countdown(house.hold.expiresAt - now());
    this.body.replaceChildren(
      house.hold === null ? '' : element('p', { class: 'note', role: 'timer', 'aria-live': 'off' }, t('show.held-for'), ' ', this.left),
      house.chosen.size === 0 ? element('p', { class: 'quiet nothing' }, t('show.choose')) : element('ul', { class: 'lines chosen', tabindex: '0', 'aria-labelledby': 'panel-title' }, [...house.chosen].map((index) => this.line(index))),
      element('p', { class: 'row between sum' }, element('span', {}, t('show.count', { count: house.chosen.size })), element('span', { class: 'total number', id: 'total' }, money(total, house.currency))),
      ...this.actions());
    if (focused && !this.body.contains(document.activeElement)) this.body.querySelector('button.primary')?.focus();
  }
}
