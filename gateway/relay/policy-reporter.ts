import { createHmac } from 'node:crypto';
import type { LoggingLevel } from '../policy/compile-policy.ts';
import { isText } from '../policy/mimetype.ts';
import type { Direction } from '../policy/traffic-event.ts';
import type { DropReason, Verdict } from '../policy/verdict.ts';
import { KeyTranscript } from './key-transcript.ts';
import { type PolicyRecord, recordedContentBytesMax } from './policy-record.ts';
import type { PolicyEvent, PolicyEventType } from './stream-inspection.ts';

/** Dropped keys, pointer events and the like come by the hundred: one event a kind in this time. */
const repeatAfterMs = 1_000;

export interface PolicyReporterOptions {
  readonly now: () => number;
  readonly onEvent: (event: PolicyEvent) => void;
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
}

/**
 * Tells what policy did: events for who watches, each copy of the clipboard and the rest not more often than
 * people can read; records for who asks later, as far as the policy's logging level says.
 */
export class PolicyReporter {
  /** The policy's. At `off`, what passes costs nothing here. */
  level: LoggingLevel = 'off';
  readonly #options: PolicyReporterOptions;
  /** Made when something is dropped, and when somebody types who is recorded: most streams have neither. */
  #lastMs: Map<PolicyEventType, number> | undefined;
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

  /** @param told false: the viewer knows of this copy already. */
  clipboard(item: JudgedItem, told = true): void {
    const { direction, verdict, bytes, passedBytes, limit, waitMs, mimetype } = item;
    // Copies that come too fast even to be looked at are told of as keys are.
    if (verdict === 'rate' && this.#isRepeated('clipboard')) return;
    const cut = passedBytes !== undefined;
    if (verdict !== 'pass' && told) {
      this.#options.onEvent({
        type: 'clipboard',
        direction,
        verdict: cut ? 'truncate' : 'drop',
        reason: verdict,
        ...(bytes === undefined ? {} : { bytes }),
        ...(limit === undefined ? {} : { limit }),
        ...(waitMs === undefined ? {} : { waitMs }),
        ...(verdict === 'mimetype' && mimetype !== undefined ? { mimetype } : {}),
      });
    }
    if (this.recording) this.#recordItem(item, cut);
  }

  /** Something else of the user's was dropped. */
  input(type: PolicyEventType, reason: DropReason, direction: Direction = 'up'): void {
    if (this.#isRepeated(type)) return;
    this.#options.onEvent({ type, direction, verdict: 'drop', reason });
    if (this.recording) this.#record({ type, direction, verdict: 'drop', reason });
  }

  /** A key was pressed and passed. Call at level `verbose` only. */
  typed(keysym: number, code: number, nowMs: number): void {
    if (!this.recording) return;
    this.#keys ??= new KeyTranscript(keys =>
      this.#record({ type: 'keyboard', direction: 'up', verdict: 'pass', keys }),
    );
    this.#keys.add(keysym, code, nowMs);
  }

  /** The stream or the level has ended: what was typed so far is written down. */
  flush(): void {
    this.#keys?.flush();
  }

  #isRepeated(type: PolicyEventType): boolean {
    const now = this.#options.now();
    const last = this.#lastMs?.get(type);
    if (last !== undefined && now - last < repeatAfterMs) return true;
    this.#lastMs ??= new Map();
    this.#lastMs.set(type, now);
    return false;
  }

  #recordItem(item: JudgedItem, cut: boolean): void {
    const { direction, verdict, mimetype, bytes, passedBytes, content } = item;
    const key = this.#options.hashKey;
    this.#record({
      type: 'clipboard',
      direction,
      verdict: verdict === 'pass' ? 'pass' : cut ? 'truncate' : 'drop',
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
