import { createHmac } from 'node:crypto';
import type { LoggingLevel } from '../policy/compile-policy.ts';
import { isText } from '../policy/mimetype.ts';
import type { Direction } from '../policy/traffic-event.ts';
import type { DropReason, Verdict } from '../policy/verdict.ts';
import { KeyTranscript } from './key-transcript.ts';
import { type PolicyRecord, recordedContentBytesMax } from './policy-record.ts';
import type { DroppedType, PolicyEvent } from './stream-inspection.ts';

/** Dropped keys, pointer events and the like come by the hundred: one event and one record a kind in this time. */
const repeatAfterMs = 1_000;
/** The same for what is recorded though the policy asks for no records: nobody shall fill the trail with it. */
const unaskedAfterMs = 60_000;

const typeNumbers: Readonly<Record<DroppedType, number>> = {
  clipboard: 0,
  keyboard: 1,
  pointer: 2,
  resize: 3,
  power: 4,
  relay: 5,
  udp: 6,
  view_only: 7,
  quality: 8,
  statistics: 9,
};

const reasonNumbers: Readonly<Record<DropReason, number>> = {
  disabled: 0,
  view_only: 1,
  access: 2,
  size: 3,
  total_size: 4,
  mimetype: 5,
  form: 6,
  withdrawn: 7,
  delay: 8,
  budget: 9,
  rate: 10,
  combination: 11,
  region: 12,
};
/** More reasons than there are. */
const reasonRoom = 16;

/** How often something was dropped, in all streams. */
export interface DropCount {
  value: number;
}

/** Drops of one type, reason and direction in one stream. */
interface DropKind {
  readonly type: DroppedType;
  readonly direction: Direction;
  readonly reason: DropReason;
  /** It falls under any policy. */
  readonly anyPolicy: boolean;
  readonly total: DropCount;
  toldMs: number;
  recordedMs: number;
  /** Since the last record. */
  unrecorded: number;
}

export interface PolicyReporterOptions {
  readonly now: () => number;
  readonly onEvent: (event: PolicyEvent) => void;
  /** Where drops are counted; called once for each type, direction and reason of a stream. */
  readonly countOf?: ((type: DroppedType, direction: Direction, reason: DropReason) => DropCount) | undefined;
  readonly onRecord?: ((record: PolicyRecord) => void) | undefined;
  /** Of the hashes in records; without it they have none. */
  readonly hashKey?: Uint8Array | undefined;
}

/** One clipboard item and what became of it. */
export interface JudgedItem {
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly mimetype?: string;
  /** As limits count it. */
  readonly bytes?: number | undefined;
  /** What passed of a text that was cut. */
  readonly passedBytes?: number;
  readonly content?: Uint8Array;
  readonly limit?: number | undefined;
  readonly waitMs?: number | undefined;
  /** No policy would have let it pass: it was over a limit of the gateway's own. */
  readonly anyPolicy?: boolean;
}

/**
 * Tells what policy did: counts of every drop; events for who watches, each copy of the clipboard and the rest not more
 * often than people can read; records for who asks later, as far as the policy's logging level says. What falls under any
 * policy is an attempt at something no client does by itself: that is recorded at every level.
 */
export class PolicyReporter {
  /** The policy's. At `off`, what passes costs nothing here. */
  level: LoggingLevel = 'off';
  /** Drops of this stream. */
  drops = 0;
  readonly #options: PolicyReporterOptions;
  /** Made when something is dropped, and when somebody types who is recorded: most streams have neither. */
  #kinds: Map<number, DropKind> | undefined;
  #keys: KeyTranscript | undefined;
  #operation = 0;

  constructor(options: PolicyReporterOptions) {
    this.#options = options;
  }

  /** Whether records are made at all. */
  get recording(): boolean {
    return this.level !== 'off' && this.#options.onRecord !== undefined;
  }

  /** The items that follow belong to one copy. */
  beginOperation(): void {
    this.#operation++;
  }

  /** @param told false: the viewer knows of this copy already, and it is counted. */
  clipboard(item: JudgedItem, told = true): void {
    const { direction, verdict, anyPolicy = false } = item;
    if (verdict === 'pass') {
      if (this.recording) this.#recordItem(item);
      return;
    }
    const kind = told ? this.#count('clipboard', verdict, direction, anyPolicy) : undefined;
    // Copies that come too fast even to be looked at are told of as keys are.
    if (verdict === 'rate') {
      if (kind === undefined) return;
      if (this.#isDue(kind)) this.#tellItem(item, verdict);
      this.#recordKind(kind);
      return;
    }
    if (told) this.#tellItem(item, verdict);
    if (this.recording) {
      this.#recordItem(item);
      if (kind !== undefined) kind.unrecorded = 0;
    } else if (kind !== undefined) this.#recordKind(kind);
  }

  /** Something else of the user's was dropped. */
  input(type: PolicyEvent['type'], reason: DropReason, direction: Direction = 'up'): void {
    const kind = this.#count(type, reason, direction, false);
    if (this.#isDue(kind)) this.#options.onEvent({ type, direction, verdict: 'drop', reason });
    this.#recordKind(kind);
  }

  /** Something was dropped that nobody need be told of: a client sends it by itself, or an event told of it before. */
  dropped(type: DroppedType, reason: DropReason, direction: Direction = 'up'): void {
    this.#count(type, reason, direction, false).unrecorded = 0;
  }

  /** A key was pressed and passed. Call at level `verbose` only. */
  typed(keysym: number, code: number, nowMs: number): void {
    if (!this.recording) return;
    this.#keys ??= new KeyTranscript(keys =>
      this.#record({ type: 'keyboard', direction: 'up', verdict: 'pass', keys }),
    );
    this.#keys.add(keysym, code, nowMs);
  }

  /** The level has ended: what was typed so far is written down. */
  flush(): void {
    this.#keys?.flush();
  }

  /** The stream has ended: what was not yet recorded of what was typed and dropped is written down. */
  finish(): void {
    this.flush();
    for (const kind of this.#kinds?.values() ?? []) {
      if (kind.unrecorded > 0 && (this.recording || kind.anyPolicy)) this.#record(takenRecord(kind));
    }
  }

  #count(type: DroppedType, reason: DropReason, direction: Direction, anyPolicy: boolean): DropKind {
    this.drops++;
    this.#kinds ??= new Map();
    const number = typeNumbers[type] * reasonRoom + reasonNumbers[reason];
    const key = 4 * number + (direction === 'up' ? 0 : 2) + (anyPolicy ? 1 : 0);
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = {
        ...{ type, direction, reason, anyPolicy: anyPolicy || fallsUnderAnyPolicy(type, reason) },
        total: this.#options.countOf?.(type, direction, reason) ?? { value: 0 },
        ...{ toldMs: Number.NEGATIVE_INFINITY, recordedMs: Number.NEGATIVE_INFINITY, unrecorded: 0 },
      };
      this.#kinds.set(key, kind);
    }
    kind.total.value++;
    kind.unrecorded++;
    return kind;
  }

  /** Whether to tell of it again. */
  #isDue(kind: DropKind): boolean {
    const now = this.#options.now();
    if (now - kind.toldMs < repeatAfterMs) return false;
    kind.toldMs = now;
    return true;
  }

  #recordKind(kind: DropKind): void {
    if (!this.recording && !kind.anyPolicy) return;
    const now = this.#options.now();
    if (now - kind.recordedMs < (this.recording ? repeatAfterMs : unaskedAfterMs)) return;
    kind.recordedMs = now;
    this.#record(takenRecord(kind));
  }

  #tellItem(
    { direction, bytes, passedBytes, limit, waitMs, mimetype }: JudgedItem,
    reason: DropReason,
  ): void {
    this.#options.onEvent({
      type: 'clipboard',
      direction,
      verdict: passedBytes === undefined ? 'drop' : 'truncate',
      reason,
      ...(bytes === undefined ? {} : { bytes }),
      ...(limit === undefined ? {} : { limit }),
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(reason === 'mimetype' && mimetype !== undefined ? { mimetype } : {}),
    });
  }

  #recordItem(item: JudgedItem): void {
    const { direction, verdict, mimetype, bytes, passedBytes, content } = item;
    const key = this.#options.hashKey;
    this.#record({
      type: 'clipboard',
      direction,
      verdict: verdict === 'pass' ? 'pass' : passedBytes === undefined ? 'drop' : 'truncate',
      ...(verdict === 'pass' ? {} : { reason: verdict }),
      operation: this.#operation,
      ...(mimetype === undefined ? {} : { mimetype }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(passedBytes === undefined ? {} : { passedBytes }),
      ...(content === undefined || key === undefined
        ? {}
        : { hash: createHmac('sha256', key).update(content).digest('base64url') }),
      ...(content !== undefined && this.level === 'verbose' && mimetype !== undefined && isText(mimetype)
        ? { content: Buffer.from(content.subarray(0, recordedContentBytesMax)).toString('utf8') }
        : {}),
    });
  }

  #record(record: PolicyRecord): void {
    this.#options.onRecord?.(record);
  }
}

/** UDP beside the stream, forms nobody said they know, copies beyond what the gateway looks at. */
function fallsUnderAnyPolicy(type: DroppedType, reason: DropReason): boolean {
  return type === 'udp' || reason === 'form' || (type === 'clipboard' && reason === 'rate');
}

/** The record of a kind, which begins to count anew. */
function takenRecord(kind: DropKind): PolicyRecord {
  const { type, direction, reason, unrecorded } = kind;
  kind.unrecorded = 0;
  return { type, direction, verdict: 'drop', reason, ...(unrecorded > 1 ? { count: unrecorded } : {}) };
}
