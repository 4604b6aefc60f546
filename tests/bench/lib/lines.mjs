// The lines of the table. Each measures what it says and its limit in turns, `repetitions` times, and takes the medians.
import { Failure } from './measure.mjs';
import { median, sleep } from './tools.mjs';
import { SHOW, showId } from './world.mjs';

// m1 has 75 pairs of seats: what is held is released again within half a second. The stadium has enough for 40 s.
const CHURN = {
  m1: { show: SHOW.churnM1, file: 'churnM1', rate: 50, keep: 20 },
  stadium: { show: SHOW.churnStadium, file: 'churnStadium', rate: 500, keep: 15000 },
};
const RATE = 'requests/s';

async function times(count, work) {
  const results = [];
  for (let n = 0; n < count; n++) results.push(await work(n));
  return results;
}

const rates = (results) => results.map((result) => result.perSecond);

function ratio(measured, limit, unit, extra = {}) {
  return {
    measured: median(measured),
    limit: median(limit),
    unit,
    value: median(measured) / median(limit),
    repetitions: { measured, limit },
    ...extra,
  };
}

// Availability under churn against the null responder alone. The null responder beside the same churn and the same bytes from a file are
// told as well.
async function availability(m, show, query, churnOf) {
  const churn = { ...CHURN[churnOf], file: m.world.files[CHURN[churnOf].file] };
  const file = m.world.get(`/api/shows/${showId(show)}/availability${query}`);
  const runs = await times(m.plan.repetitions, async () => {
    const { result, churnPerSecond } = await m.beside(churn, () => m.load(file));
    const bytes = result.bodyBytes;
    const limit = await m.null(bytes);
    const beside = await m.beside(churn, () => m.null(bytes));
    const files = await m.files(bytes);
    return { result, churnPerSecond, limit, beside: beside.result, files };
  });
  const beside = median(rates(runs.map((one) => one.beside)));
  const measured = rates(runs.map((one) => one.result));
  return ratio(measured, rates(runs.map((one) => one.limit)), RATE, {
    note:
      `${runs[0].result.bodyBytes} bytes; ${median(runs.map((one) => one.churnPerSecond)).toFixed(0)} holds/s beside; ` +
      `÷ null responder beside the same holds ${(median(measured) / beside).toFixed(2)}; ` +
        `nginx static ${Math.round(median(rates(runs.map((one) => one.files))))}/s`,
  });
}

// The most-read page of a shop: the first page of the events, as anybody sees it.
async function eventsList(m) {
  const file = m.world.get('/api/events');
  const runs = await times(m.plan.repetitions, async () => {
    const result = await m.load(file);
    return { result, limit: await m.null(result.bodyBytes) };
  });
  return ratio(rates(runs.map((one) => one.result)), rates(runs.map((one) => one.limit)), RATE, {
    note: `${runs[0].result.bodyBytes} bytes`,
  });
}

async function soldOut(m) {
  const [sold, empty] = [SHOW.soldStadium, SHOW.emptyStadium].map((show) => m.world.get(`/api/shows/${showId(show)}/availability`));
  const runs = await times(m.plan.repetitions, async () => ({ sold: await m.load(sold), empty: await m.load(empty) }));
  return ratio(rates(runs.map((one) => one.sold)), rates(runs.map((one) => one.empty)), RATE, { note: 'full JSON' });
}

async function holds(m) {
  const runs = await times(m.plan.repetitions, async () => ({ nginx: await m.holds(), bare: await m.bareHolds() }));
  m.holdRate = median(rates(runs.map((one) => one.nginx)));
  return ratio(rates(runs.map((one) => one.nginx)), rates(runs.map((one) => one.bare)), 'holds/s', {
    note:
      `p50 ${median(runs.map((one) => one.nginx.latency.p50Ms)).toFixed(1)} ms, ` +
      `p99 ${median(runs.map((one) => one.nginx.latency.p99Ms)).toFixed(1)} ms`,
  });
}

// The hold rate that other lines refer to.
async function holdRate(m) {
  m.holdRate ??= median(rates(await times(m.plan.repetitions, () => m.holds())));
  return m.holdRate;
}

async function oneClient(m) {
  const runs = await times(m.plan.repetitions, async () => {
    const nginx = await m.holds({ connections: 1 });
    const bare = await m.bareHolds({ clients: 1 });
    const nothing = await m.null(nginx.bodyBytes, { connections: 1 });
    const turns = await m.turns(nginx.bodyBytes);
    return { nginx: nginx.latency.p50Ms, bare: bare.latency.p50Ms, nothing: nothing.latency.p50Ms, turns: turns.p50Ms };
  });
  const of = (name) => median(runs.map((one) => one[name]));
  return ratio(
    runs.map((one) => one.nginx),
    runs.map((one) => one.bare + one.nothing),
    'ms',
    {
      note:
        `pgbench ${of('bare').toFixed(2)} ms + null responder ${of('nothing').toFixed(2)} ms; ` +
        `one client that does both in turns ${of('turns').toFixed(2)} ms (÷ that ${(of('nginx') / of('turns')).toFixed(2)})`,
    },
  );
}

async function rush(m) {
  const rate = await holdRate(m);
  const runs = await times(m.plan.repetitions, async () => {
    await m.world.forgetHolds(SHOW.rush, SHOW.rush);
    return m.load(m.world.files.rush, { connections: 64, expect: '201,409' });
  });
  return ratio(rates(runs), [rate], 'answers/s', { note: `answers of the last run: ${JSON.stringify(runs.at(-1).statuses)}` });
}

async function otherTickets(m) {
  const [[before]] = await m.stack.sql(
    `SELECT count(*) FROM shows WHERE id >= '${showId(SHOW.others)}' AND id < '${showId(SHOW.others + 1000)}'`,
  );
  if (Number(before) > 0) throw new Failure('this state has the other tickets already: the rate without them cannot be measured');
  const [[few]] = await m.stack.sql('SELECT count(*) FROM tickets');
  const without = await times(m.plan.repetitions, () => m.holds());
  const tickets = await m.world.sellOthers(m.plan.others.shows, m.plan.others.map);
  const runs = await times(m.plan.repetitions, () => m.holds());
  return ratio(rates(runs), rates(without), 'holds/s', { note: `${tickets} tickets and claims of other shows, before ${few}` });
}

async function holdTail(m) {
  const rate = Math.max(1, Math.round((await holdRate(m)) / 2));
  const runs = await times(m.plan.repetitions, () => m.holds({ rate, connections: 128 }));
  const tails = runs.map((one) => one.latency.p99Ms);
  return {
    measured: median(tails),
    unit: 'ms',
    value: median(tails),
    repetitions: { measured: tails },
    note: `at ${rate} holds/s; p50 ${median(runs.map((one) => one.latency.p50Ms)).toFixed(1)} ms`,
  };
}

async function live(m) {
  await m.world.releaseHolds(SHOW.live, SHOW.live + 3);
  const { subscribers, seconds } = m.plan.live;
  const runs = await times(m.plan.repetitions, (n) =>
    m.live({ show: SHOW.live + n, file: m.world.files.live[n], subscribers, rate: 4, seconds }),
  );
  const lasts = runs.map((one) => one.last.p99Ms);
  return {
    measured: median(lasts),
    unit: 'ms',
    value: median(lasts),
    repetitions: { measured: lasts },
    note: `${subscribers} subscribers; median ${median(runs.map((one) => one.last.p50Ms)).toFixed(0)} ms`,
  };
}

// Once over everything that makes responders grow.
async function exercise(m) {
  for (const [show, query] of [
    [SHOW.churnM1, ''],
    [SHOW.churnStadium, '?format=compact'],
    [SHOW.churnStadium, ''],
    [SHOW.soldStadium, ''],
  ]) {
    const churn = show === SHOW.churnM1 ? CHURN.m1 : CHURN.stadium;
    await m.beside({ ...churn, file: m.world.files[churn.file] }, () =>
      m.load(m.world.get(`/api/shows/${showId(show)}/availability${query}`)),
    );
  }
  await m.holds();
  await m.world.forgetHolds(SHOW.rush, SHOW.rush);
  await m.load(m.world.files.rush, { connections: 64, expect: '201,409' });
  return m.stack.memory();
}

async function memory(m) {
  const first = m.plan.quick ? m.stack.memory() : await exercise(m);
  const second = await exercise(m);
  const grown = second.rss / first.rss;
  return {
    measured: second.rss,
    unit: 'MB',
    value: second.rss,
    also: grown <= 1.03,
    repetitions: { measured: [first.rss, second.rss] },
    note:
      `sum of RSS (${second.each}); ` +
      `before the second run ${first.rss.toFixed(1)} MB (grown × ${grown.toFixed(3)}, allowed 1.03); PSS ${second.pss.toFixed(1)} MB`,
  };
}

// {calls, ms} that PostgreSQL has spent in record_scans() so far.
async function scanTime(m) {
  await sleep(1200); // sessions hand in their statistics once a second
  const [row] = await m.stack.sql("SELECT calls, total_time FROM pg_stat_user_functions WHERE funcname = 'record_scans'");
  return { calls: Number(row?.[0] ?? 0), ms: Number(row?.[1] ?? 0) };
}

async function checkin(m) {
  const { seconds, warmUp, repetitions } = m.plan;
  const each = Math.ceil(200 * (seconds + warmUp + 1));
  const [[tickets]] = await m.stack.sql(`SELECT count(*) FROM tickets WHERE show_id = '${showId(SHOW.checkin)}'`);
  if (Number(tickets) < 2 * repetitions * each) throw new Failure(`only ${tickets} tickets to scan`);
  await m.stack.sql(`DELETE FROM checkins WHERE show_id = '${showId(SHOW.checkin)}';
    UPDATE tickets SET status = 'valid', checked_in_at = NULL, checked_in_gate = NULL, inside = false, last_scan = NULL
    WHERE show_id = '${showId(SHOW.checkin)}' AND status = 'checked_in';`);
  await m.stack.sql('VACUUM tickets; VACUUM checkins; CHECKPOINT;');
  const runs = await times(repetitions, async (n) => {
    const scans = await m.world.writeScans(`scans-${n}`, n * each, each);
    await m.stack.sql("ALTER SYSTEM SET track_functions = 'pl'; SELECT pg_reload_conf();");
    const before = await scanTime(m);
    const result = await m.load(scans.file, { rate: 200, connections: 32, once: true });
    const after = await scanTime(m);
    await m.stack.sql('ALTER SYSTEM RESET track_functions; SELECT pg_reload_conf();');
    const inFunction = (after.ms - before.ms) / (after.calls - before.calls);
    const first = SHOW.checkin * 100000 + (repetitions + n) * each;
    const bare = await m.pgbench(m.world.files.pgbenchCheckin, 'checkout', { clients: 4, rate: 200, define: { first } });
    return { result, bare, inFunction, signed: scans.signed };
  });
  const [[inside]] = await m.stack.sql(`SELECT count(*) FROM tickets WHERE show_id = '${showId(SHOW.checkin)}' AND status = 'checked_in'`);
  const made = runs.reduce((sum, one) => sum + one.bare.transactions + (one.result.statuses[200] ?? 0), 0);
  if (Number(inside) !== made) throw new Failure(`${made} check-ins were answered, ${inside} tickets are checked in`);
  const tails = runs.map((one) => one.result.latency.p99Ms);
  const mean = median(runs.map((one) => one.result.latency.meanMs));
  const inFunction = median(runs.map((one) => one.inFunction));
  return {
    measured: median(tails),
    unit: 'ms',
    value: median(tails),
    repetitions: { measured: tails },
    note:
      `${runs[0].signed ? 'by signed QR text' : 'by ticket id'}; ` +
      `mean ${mean.toFixed(2)} ms, of which in PostgreSQL's function ${inFunction.toFixed(2)} ms ` +
      `(${Math.round((100 * inFunction) / mean)} %) without its commit; ` +
      `the same call with its commit in pgbench: p50 ${median(runs.map((one) => one.bare.latency.p50Ms)).toFixed(2)} ms, ` +
      `p99 ${median(runs.map((one) => one.bare.latency.p99Ms)).toFixed(2)} ms`,
  };
}

async function warmStart(m) {
  const runs = await times(m.plan.repetitions, () => m.stack.warmStart());
  return {
    measured: median(runs),
    unit: 's',
    value: median(runs),
    repetitions: { measured: runs },
    note: 'from nothing running, PostgreSQL neither, to the answer of GET /api/events; with TICKETING_BUILD=off',
  };
}

const least = (target) => ({ target, met: (value) => value >= target, says: `≥ ${target.toFixed(2)}` });
const most = (target, unit = '') => ({ target, met: (value) => value <= target, says: `≤ ${target}${unit}` });

export const LINES = [
  { name: 'start', title: 'a warm `ticketctl up`, to the first answer', ...most(5, ' s'), run: warmStart },
  { name: 'events-list', title: 'list of events, 32 clients ÷ null responder, same bytes', ...least(0.8), run: eventsList },
  {
    name: 'availability-m1',
    title: 'availability, m1, 32 clients, 50 holds/s on it ÷ null responder, same bytes',
    ...least(0.8),
    run: (m) => availability(m, SHOW.churnM1, '', 'm1'),
  },
  {
    name: 'availability-compact',
    title: 'availability compact, stadium, 500 holds/s on it ÷ null responder, same bytes',
    ...least(0.8),
    run: (m) => availability(m, SHOW.churnStadium, '?format=compact', 'stadium'),
  },
  {
    name: 'availability-full',
    title: 'availability full JSON, stadium, 500 holds/s on it ÷ null responder, same bytes',
    ...least(0.7),
    run: (m) => availability(m, SHOW.churnStadium, '', 'stadium'),
  },
  { name: 'sold-out', title: 'availability of a sold-out stadium ÷ of an empty one', ...least(0.9), run: soldOut },
  {
    name: 'holds',
    title: 'durable holds of 2 seats over 2,000 shows, 32 clients ÷ pgbench, one hold a transaction',
    ...least(1.0),
    run: holds,
  },
  { name: 'one-client', title: 'one client: median hold latency ÷ (pgbench + null responder)', ...most(1.25), run: oneClient },
  { name: 'rush', title: '64 clients on the same 200 seats: answers (201 + 409) ÷ hold rate', ...least(1.5), run: rush },
  { name: 'other-tickets', title: 'hold rate with 5 million tickets of other shows ÷ with none', ...least(0.85), run: otherTickets },
  { name: 'hold-p99', title: 'hold p99 at a fixed rate of half the maximum', ...most(25, ' ms'), run: holdTail },
  { name: 'live', title: '5,000 live subscribers, 4 updates/s: commit to the last subscriber, p99', ...most(750, ' ms'), run: live },
  { name: 'checkin', title: 'check-in p99 at a fixed 200/s', target: null, met: () => null, says: '–', run: checkin },
  {
    name: 'memory',
    title: 'resident memory of the four responders after all of this, not growing in a second run',
    ...most(120, ' MB'),
    run: memory,
  },
];
