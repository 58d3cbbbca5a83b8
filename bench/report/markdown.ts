/** The table of a run, in Markdown. Pure. */
import { type FigureName, figures, type Samples } from '../suite/samples.ts';
import type { Verdict } from '../suite/targets.ts';
import type { Machine, Origin } from './machine.ts';
import { type Range, rangeOf } from './statistics.ts';

/** Three significant digits, and no more than a reader can use. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export const formatRange = ({ median, min, max }: Range): string =>
  min === max ? formatNumber(median) : `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`;

/** A table with its columns lined up, so that it reads in a terminal as well. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function formatTarget({ target, compared, peer }: Verdict): string[] {
  const sign = target.sense === 'at-most' ? '≤' : '≥';
  const { unit } = figures[target.figure];
  if (target.against.kind === 'value') {
    return ['–', compared === undefined ? '–' : formatRange(compared), `${sign} ${target.limit} ${unit}`];
  }
  const names = target.against.kind === 'relay' ? target.against.relay : 'the best of them';
  return [
    peer === undefined ? names : `${peer.name}: ${formatRange(peer.range)}`,
    compared === undefined ? '–' : `${formatRange(compared)} ×`,
    `${sign} ${target.limit} × ${names}`,
  ];
}

/** The targets, each with what it was held against and how it came out. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(verdict => {
    const { title, unit } = figures[verdict.target.figure];
    const outcome = verdict.close ? `${verdict.outcome}, rounds disagree` : verdict.outcome;
    const own = verdict.own === undefined ? '–' : `${formatRange(verdict.own)} ${unit}`;
    return [title, own, ...formatTarget(verdict), `**${outcome}**`];
  });
  return formatTable(['figure', 'sluice', 'peer', 'compared', 'target', 'outcome'], rows);
}

/** Every figure of every relay. */
export function formatFigures(samples: Samples): string {
  const names: FigureName[] = samples.figures();
  const relays = [...new Set(names.flatMap(name => samples.relaysOf(name)))];
  const cell = (name: FigureName, relay: string): string => {
    const values = samples.of(name, relay);
    return values.length === 0 ? '–' : formatRange(rangeOf(values));
  };
  const rows = names.map(name => [
    `${figures[name].title}, ${figures[name].unit}`,
    ...relays.map(relay => cell(name, relay)),
  ]);
  return formatTable(['figure: median (min–max)', ...relays], rows);
}

/** How many sessions a core holds, by what happens on them. */
export function formatMixes(samples: Samples): string {
  const rows = samples.mixes.map(({ mix, streams, cpuShare, megabytesPerSecond, perCore, late }) => [
    mix,
    String(streams),
    formatNumber(megabytesPerSecond),
    formatNumber(cpuShare),
    `${perCore === undefined ? 'too few to tell' : `about ${perCore}`}${late ? ' (the load was late)' : ''}`,
  ]);
  return formatTable(['mix', 'streams held', 'MB/s', 'of a core', 'sessions on a core 70 % busy'], rows);
}

export interface RunFacts {
  readonly origin: Origin;
  readonly machine: Machine;
  readonly command: string;
  readonly minutes: number;
}

/** The whole page. */
export function formatPage(samples: Samples, verdicts: readonly Verdict[], run: RunFacts): string {
  const { machine, origin } = run;
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter(verdict => verdict.outcome === outcome).length;
  const parts = [
    '# Results of the last recorded run',
    `Written by \`${run.command}\` on ${origin.date} at commit ${origin.commit}, in ${formatNumber(run.minutes)} minutes: ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB, Linux ${machine.kernel}, Bun ${machine.bun}. ` +
      'How it was measured and how to read it is in [README.md](README.md).',
    `Targets: **${count('met')} met, ${count('missed')} missed, ${count('not measured')} not measured.**`,
    formatVerdicts(verdicts),
    '## All figures',
    formatFigures(samples),
    ...(samples.mixes.length === 0 ? [] : ['## Sessions per core', formatMixes(samples)]),
    '## Notes',
    samples.notes.map(note => `- ${note}`).join('\n') || '- none',
  ];
  return `${parts.join('\n\n')}\n`;
}
