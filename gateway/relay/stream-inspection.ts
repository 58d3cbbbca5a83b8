/**
 * What stands between the two half-pipes of a relay: bytes go in on one side, what may pass comes out
 * on the other. The relay knows no protocol, the inspection knows no socket.
 */
import type { PolicyDocument } from '../../config/policy.ts';
import type { Direction } from '../policy/traffic-event.ts';
import type { DropReason } from '../policy/verdict.ts';
import type { CloseReasonName } from './close-reason.ts';

/** Bytes to write in one direction, as spans; valid until the next call into the inspection. */
export interface OutputSpans {
  readonly spans: ReadonlyArray<Uint8Array>;
  readonly byteLength: number;
  /** The spans were written (or copied): forget them. */
  clear(): void;
}

/** The protocol itself ended the stream: an upstream that refused us, a message that cannot be held. */
export interface StreamEnd {
  readonly reason: CloseReasonName;
  /** One lower-case sentence for the close frame and the log. */
  readonly message: string;
}

/** One thing policy did, as the viewer and the counters are told. Never any content. */
export interface PolicyEvent {
  readonly type: PolicyEventType;
  /** `up` is from the client into the desktop. */
  readonly direction: Direction;
  /** `truncate`: the beginning of a text passed. */
  readonly verdict: 'drop' | 'truncate';
  readonly reason: DropReason;
  /** Size of what was dropped, or of the text before it was cut, where it has one. */
  readonly bytes?: number;
  /** Bytes allowed, when `reason` is `size` or `total_size`; bytes allowed at once, when it is `budget`. */
  readonly limit?: number;
  /** After so long the same would not be too soon, when `reason` is `delay`, or too much, when it is `rate`. */
  readonly waitMs?: number;
  /** What may not be copied, when `reason` is `mimetype`. */
  readonly mimetype?: string;
}

export type PolicyEventType =
  | 'clipboard'
  | 'keyboard'
  | 'pointer'
  | 'resize'
  | 'power'
  | 'relay'
  /** An invitation to send pixels beside the stream, where nobody would inspect them. */
  | 'udp'
  /** Any of these but the clipboard, for a user who may only watch. */
  | 'view_only';

/** What is counted as dropped: also wishes and questions that clients send by themselves, which nobody is told of. */
export type DroppedType = PolicyEventType | 'quality' | 'statistics';

/**
 * Inspects one stream in both directions. Output may be waiting from construction (a greeting) and either
 * `from…` call may queue output in either direction: flush `toUpstream` and `toClient`, in any order, after
 * construction, after each call, also when it returned true, and clear them. A direction that still has
 * uncleared output gets `false` for its next chunk, so that order is kept.
 */
export interface StreamInspection {
  /**
   * Inspects the payload bytes [start, end) of `chunk`, which came from that side.
   * @returns true when all of them pass unchanged and nothing is held back: forward them as they stand.
   *   false: forward what the output in that direction holds instead, which may be nothing. Its spans may
   *   point into `chunk`.
   * @throws DecodeError when the bytes of this side cannot be followed: close with `client_message` or
   *   `upstream_message`.
   */
  fromClient(chunk: Uint8Array, start: number, end: number): boolean;
  fromUpstream(chunk: Uint8Array, start: number, end: number): boolean;
  readonly toUpstream: OutputSpans;
  readonly toClient: OutputSpans;
  /** A new policy takes force at the next message. */
  setPolicy(document: PolicyDocument): void;
  /** The stream is over: what was still being gathered for the record is told. */
  finish?(): void;
  /** Drops by policy so far. */
  readonly policyDrops?: number;
  /** Set when the protocol ended the stream: flush `toClient`, then close with it. */
  readonly ended: StreamEnd | undefined;
}
