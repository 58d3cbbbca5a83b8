/** What a run prints at its end: what was asked for, whether it held, and the figures that say how well. */
import { isHelpWanted, textOption } from './deployment.ts';
import { refusalCounts } from './metrics.ts';

interface MetricSummary {
  readonly type: 'trend' | 'rate' | 'counter' | 'gauge';
  readonly contains: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface Check {
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

/** What k6 hands to handleSummary, of which this reads so much. */
export interface RunSummary {
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly root_group: { readonly checks: readonly Check[] };
}

/** For `options.summaryTrendStats`. */
export const trendStats = ['min', 'med', 'p(95)', 'p(99)', 'max', 'count'];

const ownNames = /^(sluice_|http_req_failed|http_req_duration$|dropped_iterations|iterations$)/;

/** @param help what HELP=1 prints in place of a summary. @returns what goes where, as k6 wants it */
export function writeSummary(run: RunSummary, title: string, help: string): Record<string, string> {
  if (isHelpWanted) return { stdout: help };
  const file = textOption('SUMMARY_FILE');
  const json = file === '' ? {} : { [file]: `${JSON.stringify(run, null, 2)}\n` };
  return { ...json, stdout: formatSummary(run, title) };
}

export function formatSummary({ metrics, root_group: { checks } }: RunSummary, title: string): string {
  const names = Object.keys(metrics)
    .filter(name => ownNames.test(name))
    .sort();
  const thresholds = Object.entries(metrics)
    .filter(([name]) => !(name in refusalCounts))
    .flatMap(([name, metric]) =>
      Object.entries(metric.thresholds ?? {}).map(([rule, { ok }]) => ({ ok, text: `${name}: ${rule}` })),
    );
  const refused = Object.keys(refusalCounts)
    .map(name => ({ status: /\d+/.exec(name)?.[0], count: metrics[name]?.values.count ?? 0 }))
    .filter(({ count }) => count > 0);
  const broken = thresholds.filter(({ ok }) => !ok).length;
  const verdict =
    broken === 0 ? 'all thresholds held' : `${broken} of ${thresholds.length} thresholds BROKEN`;
  // k6 counts a threshold that nothing was measured for as held.
  const { passes = 0, fails = 0 } = metrics.sluice_streams_kept?.values ?? {};
  const outcome = passes + fails === 0 ? 'NOTHING MEASURED, no stream was opened' : verdict;
  return [
    '',
    `${title}: ${outcome}`,
    '',
    ...thresholds.map(({ ok, text }) => `  ${ok ? 'held  ' : 'BROKEN'}  ${text}`),
    '',
    ...checks.map(({ name, passes, fails }) => `  check ${name}: ${passes} of ${passes + fails}`),
    ...(checks.length === 0 ? [] : ['']),
    ...refused.map(({ status, count }) => `  streams refused with HTTP ${status}: ${count}`),
    ...(refused.length === 0 ? [] : ['']),
    ...names.map(name => `  ${name.padEnd(32)} ${figures(metrics[name]!)}`),
    '',
  ].join('\n');
}

function figures({ type, contains, values }: MetricSummary): string {
  const unit = contains === 'time' ? ' ms' : '';
  const value = (key: string): string => `${round(values[key] ?? 0)}${unit}`;
  switch (type) {
    case 'trend':
      return `p50 ${value('med')}  p95 ${value('p(95)')}  p99 ${value('p(99)')}  max ${value('max')}  (${values.count ?? 0})`;
    case 'rate':
      return `${round(100 * (values.rate ?? 0))} % (${values.passes ?? 0} of ${(values.passes ?? 0) + (values.fails ?? 0)})`;
    case 'counter':
      return `${round(values.count ?? 0)} (${round(values.rate ?? 0)}/s)`;
    default:
      return value('value');
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
