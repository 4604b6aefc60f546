// What the seats of a show may be seen as, given what 16 clients asked for, what was acknowledged, and when holds end.
// A seat has settled states, each from a tick on, and attempts that nobody has answered yet.

const SLACK_MS = 150; // between the clocks of this process and the database, on one machine

export class SeatModel {
  constructor() {
    this.tick = 0;
    this.seats = new Map(); // index → {history: [{tick, letter, from, until}], attempts: Set}
  }

  seat(index) {
    if (!this.seats.has(index)) this.seats.set(index, { history: [{ tick: 0, letter: 'a' }], attempts: new Set() });
    return this.seats.get(index);
  }

  // Somebody asks for it: from now on it may be seen.
  attempt(indexes, letter) {
    const attempt = { letter, tick: (this.tick += 1) };
    for (const index of indexes) this.seat(index).attempts.add(attempt);
    return attempt;
  }

  // It was acknowledged: whoever asks from now on must see it. A held seat ends between `from` and `until` (ms since the epoch).
  acknowledge(indexes, attempt, { letter = attempt.letter, from = Infinity, until = Infinity } = {}) {
    this.tick += 1;
    for (const index of indexes) {
      const seat = this.seat(index);
      seat.attempts.delete(attempt);
      seat.history.push({ tick: this.tick, letter, from, until });
      if (seat.history.length > 12) seat.history.shift();
    }
  }

  // It was refused.
  withdraw(indexes, attempt) {
    this.tick += 1;
    for (const index of indexes) this.seat(index).attempts.delete(attempt);
  }

  // Before a question is sent.
  ask() {
    const open = new Map();
    for (const [index, { attempts }] of this.seats)
      if (attempts.size > 0) open.set(index, new Set([...attempts].map(({ letter }) => letter)));
    return { tick: this.tick, at: Date.now(), open };
  }

  // The letters that an answer to that question may have for the seat.
  allowed(index, question) {
    const seat = this.seats.get(index);
    if (seat === undefined) return new Set(['a']);
    const letters = new Set(question.open.get(index) ?? []);
    const now = Date.now();
    let settled = seat.history[0];
    for (const entry of seat.history) if (entry.tick <= question.tick) settled = entry;
    for (const entry of seat.history) {
      if (entry !== settled && entry.tick <= question.tick) continue;
      if (entry.letter !== 'h') letters.add(entry.letter);
      else {
        if (question.at < entry.until + SLACK_MS) letters.add('h');
        if (now > entry.from - SLACK_MS) letters.add('a');
      }
    }
    for (const { letter } of seat.attempts) letters.add(letter);
    return letters;
  }

  // Complaints about the states that a question was answered with.
  complaints(states, question) {
    const found = [];
    for (const index of this.seats.keys()) {
      const allowed = this.allowed(index, question);
      if (!allowed.has(states[index]))
        found.push(
          `seat ${index} is ${states[index]}, may be ${[...allowed]}: ${JSON.stringify(this.seats.get(index).history.slice(-3))} ` +
            `at ${question.at} to ${Date.now()}`,
        );
    }
    return found;
  }
}
