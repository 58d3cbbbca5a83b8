/** What the bench asks of the load's process, a line of JSON each, and what it answers, a line each, in order. */
import type { RoundTrips } from './probe.ts';
import type { ShapeName } from './shapes.ts';
import type { Transmitted } from './traffic.ts';
import type { UpstreamKind } from './upstream.ts';

export type AgentTask =
  /** First of all: starts the desktops' side. `echo` answers every 9 bytes of a client with 9 bytes. */
  | { readonly do: 'listen'; readonly kind: UpstreamKind; readonly echo: boolean }
  /**
   * Opens `count` streams more, numbered on from `first` in steps of `step` (0 and 1). In the path `{index}` and
   * `{session12}` (12 hex digits) stand for the number.
   */
  | {
      readonly do: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      readonly concurrency: number;
      readonly first?: number;
      readonly step?: number;
    }
  /** Opens and closes `count` streams. `curves`: the groups that the viewers offer (X25519); empty: the runtime's own. */
  | {
      readonly do: 'storm';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      readonly concurrency: number;
      readonly curves?: string;
    }
  | { readonly do: 'flood'; readonly shape: ShapeName; readonly bytes: number }
  | { readonly do: 'turns'; readonly shape: ShapeName; readonly bytes: number; readonly inFlight: number }
  | { readonly do: 'pace'; readonly shape: ShapeName; readonly bytesPerSecond: number }
  /** Ends the pace. */
  | { readonly do: 'rest' }
  /** `warmUp` round trips before, which do not count. */
  | { readonly do: 'probe'; readonly count: number; readonly warmUp: number }
  /** Paces for a while with stream 0 reading slowly or not, and answers with the others' latencies. */
  | {
      readonly do: 'watch';
      readonly shape: ShapeName;
      readonly bytesPerSecond: number;
      readonly seconds: number;
      readonly slow: boolean;
    }
  | { readonly do: 'close' };

export interface AgentAnswers {
  readonly listen: { readonly port: number };
  /** With what the first of its viewers agreed on. */
  readonly open: { readonly open: number; readonly cipher: string; readonly keyAgreement: string };
  readonly storm: { readonly opened: number; readonly seconds: number };
  readonly flood: Transmitted;
  readonly turns: Transmitted;
  readonly pace: Record<never, never>;
  readonly rest: Transmitted & { readonly skipped: number };
  readonly probe: RoundTrips;
  readonly watch: {
    readonly count: number;
    /** In ms. */
    readonly p50: number;
    readonly p99: number;
    /** Payload that the slow stream took. */
    readonly slowBytes: number;
  };
  readonly close: Record<never, never>;
}
