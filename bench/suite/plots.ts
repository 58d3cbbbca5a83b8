/** The charts of a run. Pure: names and SVG text. */

import { rangeOf } from '../report/statistics.ts';
import { type BarGroup, drawBars, drawLines } from '../report/svg-plot.ts';
import type { CurvePoint, FigureName, Samples } from './samples.ts';

export interface Plot {
  /** File name without folder. */
  readonly name: string;
  readonly svg: string;
}

function groupOf(samples: Samples, figure: FigureName, label: string): BarGroup {
  const bars = samples.relaysOf(figure).map(relay => {
    const { median, min, max } = rangeOf(samples.of(figure, relay));
    return { label: relay, value: median, min, max };
  });
  return { label, bars };
}

/** Of the curves that are there, one line a relay. */
function curvesOf(samples: Samples, curve: CurvePoint['curve']) {
  const points = samples.points.filter(point => point.curve === curve);
  return [...new Set(points.map(point => point.relay))].map(label => ({
    label,
    points: points
      .filter(point => point.relay === label)
      .map(point => ({ x: point.sessions, y: point.value }))
      .sort((a, b) => a.x - b.x),
  }));
}

/** The charts that the samples suffice for. */
export function drawPlots(samples: Samples): Plot[] {
  const bars = (title: string, unit: string, wanted: readonly [FigureName, string][]): string | undefined => {
    const groups = wanted
      .map(([figure, label]) => groupOf(samples, figure, label))
      .filter(group => group.bars.length > 0);
    return groups.length === 0 ? undefined : drawBars({ title, unit, groups });
  };
  const lines = (curve: CurvePoint['curve'], title: string, unit: string): string | undefined => {
    const found = curvesOf(samples, curve);
    if (found.length === 0) return undefined;
    return drawLines({ title, unit, xTitle: 'sessions', logarithmicX: true, lines: found });
  };
  const plots: Readonly<Record<string, string | undefined>> = {
    'cpu-per-gb.svg': bars('CPU time per GB, desktop to viewer', 's/GB, lower is better', [
      ['cpu-large', '16 KiB messages'],
      ['cpu-packed', '400 B packed'],
    ]),
    'cpu-per-gb-segments.svg': bars(
      'CPU time per GB, 400 B messages, one a TCP segment',
      's/GB, lower is better',
      [['cpu-single', '400 B, one a segment']],
    ),
    'throughput.svg': bars('Throughput of one core, 16 KiB messages', 'GB/s, higher is better', [
      ['rate-large', '4 streams'],
    ]),
    'latency.svg': bars('Round trip of 9-byte messages through the relay', 'µs, lower is better', [
      ['rtt-idle-p50', 'idle, p50'],
      ['rtt-idle-p99', 'idle, p99'],
      ['rtt-load-p50', '70 % load, p50'],
      ['rtt-load-p99', '70 % load, p99'],
    ]),
    'accept.svg': bars('CPU time per accepted stream', 'ms, lower is better', [
      ['accept', 'TLS 1.3, head, dial, greeting'],
    ]),
    'memory.svg': lines('memory', 'Resident memory with idle sessions', 'MB, lower is better'),
    'cpu-by-sessions.svg': lines(
      'cpu',
      'CPU time per GB with more and more sessions',
      's/GB, lower is better',
    ),
    'throughput-by-sessions.svg': lines(
      'rate',
      'Throughput with 10 messages on their way',
      'GB/s, higher is better',
    ),
  };
  return Object.entries(plots).flatMap(([name, svg]) => (svg === undefined ? [] : [{ name, svg }]));
}
