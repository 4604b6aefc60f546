// Keeps the device and the service in step: the gate pack every few seconds, the queue, the counters. Nothing here stops for good.
import { get, Problem } from '/shared/api.js';
import { accessToken, isUncertain, onSession, user } from '/shared/session.js';
import { refresh } from './pack.js';
import { conflicts, packOf, waiting } from './store.js';
import { upload } from './upload.js';

const PACK_MS = 5000;
const JITTER_MS = 1000;
const QUEUE_MS = 2000;
const MANY = 50; // so many scans are sent at once
const COUNT_EVERY = 2; // packs
const SAMPLES = 12; // of the counters: two minutes
const MINUTE = 60_000;

export class Sync {
  pack = undefined; // of store.js
  reachable = navigator.onLine;
  login = false; // the session has ended
  waiting = 0;
  conflicts = [];
  totals = null;

  // told(): called when something has changed; conflict(list): the service refused what was let in
  constructor(show, { told, conflict, signal }) {
    Object.assign(this, { show, told, conflict, signal, samples: [], bell: new EventTarget() });
  }

  async start() {
    await this.read();
    onSession(() => !this.signal.aborted && this.session());
    addEventListener('online', () => this.again(), { signal: this.signal });
    addEventListener('offline', () => this.lost(), { signal: this.signal });
    this.session();
    this.packs();
    this.queue();
  }

  // What other tabs of this device have done is seen, too.
  async read() {
    [this.pack, this.waiting, this.conflicts] = await Promise.all([packOf(this.show), waiting(), conflicts()]);
    this.told();
  }

  session() {
    this.login = user() === null && !isUncertain();
    this.told();
    if (!this.login) this.again();
  }

  lost() {
    this.reachable = false;
    this.told();
  }

  again() {
    this.bell.dispatchEvent(new Event('ring'));
  }

  // Waits, until somebody rings, or the page goes elsewhere.
  nap(ms) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.bell.removeEventListener('ring', end);
        this.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.bell.addEventListener('ring', end);
      this.signal.addEventListener('abort', end);
    });
  }

  // A scan was put into the queue.
  async queued() {
    await this.read();
    if (this.waiting >= MANY) this.again();
  }

  failed(error) {
    if (!(error instanceof Problem)) console.warn(error);
    if (error.status === 401) accessToken().catch(() => {});
    if (error.status === 0 || error.status >= 500) this.lost();
  }

  async packs() {
    for (let turn = 0; !this.signal.aborted; turn += 1) {
      if (!this.login) {
        try {
          await refresh(this.show, this.signal);
          this.reachable = true;
          await this.read();
          if (turn % COUNT_EVERY === 0) await this.count();
        } catch (error) {
          if (!(error instanceof Problem)) this.reachable = navigator.onLine; // storage that takes nothing is no reason not to ask the service
          if (!this.signal.aborted) this.failed(error);
        }
      }
      await this.nap(PACK_MS + (Math.random() * 2 - 1) * JITTER_MS);
    }
  }

  async queue() {
    while (!this.signal.aborted) {
      try {
        this.waiting = await waiting();
        if (this.waiting > 0 && !this.login && navigator.onLine) {
          const { conflicts: found } = await upload();
          await this.read();
          if (found.length > 0) this.conflict(found);
        }
      } catch (error) {
        this.failed(error);
      }
      await this.nap(QUEUE_MS);
    }
  }

  async count() {
    this.totals = await get(`/shows/${this.show}/checkins`, { signal: this.signal });
    this.samples = [...this.samples.slice(1 - SAMPLES), { at: Date.now(), gates: new Map(this.totals.gates.map(({ gate, entries, exits }) => [gate, entries + exits])) }];
    this.told();
  }

  // [{gate, entries, perMinute}]
  get gates() {
    const newest = this.samples.at(-1);
    const oldest = this.samples.find(({ at }) => newest.at - at <= MINUTE + PACK_MS);
    return (this.totals?.gates ?? []).map(({ gate, entries }) => {
      const span = Math.max(newest.at - oldest.at, 1);
      const more = newest.gates.get(gate) - (oldest.gates.get(gate) ?? 0);
      return { gate, entries, perMinute: newest === oldest ? 0 : Math.round((more * MINUTE) / Math.max(span, MINUTE / 6)) };
    });
  }
}
