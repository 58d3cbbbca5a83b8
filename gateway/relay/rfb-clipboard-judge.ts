import type { Policy } from '../policy/compile-policy.ts';
import { clipboardBytesMax, evaluate, type PolicyState } from '../policy/evaluate.ts';
import type { Direction, TrafficEvent } from '../policy/traffic-event.ts';
import type { Verdict } from '../policy/verdict.ts';
import { keepClipboardItems, parseBinaryClipboard } from '../rfb/binary-clipboard.ts';
import {
  cutTextHeaderBytes,
  isExtendedCutText,
  parseExtendedClipboard,
  providedSizes,
} from '../rfb/extended-clipboard.ts';
import { clipboardIdBytes } from '../rfb/server-message.ts';
import type { PolicyReporter } from './policy-reporter.ts';

/** What becomes of one message: as it is, not at all, or these bytes instead. */
export type Judgement = 'pass' | 'drop' | Uint8Array;

/** The policy in force and what it remembers of one stream; shared by the judges of both directions. */
export interface PolicyInForce {
  policy: Policy;
  readonly state: PolicyState;
  readonly event: TrafficEvent;
  readonly reporter: PolicyReporter;
}

/** Judges the clipboard messages of one direction, in all three forms RFB has for them. */
export class RfbClipboardJudge {
  readonly #force: PolicyInForce;
  readonly #direction: Direction;
  /** An offer was dropped and told; the data that may follow it is the same copy. */
  #offerTold = false;

  constructor(force: PolicyInForce, direction: Direction) {
    this.#force = force;
    this.#direction = direction;
  }

  /** A whole ClientCutText or ServerCutText. */
  cutText(bytes: Uint8Array, start: number, end: number): Judgement {
    if (isExtendedCutText(bytes, start)) return this.#extended(bytes, start, end);
    const size = end - start - cutTextHeaderBytes;
    const verdict = this.#evaluate(size);
    if (verdict === 'pass') return 'pass';
    this.#tell(verdict, size);
    return 'drop';
  }

  /** A whole BinaryClipboard: items fall one by one, and the message with the last of them. */
  binary(bytes: Uint8Array, start: number, end: number): Judgement {
    const items = parseBinaryClipboard(bytes, start, end, this.#direction === 'down' ? clipboardIdBytes : 0);
    const blanket = this.#evaluate(0);
    if (blanket !== 'pass') {
      if (items.length > 0)
        this.#tell(
          blanket,
          items.reduce((sum, item) => sum + item.bytes, 0),
        );
      return 'drop';
    }
    const kept = items.filter(item => {
      const verdict = this.#evaluate(item.bytes);
      if (verdict !== 'pass') this.#tell(verdict, item.bytes);
      return verdict === 'pass';
    });
    if (kept.length === items.length) return 'pass';
    return kept.length === 0 ? 'drop' : keepClipboardItems(bytes, start, kept);
  }

  #extended(bytes: Uint8Array, start: number, end: number): Judgement {
    const { action, formats } = parseExtendedClipboard(bytes, start, end);
    if (action !== 'notify' && action !== 'provide') return 'pass';
    const blanket = this.#evaluate(0);
    if (blanket !== 'pass') {
      // An offer of no formats says that the clipboard is empty: that is no copy.
      const copy = action === 'provide' || formats !== 0;
      if (copy && !(action === 'provide' && this.#offerTold)) this.#tell(blanket);
      this.#offerTold = action === 'notify' && copy;
      return 'drop';
    }
    this.#offerTold = false;
    if (action === 'notify' || clipboardBytesMax(this.#force.policy, this.#direction) === Infinity)
      return 'pass';
    let judgement: Judgement = 'pass';
    for (const size of providedSizes(bytes, start, end, formats)) {
      const verdict = this.#evaluate(size);
      if (verdict === 'pass') continue;
      this.#tell(verdict, size);
      judgement = 'drop';
    }
    return judgement;
  }

  #evaluate(size: number): Verdict {
    const { policy, state, event } = this.#force;
    event.kind = 'clipboard';
    event.direction = this.#direction;
    event.bytes = size;
    return evaluate(policy, state, event);
  }

  #tell(verdict: Exclude<Verdict, 'pass'>, size?: number): void {
    const limit = clipboardBytesMax(this.#force.policy, this.#direction);
    this.#force.reporter.clipboard(this.#direction, verdict, size, limit);
  }
}
