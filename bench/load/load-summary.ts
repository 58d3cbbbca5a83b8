/** What the processes of a load report, put together and said. Pure. */
import { Histogram } from '../report/histogram.ts';
import { formatNumber, formatTable } from '../report/markdown.ts';
import type { GeneratorReport } from './generator-task.ts';

export interface LoadTotals {
  readonly open: number;
  readonly opened: number;
  readonly bytesDown: number;
  readonly failures: ReadonlyMap<string, number>;
  readonly failed: number;
  readonly lagMs: number;
  /** Of the busiest process. */
  readonly cpuShare: number;
  readonly openMs: Histogram;
  readonly latencyMs: Histogram;
  /** With all streams tried, in bytes a second. */
  readonly steadyBytesPerSecond: number;
}

export function addReports(reports: readonly GeneratorReport[]): LoadTotals {
  const sum = (of: (report: GeneratorReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const most = (of: (report: GeneratorReport) => number): number => Math.max(0, ...reports.map(of));
  const failures = new Map<string, number>();
  const openMs = new Histogram();
  const latencyMs = new Histogram();
  for (const report of reports) {
    for (const [cause, count] of Object.entries(report.failures)) {
      failures.set(cause, (failures.get(cause) ?? 0) + count);
    }
    openMs.merge(report.openMs);
    latencyMs.merge(report.latencyMs);
  }
  return {
    open: sum(report => report.open),
    opened: sum(report => report.opened),
    bytesDown: sum(report => report.bytesDown),
    failures,
    failed: [...failures.values()].reduce((total, count) => total + count, 0),
    lagMs: most(report => report.lagMs),
    cpuShare: most(report => report.cpuShare),
    openMs,
    latencyMs,
    steadyBytesPerSecond: sum(report =>
      report.steadySeconds > 0 ? report.steadyBytesDown / report.steadySeconds : 0,
    ),
  };
}

/** Above these the load itself is late, and what it measures is partly its own. */
const lagMsMax = 50;
const cpuShareMax = 0.85;

/** Why the figures would be the load's own; undefined while it keeps up. */
export function bottleneck({ lagMs, cpuShare }: Pick<LoadTotals, 'lagMs' | 'cpuShare'>): string | undefined {
  const causes: string[] = [];
  if (lagMs > lagMsMax) causes.push(`it came ${lagMs.toFixed(0)} ms late to what was due`);
  if (cpuShare > cpuShareMax)
    causes.push(`a process of it used ${(cpuShare * 100).toFixed(0)} % of its core`);
  return causes.length === 0 ? undefined : causes.join(' and ');
}

export function formatProgress(seconds: number, totals: LoadTotals, bytesPerSecond: number): string {
  const cells = [
    `${seconds.toFixed(0).padStart(4)} s`,
    `${totals.open} open`,
    `${totals.failed} failed`,
    `${formatNumber(bytesPerSecond / 1e6)} MB/s`,
    `p99 ${formatNumber(totals.latencyMs.quantile(0.99))} ms`,
    `load ${(totals.cpuShare * 100).toFixed(0)} % of a core, ${totals.lagMs.toFixed(0)} ms late`,
  ];
  return cells.join(' · ');
}

/** What a gateway of our own used while all streams were open. */
export interface GatewayUse {
  /** Cores. */
  readonly cpuShare: number;
  readonly residentMb: number;
}

/** Below this share of a core most of what was measured is not the streams. */
const cpuShareMin = 0.02;

/** Sessions that keep one core of the gateway so busy; undefined where they were too few to tell. */
export const sessionsPerCore = (sessions: number, use: GatewayUse, busy: number): number | undefined =>
  use.cpuShare < cpuShareMin ? undefined : Math.floor((sessions / use.cpuShare) * busy);

const busyShare = 0.7;

export function formatSummary(
  totals: LoadTotals,
  wasLate: string | undefined,
  use: GatewayUse | undefined,
): string {
  const quantiles = (histogram: Histogram): string =>
    histogram.count === 0
      ? 'none'
      : [0.5, 0.95, 0.99, 0.999].map(share => formatNumber(histogram.quantile(share))).join(' / ');
  const rows = [
    ['streams opened', String(totals.opened)],
    ['open at the end', String(totals.open)],
    ['failed', String(totals.failed)],
    ...[...totals.failures].map(([cause, count]) => [`  ${cause}`, String(count)]),
    ['time to open, p50 / p95 / p99 / p99.9', `${quantiles(totals.openMs)} ms`],
    ['latency, p50 / p95 / p99 / p99.9', `${quantiles(totals.latencyMs)} ms`],
    ['desktop to viewer', `${formatNumber(totals.steadyBytesPerSecond / 1e6)} MB/s`],
  ];
  if (use !== undefined) {
    const perCore = sessionsPerCore(totals.open, use, busyShare);
    rows.push(
      ['gateway', `${formatNumber(use.cpuShare)} of a core, ${formatNumber(use.residentMb)} MB`],
      [
        `sessions of this mix on a core ${busyShare * 100} % busy`,
        perCore === undefined ? 'these are too few to tell' : `about ${perCore}`,
      ],
    );
  }
  const late =
    wasLate === undefined
      ? 'The load kept up: the figures are those of what it measured.'
      : `THE LOAD WAS THE BOTTLENECK: ${wasLate}. Latencies and throughput are partly its own; use more --processes, or more machines.`;
  return `${formatTable(['', ''], rows)}\n\n${late}`;
}
