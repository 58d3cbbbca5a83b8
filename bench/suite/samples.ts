/** What the figures of one run put down: numbers by figure and relay, in the order of the rounds. */

/** Every figure of the suite, with its unit. */
export const figures = {
  'cpu-large': { title: 'CPU per GB, 16 KiB messages', unit: 's/GB' },
  'cpu-packed': { title: 'CPU per GB, 400 B packed 80 a frame', unit: 's/GB' },
  'cpu-single': { title: 'CPU per GB, 400 B, one a segment', unit: 's/GB' },
  'rate-large': { title: 'throughput, 16 KiB messages', unit: 'GB/s' },
  'rtt-idle-p50': { title: 'round trip of 9 bytes, idle, p50', unit: 'µs' },
  'rtt-idle-p99': { title: 'round trip of 9 bytes, idle, p99', unit: 'µs' },
  'rtt-load-p50': { title: 'round trip of 9 bytes, 70 % load, p50', unit: 'µs' },
  'rtt-load-p99': { title: 'round trip of 9 bytes, 70 % load, p99', unit: 'µs' },
  'rtt-fresh-p50': { title: 'round trip of 9 bytes, idle, right after the start, p50', unit: 'µs' },
  'rtt-fresh-p99': { title: 'round trip of 9 bytes, idle, right after the start, p99', unit: 'µs' },
  'rtt-load-share': { title: 'load reached during the round trips', unit: 'of a core' },
  'idle-memory': { title: 'memory per idle session', unit: 'KB' },
  'memory-growth': { title: 'memory per session, upper half to lower half', unit: '×' },
  'used-memory': { title: 'memory per session after traffic', unit: 'KB' },
  accept: { title: 'CPU per accepted stream', unit: 'ms' },
  'accept-fresh': { title: 'CPU per accepted stream, right after the start', unit: 'ms' },
  'accept-shipped': { title: 'CPU per accepted stream, key agreement as shipped', unit: 'ms' },
  'cpu-growth': { title: 'CPU per GB, most sessions to 10', unit: '×' },
  'workers-cpu': { title: 'throughput of 2 workers, from CPU per GB', unit: '×' },
  'workers-rate': { title: 'throughput of 2 workers to 1, saturated', unit: '×' },
  'slow-p99': { title: "a slow reader: others' p99 with to without", unit: '×' },
  'slow-memory': { title: 'a slow reader: growth of memory', unit: 'MB' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly unit: string }>>;

export type FigureName = keyof typeof figures;

/** A curve over the number of sessions, for the plots. */
export interface CurvePoint {
  readonly curve: 'cpu' | 'rate' | 'memory';
  readonly relay: string;
  readonly sessions: number;
  readonly value: number;
}

/** One mix of desktops, held by the load generator. */
export interface MixFigure {
  readonly mix: string;
  readonly streams: number;
  /** Of the gateway, in cores. */
  readonly cpuShare: number;
  readonly megabytesPerSecond: number;
  /** Sessions that keep a core 70 % busy; undefined where these were too few to tell. */
  readonly perCore: number | undefined;
  /** The load did not keep up. */
  readonly late: boolean;
}

export class Samples {
  readonly mixes: MixFigure[] = [];
  readonly points: CurvePoint[] = [];
  /** Why a figure is missing or what has to be known to read it, a sentence each. */
  readonly notes: string[] = [];
  readonly #values = new Map<FigureName, Map<string, number[]>>();

  add(figure: FigureName, relay: string, value: number): void {
    const ofFigure = this.#values.get(figure) ?? new Map<string, number[]>();
    this.#values.set(figure, ofFigure);
    ofFigure.set(relay, [...(ofFigure.get(relay) ?? []), value]);
  }

  addPoint(point: CurvePoint): void {
    this.points.push(point);
  }

  /** Once each. */
  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  of(figure: FigureName, relay: string): readonly number[] {
    return this.#values.get(figure)?.get(relay) ?? [];
  }

  relaysOf(figure: FigureName): string[] {
    return [...(this.#values.get(figure)?.keys() ?? [])];
  }

  figures(): FigureName[] {
    return [...this.#values.keys()];
  }
}
