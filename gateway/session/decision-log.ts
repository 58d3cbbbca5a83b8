/**
 * The last things policy decided for each session, so that a user can ask why something did not arrive. Kinds,
 * lengths and verdicts only, never content. In memory, bounded; a repetition counts up instead of taking a place.
 */
import { limits } from '../../config/limits.ts';
import { closeReasons } from '../relay/close-reason.ts';
import type { PolicyEvent } from '../relay/stream-inspection.ts';
import type { SessionEvent } from './session-events.ts';

export interface Decision {
  /** When it happened last. */
  readonly timeMs: number;
  /** When the run of repetitions began. */
  readonly sinceMs: number;
  /** How often, without another decision between. */
  readonly count: number;
  readonly type: string;
  readonly direction?: string;
  readonly verdict: string;
  readonly reason: string;
  readonly bytes?: number;
  readonly limit?: number;
  /** After so long the same would not have been too soon. */
  readonly waitMs?: number;
  readonly mimetype?: string;
}

/** A decision as it is reported: the time is the log's own. */
export type Decided = Omit<Decision, 'timeMs' | 'sinceMs' | 'count'>;

/** Where the last decisions are kept: in this process, or with the parent of several. */
export interface Decisions {
  heard(sessionId: string, event: SessionEvent): void;
  add(sessionId: string, decided: Decided): void;
  /** The newest first. */
  of(sessionId: string): readonly Decision[] | Promise<readonly Decision[]>;
  /** Sessions that something is remembered of here; undefined where that is another process's work. */
  readonly size?: number;
}

export class DecisionLog implements Decisions {
  /** The session that was heard of last is the last in the order. */
  readonly #sessions = new Map<string, Decision[]>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** What policy did to a stream; of the ends, those at which something was wrong. */
  heard(sessionId: string, event: SessionEvent): void {
    if (event.type !== 'end') {
      this.add(sessionId, withoutContent(event));
    } else if (!isBenign(event.reason)) {
      this.add(sessionId, { type: 'stream', verdict: 'end', reason: event.reason });
    }
  }

  add(sessionId: string, decided: Decided): void {
    const decisions = this.#sessions.get(sessionId) ?? [];
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, decisions);
    const timeMs = this.#now();
    const last = decisions.at(-1);
    if (last !== undefined && isRepetition(last, decided)) {
      decisions[decisions.length - 1] = { ...last, timeMs, count: last.count + 1 };
      return;
    }
    decisions.push({ ...decided, timeMs, sinceMs: timeMs, count: 1 });
    if (decisions.length > limits.decisionsPerSessionMax) decisions.shift();
    const oldest =
      this.#sessions.size > limits.decisionSessionsMax ? this.#sessions.keys().next().value : undefined;
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** The newest first. */
  of(sessionId: string): readonly Decision[] {
    return [...(this.#sessions.get(sessionId) ?? [])].reverse();
  }
}

const fields = ['type', 'direction', 'verdict', 'reason', 'bytes', 'limit', 'waitMs', 'mimetype'] as const;

/** The named fields only, whatever an event comes to carry. */
function withoutContent(event: PolicyEvent): Decided {
  const present = fields.filter(field => event[field] !== undefined);
  return Object.fromEntries(present.map(field => [field, event[field]])) as unknown as Decided;
}

const isRepetition = (last: Decision, decided: Decided): boolean =>
  fields.every(field => last[field] === decided[field]);

/** What has no row was no stream yet: it never got through. */
function isBenign(reason: Extract<SessionEvent, { readonly type: 'end' }>['reason']): boolean {
  return reason !== 'upgrade_stripped' && reason !== 'upgrade_late' && closeReasons[reason].benign;
}
