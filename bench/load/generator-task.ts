/** What `bun bench/load.ts` tells its processes and hears from them, a line of JSON each. */
import type { Mix } from './mix.ts';

export interface GeneratorTask {
  readonly host: string;
  readonly port: number;
  readonly serverName: string | undefined;
  readonly insecure: boolean;
  readonly tls: boolean;
  /** Stream i takes path i modulo their number; `{session12}` stands for i in 12 hex digits. */
  readonly paths: readonly string[];
  /** The streams are numbered from here, in steps. */
  readonly first: number;
  readonly step: number;
  readonly streams: number;
  /** Streams opened a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly mix: Mix;
  /** Several addresses to come from, for more connections than one has ports; loopback only. */
  readonly manyAddresses: boolean;
  /** The desktops are this process's own, which replays their part as well. */
  readonly ownDesktops: boolean;
}

/** Once, at the start. */
export interface GeneratorReady {
  readonly upstreamPort: number;
}

/** Every second, and a last time with `done`. All numbers since the start, but for those that say otherwise. */
export interface GeneratorReport {
  readonly open: number;
  readonly opened: number;
  readonly bytesDown: number;
  readonly bytesUp: number;
  readonly messagesDown: number;
  /** By cause. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the last second: how late the process came to what was due, at most, and its share of a core. */
  readonly lagMs: number;
  readonly cpuShare: number;
  /** Histograms as JSON: ms to open a stream, and ms from a desktop's message to its viewer (or of a ping). */
  readonly openMs: readonly (readonly [number, number])[];
  readonly latencyMs: readonly (readonly [number, number])[];
  /** All streams of this process were tried, and how long ago. */
  readonly steadySeconds: number;
  /** What of bytesDown and messages fell into the time since then. */
  readonly steadyBytesDown: number;
  readonly done: boolean;
}
