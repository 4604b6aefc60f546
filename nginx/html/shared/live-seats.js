// The states of a show's seats, kept current: the stream when there is one, polling when there is not.

const POLL_MS = 5000;
const RESYNC_MS = 500; // spread, so that a thousand pages do not ask at the same moment

export class LiveSeats {
  // `changed(indexes)`: these seats changed, null: all may have. `reload()`: the show itself changed. `gone()`: it is over.
  constructor(showId, { changed, reload, gone, mode }) {
    this.address = `/api/shows/${showId}`;
    this.on = { changed, reload, gone, mode };
    this.states = [];
    this.version = undefined;
    this.previous = undefined; // version of the message before
    this.waiting = []; // messages that came before the states
  }

  start() {
    this.stream = new EventSource(`${this.address}/live`);
    this.stream.addEventListener('open', () => this.opened());
    this.stream.addEventListener('message', (event) => this.take(JSON.parse(event.data)));
    this.stream.addEventListener('error', () => this.broke());
  }

  stop() {
    this.stream?.close();
    clearTimeout(this.timer);
  }

  opened() {
    this.previous = undefined;
    this.on.mode('live');
    return this.refresh();
  }

  // The browser tries again by itself, unless the answer was no stream at all.
  broke() {
    this.on.mode('broken');
    if (this.stream.readyState === EventSource.CLOSED) this.poll();
    else if (this.version === undefined) this.refresh(); // without a stream for now, but not without seats
  }

  async poll() {
    this.on.mode('polling');
    await this.refresh();
    this.timer = setTimeout(() => this.poll(), POLL_MS);
  }

  take(message) {
    if (message.reload) {
      this.previous = message.version;
      setTimeout(() => this.refresh(true), Math.random() * RESYNC_MS);
      return;
    }
    const missed = this.previous !== undefined && this.previous !== message.since;
    this.previous = message.version;
    if (this.refreshing) {
      this.waiting.push(message);
    } else if (missed) {
      setTimeout(() => this.refresh(), Math.random() * RESYNC_MS);
    } else {
      this.apply(message);
    }
  }

  apply({ version, changes }) {
    for (const [index, letter] of changes) this.states[index] = letter;
    this.version = version;
    this.on.changed(changes.map(([index]) => index));
  }

  // What changed since the version that is known, or everything.
  async refresh(again = false) {
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      const query = this.version === undefined ? 'format=compact' : `since=${this.version}`;
      const answer = await fetch(`${this.address}/availability?${query}`);
      if (answer.status === 404) {
        this.stop();
        this.on.gone();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      if (body.states !== undefined) {
        const other = this.version !== undefined;
        this.states = [...body.states];
        this.version = body.version;
        if (other || again) this.on.reload();
        this.on.changed(null);
      } else {
        this.apply(body);
        if (again) this.on.reload();
      }
    } catch {
      setTimeout(() => this.refresh(again), 1000 + Math.random() * 2000);
    } finally {
      this.refreshing = false;
    }
    this.waiting.splice(0).forEach((message) => this.apply(message));
  }
}
