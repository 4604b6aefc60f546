// One measurement each: the load client, churn beside it, pgbench, live subscribers. A failed request fails the line.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, percentile, run, start } from './tools.mjs';
import { showId } from './world.mjs';

export class Failure extends Error {}

const UNMEASURED = { meanMs: NaN, p50Ms: NaN, p99Ms: NaN };

export class Measure {
  // plan: {seconds, warmUp, repetitions}; see bench.mjs
  constructor(stack, world, plan) {
    Object.assign(this, { stack, world, plan });
  }

  loadArguments(file, { connections = 32, rate = 0, expect = '200', once = false, keep, seconds, warmUp }) {
    const args = [
      '--port',
      this.stack.port,
      '--requests',
      file,
      '--tokens',
      this.world.tokens,
      '--connections',
      connections,
      '--expect',
      expect,
    ];
    args.push('--seconds', seconds ?? this.plan.seconds, '--warm-up', warmUp ?? this.plan.warmUp);
    if (rate > 0) args.push('--rate', rate);
    if (once) args.push('--once');
    if (keep !== undefined) args.push('--keep', keep);
    return args.map(String);
  }

  check(what, result) {
    if (result.unexpected > 0 || result.broken > 0) {
      throw new Failure(
        `${what}: ${result.unexpected} unexpected answers, ${result.broken} requests without one; ` +
          `statuses ${JSON.stringify(result.statuses)} ${result.firstUnexpected}`,
      );
    }
    // Half a second may be over before a busy machine has answered once: a quick run takes the answers that came afterwards, too.
    const answered = this.plan.quick ? Object.values(result.statuses).reduce((sum, count) => sum + count, 0) : result.requests;
    if (answered === 0) {
      throw new Failure(`${what}: no answer within the measured time`);
    }
    return result.requests > 0 ? result : { ...result, latency: UNMEASURED };
  }

  async load(file, options = {}) {
    const output = await run(join(this.stack.tools, 'bench_load'), this.loadArguments(file, options));
    return this.check(file.split('/').at(-1), JSON.parse(output));
  }

  // Runs `work` while holds are made at `rate` a second and released again, `keep` of them standing at any time.
  async beside({ show, file, rate, keep }, work) {
    await this.world.releaseHolds(show, show);
    const churn = start(
      join(this.stack.tools, 'bench_load'),
      this.loadArguments(file, { connections: 16, rate, keep, expect: '201', seconds: 3600, warmUp: 0 }),
    );
    let result;
    try {
      result = await work();
    } finally {
      churn.child.kill('SIGTERM');
    }
    const { status, stdout, stderr } = await churn.done;
    if (status !== 0) throw new Failure(`churn ended with ${status}: ${stderr}`);
    const made = this.check('churn', JSON.parse(stdout));
    return { result, churnPerSecond: made.perSecond };
  }

  // {perSecond, latency: {p50Ms, p99Ms, …}} of pgbench running a script under a responder's role.
  async pgbench(script, role, { clients, rate, define = {} }) {
    const { quick, seconds, warmUp } = this.plan;
    const prefix = join(this.stack.folder, 'pgbench');
    const clean = () =>
      readdirSync(this.stack.folder)
        .filter((name) => name.startsWith('pgbench.'))
        .forEach((name) => rmSync(join(this.stack.folder, name)));
    clean();
    const definitions = Object.entries({ next: 0, clients, ...define }).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const length = quick ? ['-t', 10] : ['-T', Math.ceil(seconds + warmUp)];
    const args = ['-n', '-M', 'prepared', '-c', clients, '-j', 1, ...length, '-f', script, '-l', '--log-prefix', prefix, ...definitions];
    if (rate !== undefined) args.push('-R', rate);
    const output = await run('pgbench', [...args.map(String), this.stack.databaseUrls[role]], { env: { PGCONNECT_TIMEOUT: '5' } });
    const transactions = Number(output.match(/number of transactions actually processed: (\d+)/)?.[1]);
    const lines = readdirSync(this.stack.folder)
      .filter((name) => name.startsWith('pgbench.'))
      .flatMap((name) => readFileSync(join(this.stack.folder, name), 'utf8').trim().split('\n'));
    clean();
    return { transactions, ...pgbenchSummary(lines, quick ? 0 : warmUp) };
  }

  // Holds over 2,000 shows through nginx, as fast as `connections` clients can, or at a rate.
  async holds(options = {}) {
    await this.world.forgetHolds(1, 2000);
    return this.load(this.world.files.holds, { expect: '201', once: true, ...options });
  }

  // The same by pgbench. Every one must have been granted.
  async bareHolds({ clients = 32 } = {}) {
    await this.world.forgetHolds(1, 2000);
    const result = await this.pgbench(this.world.files.pgbenchHold, 'holds', { clients });
    const [[granted]] = await this.stack.sql(`SELECT count(*) FROM holds WHERE show_id BETWEEN '${showId(1)}' AND '${showId(2000)}'`);
    if (Number(granted) !== result.transactions) {
      throw new Failure(`pgbench ran ${result.transactions} transactions, ${granted} holds were granted`);
    }
    return result;
  }

  // Latencies of a request to the null responder and a hold as pgbench makes it, by one client in turns.
  async turns(bytes) {
    await this.world.forgetHolds(1, 2000);
    const args = [
      this.stack.port,
      `/api/null/${bytes}`,
      this.stack.databaseUrls.holds,
      this.world.files.holdStatement,
      this.plan.seconds,
      this.plan.warmUp,
    ];
    return { ...UNMEASURED, ...JSON.parse(await run(join(this.stack.tools, 'bench_turns'), args.map(String))) };
  }

  // The null responder with answers of `bytes` bytes.
  null(bytes, options = {}) {
    return this.load(this.world.get(`/api/null/${bytes}`), options);
  }

  files(bytes, options = {}) {
    return this.load(this.world.get(this.stack.staticFile(bytes)), options);
  }

  async live({ show, file, subscribers, rate, seconds, firstSeat = 0 }) {
    const args = [
      '--live',
      `/api/shows/${showId(show)}/live`,
      '--first-seat',
      firstSeat,
      '--rate',
      rate,
      '--seconds',
      seconds,
      '--connections',
      subscribers,
    ];
    args.push('--port', this.stack.port, '--requests', file, '--tokens', this.world.tokens);
    const result = JSON.parse(await run(join(this.stack.tools, 'bench_live'), args.map(String)));
    if (result.open < subscribers) {
      throw new Failure(
        `${subscribers - result.open} of ${subscribers} subscribers have no stream (the first was answered ${result.firstFailure})`,
      );
    }
    if (result.complete < result.updates) {
      throw new Failure(`${result.complete} of ${result.updates} updates reached all subscribers; ${result.refused} holds were refused`);
    }
    return result;
  }
}

// Log lines of pgbench -l: client, transaction, latency in µs, script, second, microsecond[, lag]. With -R that latency counts from the
// scheduled start; what is asked here is what the server takes, so the lag of the start is taken off.
function pgbenchSummary(lines, warmUp) {
  const rows = lines
    .map((line) => line.split(' ').map(Number))
    .map(([, , latency, , second, micros, lag = 0]) => ({ latency: (latency - lag) / 1000, at: second + micros / 1e6 }));
  const first = rows.reduce((least, { at, latency }) => Math.min(least, at - latency / 1000), Infinity);
  const counted = rows.filter(({ at }) => at >= first + warmUp);
  if (counted.length === 0) throw new Failure('pgbench finished nothing within the measured time');
  const last = counted.reduce((most, { at }) => Math.max(most, at), 0);
  const latencies = counted.map(({ latency }) => latency);
  return {
    perSecond: counted.length / (last - first - warmUp),
    latency: { p50Ms: median(latencies), p99Ms: percentile(latencies, 0.99) },
  };
}
