// What the stack is filled with: shows, people, tickets; and the files of requests that the load client sends.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hmacToken } from '../../support/tokens.mjs';
import { root } from './tools.mjs';

export const SHOWS = 2000;
const USERS = 2000; // user 0 is staff, 1 … 2000 buy
export const SHOW = {
  churnM1: 10001,
  churnStadium: 10002,
  emptyStadium: 10003,
  soldStadium: 10004,
  rush: 10005,
  live: 10006,
  checkin: 10010,
  others: 20001,
};
const RUSH_SEATS = 200;

export const id = (kind, number) => `be7c${String(kind).padStart(4, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const showId = (number) => id(0, number);
export const ticketNumber = (place) => SHOW.checkin * 100000 + place;

export class World {
  constructor(stack) {
    this.stack = stack;
    this.tokens = join(stack.folder, 'tokens');
    this.files = {};
    this.seats = {};
  }

  file(name) {
    return join(this.stack.folder, name);
  }

  // scans: tickets of the check-in show to make
  async prepare(scans) {
    const [[made]] = await this.stack.sql("SELECT to_regnamespace('bench') IS NOT NULL");
    if (made !== 't') {
      await this.stack.sql(readFileSync(join(root, 'tests/bench/sql/world.sql'), 'utf8'));
    }
    for (const [map, show] of [['m1', SHOW.churnM1], ['theatre', SHOW.rush], ['stadium', SHOW.emptyStadium]]) {
      this.seats[map] = await this.seatsOf(show);
      if (made !== 't') await this.storeSeats(map);
    }
    if (made !== 't') {
      await this.stack.sql(
        `SELECT bench.sell_out(${SHOW.soldStadium}, ${SHOW.soldStadium}, 'stadium'),
            bench.sell_out(${SHOW.checkin}, ${SHOW.checkin}, 'stadium', ${scans})`,
      );
      await this.stack.sql('VACUUM ANALYZE');
    }
    this.writeTokens();
    this.writeRequests();
    await this.writePgbench();
  }

  async seatsOf(show) {
    const answer = await fetch(`${this.stack.url}/api/shows/${showId(show)}/seatmap`);
    if (answer.status !== 200) throw new Error(`seat map of show ${show}: ${answer.status}`);
    return (await answer.json()).seats;
  }

  storeSeats(map) {
    const lines = this.seats[map].map((seat, place) => [map, place, seat.seatId, seat.zone, seat.row, seat.number, seat.price].join('\t'));
    return this.stack.sql(`COPY bench.seats FROM STDIN;\n${lines.join('\n')}\n\\.\n`);
  }

  writeTokens() {
    const secret = readFileSync(join(this.stack.state, 'env'), 'utf8').match(/^JWT_SECRET=(.*)$/m)[1];
    const now = Math.floor(Date.now() / 1000);
    this.staffToken = undefined;
    const lines = [];
    for (let n = 0; n <= USERS; n++) {
      const claims = {
        iss: 'ticketing',
        aud: 'ticketing',
        iat: now,
        nbf: now,
        exp: now + 86400,
        sub: id(1, n),
        sid: id(9, n),
        email: `bench-${n}@example.com`,
        name: `Bench ${n}`,
        roles: n === 0 ? ['user', 'staff'] : ['user'],
      };
      lines.push(hmacToken(secret, claims));
    }
    [this.staffToken] = lines;
    writeFileSync(this.tokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  // name: the file's; lines: [method, path, token number or '-', body object or undefined]
  write(name, lines) {
    const text = lines.map(
      ([method, path, token, body]) => `${method}\t${path}\t${token}\t${body === undefined ? '' : JSON.stringify(body)}`,
    );
    writeFileSync(this.file(name), `${text.join('\n')}\n`);
    return this.file(name);
  }

  get(path) {
    return this.write(`get-${path.replace(/[^a-z0-9]+/gi, '-').slice(-80)}`, [['GET', path, '-', undefined]]);
  }

  holds(show, map, user, count) {
    const seats = this.seats[map];
    return Array.from({ length: count }, (_, pair) => [
      'POST',
      '/api/holds',
      user(pair),
      { showId: showId(show), seats: [seats[2 * pair].seatId, seats[2 * pair + 1].seatId] },
    ]);
  }

  writeRequests() {
    const m1 = this.seats.m1;
    const pairs = m1.length >> 1;
    const spread = [];
    for (let i = 0; i < pairs * SHOWS; i++) {
      const pair = Math.floor(i / SHOWS);
      const user = 1 + ((i + 27 * pair) % USERS); // never the same user twice in a show
      spread.push(['POST', '/api/holds', user, { showId: showId(1 + (i % SHOWS)), seats: [m1[2 * pair].seatId, m1[2 * pair + 1].seatId] }]);
    }
    this.files.holds = this.write('holds', spread);
    this.files.churnM1 = this.write('churn-m1', this.holds(SHOW.churnM1, 'm1', (pair) => 1 + pair, pairs));
    this.files.churnStadium = this.write(
      'churn-stadium',
      this.holds(SHOW.churnStadium, 'stadium', (pair) => 1 + (pair % USERS), this.seats.stadium.length >> 1),
    );
    this.files.live = Array.from({ length: 4 }, (_, n) =>
      this.write(
        `live-${n}`,
        this.holds(SHOW.live + n, 'theatre', (pair) => 1 + pair, this.seats.theatre.length >> 1),
      ),
    );
    let random = 12345; // the same requests every time
    const next = (below) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return Math.floor((random / 2147483648) * below);
    };
    const rush = Array.from({ length: 50000 }, (_, i) => {
      const one = next(RUSH_SEATS);
      const other = (one + 1 + next(RUSH_SEATS - 1)) % RUSH_SEATS;
      return [
        'POST',
        '/api/holds',
        1 + (i % USERS),
        { showId: showId(SHOW.rush), seats: [one, other].map((place) => this.seats.theatre[place].seatId) },
      ];
    });
    this.files.rush = this.write('rush', rush);
  }

  async writePgbench() {
    const [[version]] = await this.stack.sql("SELECT max(version) FROM seatmaps WHERE id = 'm1'");
    const m1 = this.seats.m1;
    const pairs = Array.from({ length: m1.length >> 1 }, (_, pair) => `"{${m1[2 * pair].seatId},${m1[2 * pair + 1].seatId}}"`);
    const script = readFileSync(join(root, 'tests/bench/sql/hold.pgbench'), 'utf8');
    this.files.pgbenchHold = this.file('hold.pgbench');
    const filled = script.replace('@VERSION@', version).replace('@PAIRS@', `{${pairs.join(',')}}`);
    writeFileSync(this.files.pgbenchHold, filled);
    // Its statement with the parameters that pgbench gives it.
    const parameters = [':i', ':show', ':pair', ':user'];
    this.files.holdStatement = this.file('hold.sql');
    writeFileSync(
      this.files.holdStatement,
      parameters.reduce((text, name, n) => text.replaceAll(`(${name})`, `($${n + 1})`), filled.match(/^SELECT .*$/m)[0]),
    );
    this.files.pgbenchCheckin = join(root, 'tests/bench/sql/checkin.pgbench');
  }

  // Scans of tickets from place `first` on: by their signed text when the service gives one, else by id.
  async writeScans(name, first, count) {
    const lines = [];
    let signed = await this.takesSigned();
    for (let start = 0; start < count; start += 16) {
      const some = Array.from({ length: Math.min(16, count - start) }, (_, n) => id(4, ticketNumber(first + start + n)));
      const texts = await Promise.all(some.map((ticket) => this.qr(ticket)));
      signed &&= texts.every((text) => typeof text === 'string');
      some.forEach((ticket, n) => {
        lines.push(
          signed
            ? [
                'POST',
                '/api/checkins',
                0,
                { qr: texts[n], gate: 'North', showId: showId(SHOW.checkin), scanId: `${name}-${start + n}-${Date.now()}` },
              ]
            : ['POST', `/api/tickets/${ticket}/checkin`, 0, { gate: 'North', showId: showId(SHOW.checkin) }],
        );
      });
    }
    return { file: this.write(name, lines), signed };
  }

  // Does this version have POST /checkins?
  async takesSigned() {
    const answer = await fetch(`${this.stack.url}/api/checkins`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.staffToken}`, 'Content-Type': 'application/json' },
      body: '{}',
    });
    return answer.status !== 404;
  }

  async qr(ticket) {
    const answer = await fetch(`${this.stack.url}/api/tickets/${ticket}`, { headers: { Authorization: `Bearer ${this.staffToken}` } });
    if (answer.status !== 200) throw new Error(`ticket ${ticket}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return (await answer.json()).qr;
  }

  // The same where somebody may have looked: seats become free by a change that the responders see, and no cool-down remembers who
  // had them.
  async releaseHolds(first, last) {
    const range = `show_id BETWEEN '${showId(first)}' AND '${showId(last)}'`;
    await this.stack
      .sql(`UPDATE seat_claims SET state = 'released', expires_at = NULL, changed = pg_current_xact_id() WHERE ${range} AND state = 'held';
      DELETE FROM holds WHERE ${range} AND state <> 'consumed';`);
  }

  // All holds of some shows gone, as if never made, so that each repetition starts from the same state.
  async forgetHolds(first, last) {
    const range = `show_id BETWEEN '${showId(first)}' AND '${showId(last)}'`;
    await this.stack.sql(`DELETE FROM seat_claims WHERE ${range}; DELETE FROM holds WHERE ${range};`);
    await this.stack.sql('VACUUM seat_claims; VACUUM holds; CHECKPOINT;');
  }

  // Sold tickets of other shows; `stadiums` of 40,192 seats each, or (quick) theatres.
  async sellOthers(count, map) {
    const [[present]] = await this.stack.sql(
      `SELECT count(*) FROM shows WHERE id >= '${showId(SHOW.others)}' AND id < '${showId(SHOW.others + 1000)}'`,
    );
    if (Number(present) === 0) {
      const last = SHOW.others + count - 1;
      await this.stack.sql(
        `SELECT bench.add_shows(${SHOW.others}, ${last}, '${map}', '30 days'); SELECT bench.sell_out(${SHOW.others}, ${last}, '${map}');`,
      );
      await this.stack.sql('VACUUM ANALYZE; CHECKPOINT;');
    }
    const [[tickets]] = await this.stack.sql('SELECT count(*) FROM tickets');
    return Number(tickets);
  }
}
