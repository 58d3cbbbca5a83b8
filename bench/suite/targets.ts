/** The targets of the product and what a run says about them. Pure. */
import { median, type Range, rangeOf, ratios } from '../report/statistics.ts';
import type { FigureName, Samples } from './samples.ts';

/** What ours is held against. */
export type Against =
  /** The ratio to one relay. */
  | { readonly kind: 'relay'; readonly relay: string }
  /** The ratio to the best of some, by median. */
  | { readonly kind: 'best-of'; readonly relays: readonly string[] }
  /** The figure itself. */
  | { readonly kind: 'value' };

export interface Target {
  readonly figure: FigureName;
  readonly against: Against;
  readonly limit: number;
  /** Whether ours has to stay at or below the limit, or reach it. */
  readonly sense: 'at-most' | 'at-least';
}

const own = 'sluice';
const nginxes = ['nginx as shipped', 'nginx tuned'];
const every = [...nginxes, 'haproxy tuned', 'C, a thread a session', 'websockify'];
const atMost = (figure: FigureName, relay: string, limit: number): Target => ({
  figure,
  against: { kind: 'relay', relay },
  limit,
  sense: 'at-most',
});
const notWorse = (figure: FigureName): Target => ({
  figure,
  against: { kind: 'best-of', relays: nginxes },
  limit: 1,
  sense: 'at-most',
});
const value = (figure: FigureName, limit: number, sense: Target['sense'] = 'at-most'): Target => ({
  figure,
  against: { kind: 'value' },
  limit,
  sense,
});

export const targets: readonly Target[] = [
  atMost('cpu-large', 'nginx tuned', 0.75),
  atMost('cpu-large', 'haproxy tuned', 0.65),
  atMost('cpu-large', 'nginx as shipped', 0.33),
  atMost('cpu-large', 'C, a thread a session', 0.85),
  atMost('cpu-packed', 'nginx tuned', 0.9),
  atMost('cpu-packed', 'haproxy tuned', 0.8),
  { figure: 'cpu-single', against: { kind: 'best-of', relays: every }, limit: 1.05, sense: 'at-most' },
  notWorse('rtt-idle-p50'),
  notWorse('rtt-idle-p99'),
  notWorse('rtt-load-p50'),
  notWorse('rtt-load-p99'),
  value('idle-memory', 12),
  notWorse('accept'),
  value('cpu-growth', 1.1),
  value('memory-growth', 1.1),
  value('workers-rate', 1.8, 'at-least'),
  value('workers-cpu', 1.8, 'at-least'),
  value('slow-p99', 1.1),
  value('slow-memory', 16),
];

export interface Verdict {
  readonly target: Target;
  /** Undefined when the run has no such figure. */
  readonly own: Range | undefined;
  /** The relay that it was held against, with its figure. */
  readonly peer: { readonly name: string; readonly range: Range } | undefined;
  /** What is compared with the limit: the ratio round by round, or the figure itself. */
  readonly compared: Range | undefined;
  readonly outcome: 'met' | 'missed' | 'not measured';
  /** The rounds disagree: some met the target, some missed it. */
  readonly close: boolean;
}

export const judgeAll = (samples: Samples): Verdict[] => targets.map(target => judge(samples, target));

export function judge(samples: Samples, target: Target): Verdict {
  const ours = samples.of(target.figure, own);
  const peerName = peerOf(samples, target);
  const theirs = peerName === undefined ? [] : samples.of(target.figure, peerName);
  const compared = target.against.kind === 'value' ? [...ours] : ratios(ours, theirs);
  const range = compared.length === 0 ? undefined : rangeOf(compared);
  const isMet = (number: number): boolean =>
    target.sense === 'at-most' ? number <= target.limit : number >= target.limit;
  return {
    target,
    own: ours.length === 0 ? undefined : rangeOf(ours),
    peer:
      peerName === undefined || theirs.length === 0 ? undefined : { name: peerName, range: rangeOf(theirs) },
    compared: range,
    outcome: range === undefined ? 'not measured' : isMet(range.median) ? 'met' : 'missed',
    close: range !== undefined && isMet(range.min) !== isMet(range.max),
  };
}

function peerOf(samples: Samples, { figure, against }: Target): string | undefined {
  if (against.kind === 'value') return undefined;
  if (against.kind === 'relay') return against.relay;
  const present = against.relays.filter(relay => samples.of(figure, relay).length > 0);
  return present.sort((a, b) => median(samples.of(figure, a)) - median(samples.of(figure, b)))[0];
}
