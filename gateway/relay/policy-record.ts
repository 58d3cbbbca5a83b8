import type { Direction } from '../policy/traffic-event.ts';
import type { DropReason } from '../policy/verdict.ts';
import type { DroppedType } from './stream-inspection.ts';

/**
 * One line for the audit trail, made when `logging.level` is `info` or `verbose`: every item that came to the
 * clipboard and whatever else was dropped; at `off`, what falls under any policy. Lengths, types, verdicts and a keyed hash; `content` and `keys`
 * only at `verbose`.
 */
export interface PolicyRecord {
  readonly type: DroppedType;
  readonly direction: Direction;
  readonly verdict: 'pass' | 'drop' | 'truncate';
  readonly reason?: DropReason;
  /** So many drops of this kind, one or more since the record before; absent for one. */
  readonly count?: number;
  /** Clipboard: counts the operations of the stream, so that the items of one copy are found together. */
  readonly operation?: number;
  readonly mimetype?: string;
  /** Size of the item as it came. */
  readonly bytes?: number;
  /** Size of what passed of it, when it was cut. */
  readonly passedBytes?: number;
  /** HMAC-SHA-256 of the item as it came, base64url: tells copies of one thing without telling the thing. */
  readonly hash?: string;
  /** Text of the item, cut at `recordedContentBytesMax`. Only at `verbose`. */
  readonly content?: string;
  /** Keys that were pressed since the last record: characters as they are, others as <name>. Only at `verbose`. */
  readonly keys?: string;
}

/** More of a text than this is not written down. */
export const recordedContentBytesMax = 16_384;
