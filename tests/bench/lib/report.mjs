// The table, and what machine it came from.
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { median, root, run } from './tools.mjs';

export async function machine(stack) {
  const first = async (program, args) => (await run(program, args).catch(() => 'unknown')).trim().split('\n').at(-1);
  const [[server]] = await stack.sql('SHOW server_version');
  const [[fsync]] = await stack.sql("SELECT current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')");
  const os = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="(.*)"$/m)?.[1];
  return {
    date: new Date().toISOString(),
    commit: await first('git', ['-C', root, 'describe', '--always', '--dirty']),
    processor: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${os}, Linux ${release()}`,
    filesystem: await first('df', ['--output=fstype', stack.state]),
    postgres: `${server}, fsync ${fsync}`,
    loadBefore: readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' '),
  };
}

function figure(value, unit) {
  if (value === undefined) return '–';
  return `${value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2)} ${unit}`;
}

function verdict(result, judged) {
  if (result.failed !== undefined) return 'FAILED';
  if (!judged) return 'not judged';
  return result.met === null ? '–' : result.met ? 'met' : 'NOT MET';
}

const HEADINGS = ['line', 'measured', 'limit', 'ratio', 'target', ''];

// Markdown, so that it can be pasted into a README.
export function table(results, judged) {
  const rows = results.map((result) => [
    result.title,
    result.failed === undefined ? figure(result.measured, result.unit) : '–',
    figure(result.limit, result.unit ?? ''),
    result.limit === undefined ? '–' : result.value.toFixed(2),
    result.says,
    verdict(result, judged),
  ]);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const text = [line(HEADINGS), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line), ''];
  for (const result of results) {
    if (result.failed !== undefined) text.push(`- ${result.name} FAILED: ${result.failed}`);
    else if (result.note) text.push(`- ${result.name}: ${result.note}`);
  }
  return text.join('\n');
}

// Several runs' results as one: medians; the note of the run in the middle; failed when one failed.
export function merge(runs, lines) {
  return lines.flatMap((line) => {
    const all = runs.flatMap((one) => one.lines.filter(({ name }) => name === line.name));
    const failed = all.find((result) => result.failed !== undefined);
    if (all.length === 0 || failed) return failed ?? [];
    const value = median(all.map((result) => result.value));
    const middle = all.reduce((best, result) => (Math.abs(result.value - value) < Math.abs(best.value - value) ? result : best));
    const limits = all.map((result) => result.limit).filter((limit) => limit !== undefined);
    const met = line.met(value) === null ? null : line.met(value) && all.filter((result) => result.also === false).length * 2 < all.length;
    return {
      ...middle,
      value,
      met,
      measured: median(all.map((result) => result.measured)),
      limit: limits.length > 0 ? median(limits) : undefined,
    };
  });
}

export const about = (facts) =>
  `${facts.processor}, ${facts.memoryGb} GB, ${facts.system}, ${facts.filesystem}; ` +
  `PostgreSQL ${facts.postgres}; commit ${facts.commit}, ${facts.date}, load before ${facts.loadBefore}`;
