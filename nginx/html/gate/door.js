// One scan: checked here first, then asked of the service, which has little time to answer; without an answer this device judges.
import { newKey, post, Problem } from '/shared/api.js';
import { parse, strip, UUID } from './code.js';
import { genuine, judge, remember } from './judge.js';

const BUDGET_MS = 700;
const TORN = 100; // so long a text may be a code whose letters were swapped by a keyboard's layout: the service knows

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, 'late'));

export class Door {
  // settings: {show: {id}, gate, direction}; sync: of sync.js; later(verdict): an answer that came too late says something else
  constructor(settings, sync, later) {
    Object.assign(this, { settings, sync, later });
  }

  // → {kind: 'yes' | 'again' | 'no', reason, seatId, at: ms, gate, reentry, offline, scanId, direction}
  async scan(raw) {
    const text = strip(raw);
    const scan = { scanId: newKey(), qr: text, scannedAt: new Date().toISOString(), gate: this.settings.gate, showId: this.settings.show.id, direction: this.settings.direction };
    const about = { scanId: scan.scanId, direction: scan.direction };
    if (UUID.test(text)) return { ...about, ...(await this.byTicket(text, scan)) };
    const code = parse(text);
    const { pack } = this.sync;
    const fault = await genuine(code, pack?.keys ?? []);
    const seat = { seatId: code?.seatId, cut: code?.cut };
    if (fault?.certain && text.length < TORN) return { ...about, ...seat, ...fault };
    const answer = await this.ask('/checkins', { qr: scan.qr, gate: scan.gate, showId: scan.showId, scanId: scan.scanId, direction: scan.direction }, { code, scan });
    if (answer !== undefined) return { ...about, ...seat, ...answer };
    if (pack === undefined) return { ...about, ...seat, kind: 'no', reason: 'no_pack', offline: true };
    const verdict = fault ?? (await judge(code, pack.about, { ...scan, ticket: code.ticketId, seat: code.seatId }));
    return { ...about, ...seat, ...verdict, offline: true };
  }

  // By the number of the ticket, where its code cannot be read. Only the service knows whether there is such a ticket.
  async byTicket(ticket, { gate, showId, scanId, direction, scannedAt }) {
    const answer = await this.ask(`/tickets/${ticket.toLowerCase()}/checkin`, { gate, showId, scanId, direction }, { scan: { gate, showId, scanId, direction, scannedAt } });
    return answer ?? { kind: 'no', reason: 'number_offline', offline: true };
  }

  // undefined: no answer in time
  async ask(path, body, about) {
    if (!this.sync.reachable || this.sync.login) return undefined;
    let late = false;
    const coming = post(path, body).then((answer) => this.heard(answer, about), (error) => this.refused(error));
    coming.then((verdict) => late && verdict && this.later({ ...verdict, scanId: body.scanId, direction: body.direction }));
    const answer = await Promise.race([coming, wait(BUDGET_MS)]);
    if (answer !== 'late') return answer;
    late = true;
    this.sync.lost();
    return undefined;
  }

  async heard(answer, { scan }) {
    const out = scan.direction === 'out';
    const again = out ? answer.alreadyCheckedOut : answer.alreadyCheckedIn;
    const at = Date.parse(out ? answer.checkedOutAt : answer.checkedInAt);
    if (!again) await remember(answer.ticketId, scan.showId, { inside: !out, at: Date.parse(scan.scannedAt), gate: scan.gate, scanId: scan.scanId }).catch(console.warn);
    return { kind: again ? 'again' : 'yes', seatId: answer.seatId, cut: false, at, gate: answer.gate, reentry: answer.reentry === true };
  }

  refused(error) {
    if (error instanceof Problem && error.body.reason) return { kind: 'no', reason: error.body.reason };
    if (error instanceof Problem && error.status === 404) return { kind: 'no', reason: 'not_found' };
    if (error.status === 0 || error.status >= 500) this.sync.lost();
    return undefined;
  }
}
