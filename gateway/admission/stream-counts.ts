/**
 * How many streams a session and a user have open. Where several workers share a port, their parent counts for all of
 * them (worker/stream-seats.ts), so that a limit of one is one. Everything is counted, limited or not: a limit that a
 * reload brings holds for what is open already.
 */
import type { GatewayConfig } from '../../config/gateway.ts';
import type { Count, LimitsConfig } from '../../config/gateway-admission.ts';
import { KeyCounts } from './key-counts.ts';

/** Which limit was reached. */
export interface StreamsFull {
  readonly kind: 'session_streams' | 'user_streams';
  readonly limit: number;
}

export interface StreamLimits {
  readonly perSession: number;
  readonly perUser: number;
}

/** Streams of one session of control, where the configuration says nothing; those of the file are not limited. */
const perSessionDefault = 200;

/** @param hasControl whether sessions come from control. */
export function streamLimitsOf(limits: LimitsConfig, hasControl: boolean): StreamLimits {
  return {
    perSession: numberOf(limits.streams_per_session ?? (hasControl ? perSessionDefault : 'unlimited')),
    perUser: numberOf(limits.streams_per_user),
  };
}

/** As a whole configuration has them. */
export const configuredStreamLimits = ({ limits, control }: Pick<GatewayConfig, 'limits' | 'control'>) =>
  streamLimitsOf(limits, control !== undefined);

export function numberOf(count: Count): number {
  return count === 'unlimited' ? Number.POSITIVE_INFINITY : count;
}

export class StreamCounts {
  /** What is open stays, whatever they change to. */
  limits: StreamLimits;
  readonly #ofSession = new KeyCounts();
  readonly #ofUser = new KeyCounts();

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  /** Sessions and users that have streams. */
  get keys(): number {
    return this.#ofSession.size + this.#ofUser.size;
  }

  /** @param userId empty where there are no users. @returns why there is no room; undefined when it is counted now. */
  enter(sessionId: string, userId: string): StreamsFull | undefined {
    const { perSession, perUser } = this.limits;
    if (this.#ofSession.of(sessionId) >= perSession) return { kind: 'session_streams', limit: perSession };
    if (this.#ofUser.of(userId) >= perUser) return { kind: 'user_streams', limit: perUser };
    this.#ofSession.add(sessionId);
    this.#ofUser.add(userId);
    return undefined;
  }

  /** One that entered is gone. */
  leave(sessionId: string, userId: string): void {
    this.#ofSession.drop(sessionId);
    this.#ofUser.drop(userId);
  }
}
