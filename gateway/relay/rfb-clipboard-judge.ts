import { limits } from '../../config/limits.ts';
import type { Policy } from '../policy/compile-policy.ts';
import {
  beginClipboard,
  type ClipboardOperation,
  clipboardRule,
  clipboardVerdict,
  createClipboardOperation,
  evaluateItem,
  isAmountLimited,
  isSizeLimited,
  itemRoom,
} from '../policy/evaluate-clipboard.ts';
import { countedNameBytes, isText, plainMimetype, textMimetype, toldMimetype } from '../policy/mimetype.ts';
import { accountOf, type PolicyState } from '../policy/policy-state.ts';
import type { Direction, TrafficEvent } from '../policy/traffic-event.ts';
import type { DropReason, Verdict } from '../policy/verdict.ts';
import { type ClipboardItem, keepClipboardItems, parseBinaryClipboard } from '../rfb/binary-clipboard.ts';
import { clipboardMimes } from '../rfb/clipboard-form.ts';
import {
  countedContent,
  encodeProvide,
  type ProvidedItem,
  type ProvidedPart,
  providedItems,
  withFormats,
} from '../rfb/clipboard-provide.ts';
import { cutProtocolText, latinCut, protocolTextBytes, utf8Cut } from '../rfb/clipboard-text.ts';
import type { EncodingSet } from '../rfb/encoding-set.ts';
import { cutTextHeaderBytes, isExtendedCutText, parseExtendedClipboard } from '../rfb/extended-clipboard.ts';
import { announcements, clipboardFormats, type RfbProtocol } from '../rfb/numbers.ts';
import { dibBytesOfPng, type PictureMaker } from '../rfb/picture-forms.ts';
import { clipboardIdBytes } from '../rfb/server-message.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { WriteCursor } from '../wire/write-cursor.ts';
import { allowedFormats, formatMimetype } from './clipboard-format.ts';
import type { ClipboardWork } from './clipboard-work.ts';
import type { PolicyReporter } from './policy-reporter.ts';

/** What becomes of one message: as it is, not at all, or these bytes instead. */
export type Judgement = 'pass' | 'drop' | Uint8Array;

/** The policy in force and what it remembers of one stream; shared by the judges of both directions. */
export interface PolicyInForce {
  policy: Policy;
  readonly state: PolicyState;
  readonly event: TrafficEvent;
  readonly reporter: PolicyReporter;
  readonly work: ClipboardWork;
  readonly now: () => number;
}

/** Of a stream that is translated: pictures change their form, and count as the desktop sees them. */
export interface TranslatedPictures {
  readonly pictures: PictureMaker;
  readonly desktop: RfbProtocol;
  /** What passed of the provided copy that was judged last: who translates it takes it from here. */
  provided: readonly ProvidedPart[];
}

/** An item and how much of it may pass: less than its bytes where a text is cut. */
interface ItemVerdict {
  readonly passes: boolean;
  readonly bytes: number;
}

/** Judges the clipboard messages of one direction, in all three forms RFB has for them. */
export class RfbClipboardJudge {
  readonly #force: PolicyInForce;
  readonly #direction: Direction;
  readonly #encodings: EncodingSet;
  readonly #translated: TranslatedPictures | undefined;
  readonly #operation: ClipboardOperation;
  /** An offer was dropped and told; the data that may follow it is the same copy. */
  #offerTold = false;
  /** Of the items that went on, KasmVNC's or ours. */
  #lastId = 0;

  constructor(
    force: PolicyInForce,
    direction: Direction,
    encodings: EncodingSet,
    translated: TranslatedPictures | undefined,
  ) {
    this.#force = force;
    this.#translated = translated;
    this.#encodings = encodings;
    this.#direction = direction;
    this.#operation = createClipboardOperation(direction);
  }

  /** A whole ClientCutText or ServerCutText. */
  cutText(bytes: Uint8Array, start: number, end: number): Judgement {
    if (isExtendedCutText(bytes, start)) return this.#extended(bytes, start, end);
    const text = bytes.subarray(start + cutTextHeaderBytes, end);
    const blanket = this.#begin();
    if (blanket !== 'pass') {
      this.#tell(blanket, textMimetype, text.length, text);
      return 'drop';
    }
    const verdict = this.#item(textMimetype, text.length, text, room => latinCut(text, room));
    if (!verdict.passes) return 'drop';
    if (verdict.bytes === text.length) return 'pass';
    const kept = text.subarray(0, verdict.bytes);
    return new WriteCursor().u8(bytes[start]!).zeros(3).u32(kept.length).raw(kept).finish();
  }

  /**
   * A whole BinaryClipboard: items fall one by one, and the message with the last of them. Of several that go on by
   * one name the first is left.
   */
  binary(bytes: Uint8Array, start: number, end: number): Judgement {
    const idBytes = this.#direction === 'down' ? clipboardIdBytes : 0;
    const items = parseBinaryClipboard(bytes, start, end, idBytes);
    const contentOf = ({ dataStart, bytes: length }: ClipboardItem): Uint8Array =>
      bytes.subarray(dataStart, dataStart + length);
    if (items.length === 0) {
      // The clipboard was emptied: nothing is copied.
      const verdict = clipboardVerdict(this.#force.policy, this.#direction);
      if (verdict === 'pass') return 'pass';
      this.#force.reporter.dropped('clipboard', verdict, this.#direction);
      return 'drop';
    }
    const blanket = this.#begin();
    if (blanket !== 'pass') {
      const total = items.reduce((sum, item) => sum + item.bytes, 0);
      const [first] = items;
      this.#tell(
        blanket,
        plainMimetype(first!.mimetype),
        total,
        items.length === 1 ? contentOf(first!) : undefined,
      );
      return 'drop';
    }
    const kept = new Map<string, ClipboardItem>();
    let unchanged = true;
    for (const item of items) {
      const mimetype = plainMimetype(item.mimetype);
      unchanged &&= mimetype === item.mimetype && !kept.has(mimetype);
      if (kept.has(mimetype)) continue;
      const content = contentOf(item);
      const counted = this.#countedBytes(mimetype, content);
      const verdict = this.#item(mimetype, counted, content, room => utf8Cut(content, room));
      const whole = verdict.passes && verdict.bytes === counted;
      unchanged &&= whole;
      if (!verdict.passes) continue;
      const id = this.#idFor(item);
      unchanged &&= id === item.id;
      kept.set(mimetype, { ...item, id, mimetype, bytes: whole ? item.bytes : verdict.bytes });
    }
    if (unchanged) return 'pass';
    return kept.size === 0 ? 'drop' : keepClipboardItems(bytes, start, [...kept.values()], idBytes);
  }

  /** A desktop's numbers would carry three bytes an item past what is counted: there they are counted anew. */
  #idFor({ id }: ClipboardItem): number {
    if (this.#direction === 'up') return id;
    const isLimited = isAmountLimited(this.#force.policy, this.#direction);
    this.#lastId = isLimited ? this.#lastId + 1 : Math.max(this.#lastId, id);
    return isLimited ? this.#lastId : id;
  }

  /** A picture for a standard desktop counts as the DIB that it becomes. @returns a reason for no picture. */
  #countedBytes(mimetype: string, content: Uint8Array): number | 'form' {
    const becomesDib = this.#translated?.desktop === 'rfb' && mimetype === clipboardMimes.png;
    if (becomesDib) return dibBytesOfPng(content) ?? 'form';
    return content.length + countedNameBytes(this.#force.policy, mimetype);
  }

  /** A picture for KasmVNC counts as the PNG that it becomes. @returns a reason for none. */
  #providedBytes({ format, content, bytes }: ProvidedItem): number | 'form' | 'rate' {
    const becomesPng = this.#translated?.desktop === 'kasmvnc' && format === clipboardFormats.dib;
    // What may not be copied at all need not be packed to be counted.
    if (!becomesPng || this.#allowedFormats(format) === 0) return bytes;
    const made = this.#translated.pictures.pngOf(content);
    return made.bytes === undefined ? made.reason : made.bytes.length;
  }

  #mimetypeOf(format: number): string {
    return formatMimetype(format, this.#translated !== undefined);
  }

  #allowedFormats(formats: number): number {
    return allowedFormats(this.#force.policy, formats, this.#translated !== undefined);
  }

  /** A message of this size was too large to be held, so nobody has seen what is in it. */
  skipped(bytes: number, limit: number): Judgement {
    const { policy, reporter } = this.#force;
    const verdict = clipboardVerdict(policy, this.#direction);
    reporter.beginOperation();
    reporter.clipboard(
      verdict === 'pass'
        ? { direction: this.#direction, verdict: 'size', bytes, limit, anyPolicy: true }
        : { direction: this.#direction, verdict, bytes },
    );
    return 'drop';
  }

  #extended(bytes: Uint8Array, start: number, end: number): Judgement {
    const { action, formats } = parseExtendedClipboard(bytes, start, end);
    if (!this.#isAgreed()) {
      // Who does not know this form takes its length for one of 4 GB, or its bytes for text.
      this.#refuse('form', formats);
      return 'drop';
    }
    if (action === 'notify') return this.#notify(bytes, start, end, formats);
    return action === 'provide' ? this.#provide(bytes, start, end, formats) : 'pass';
  }

  /** The client has announced the extended clipboard; and a server that has answered may be spoken to in it. */
  #isAgreed(): boolean {
    const encodings = this.#encodings;
    if (!encodings.has(announcements.extendedClipboard)) return false;
    if (this.#direction === 'down') encodings.extendedClipboardShown = true;
    return encodings.extendedClipboardShown;
  }

  /** An offer says which formats there are: those that may not pass are not offered. */
  #notify(bytes: Uint8Array, start: number, end: number, formats: number): Judgement {
    const { policy } = this.#force;
    const verdict = clipboardVerdict(policy, this.#direction);
    const allowed = verdict === 'pass' ? this.#allowedFormats(formats) : 0;
    // An offer of no formats says that the clipboard is empty: that is no copy.
    const refused = formats !== 0 && allowed === 0;
    this.#offerTold = refused;
    if (refused) this.#refuse(verdict === 'pass' ? 'mimetype' : verdict, formats);
    if (refused || verdict !== 'pass') return 'drop';
    return allowed === formats ? 'pass' : withFormats(bytes, start, end, allowed);
  }

  /** A message without content falls. Telling costs work, so of very many only that they were too many is told. */
  #refuse(reason: DropReason, formats: number): void {
    const { work, reporter } = this.#force;
    reporter.beginOperation();
    this.#tell(work.takeOperation(this.#direction) ? reason : 'rate', this.#mimetypeOf(formats));
  }

  #provide(bytes: Uint8Array, start: number, end: number, formats: number): Judgement {
    const { policy } = this.#force;
    const blanket = this.#begin();
    const told = this.#offerTold;
    this.#offerTold = false;
    if (blanket !== 'pass') {
      this.#tell(blanket, this.#mimetypeOf(formats), undefined, undefined, !told);
      return 'drop';
    }
    const items = this.#unpack(bytes, start, end, formats, told);
    if (items === undefined) return 'drop';
    const kept: ProvidedPart[] = [];
    let unchanged = true;
    const isLimited = isSizeLimited(policy, this.#direction);
    for (const item of items) {
      const { format, content } = item;
      const size = this.#providedBytes(item);
      const cut = (room: number): number => providedCut(content, room);
      const verdict = this.#item(this.#mimetypeOf(format), size, content, cut, !told);
      const whole = verdict.passes && verdict.bytes === size;
      unchanged &&= whole;
      if (whole) kept.push(isLimited ? { format, content: countedContent(item) } : item);
      else if (verdict.passes) kept.push({ format, content: cutProtocolText(content, verdict.bytes) });
      if (!verdict.passes) this.#translated?.pictures.forget();
    }
    if (kept.length === 0 && !unchanged) return 'drop';
    if (this.#translated !== undefined) {
      this.#translated.provided = kept;
      return 'pass';
    }
    // Where sizes count nothing may travel beside what was counted: between or behind the packed blocks is room.
    if (unchanged && !isLimited) return 'pass';
    return encodeProvide(bytes[start]!, kept);
  }

  /** @returns undefined for a message that inflates to more than anyone need hold, or may be unpacked now, which is told. */
  #unpack(
    bytes: Uint8Array,
    start: number,
    end: number,
    formats: number,
    told: boolean,
  ): ProvidedItem[] | undefined {
    const { work, policy } = this.#force;
    const limit = limits.extendedClipboardBytesMax;
    const most = Math.min(limit, work.left(this.#direction));
    try {
      const items = providedItems(bytes, start, end, formats, Math.max(1, most));
      const inflated = items.reduce((sum, { content }) => sum + content.length, 0);
      // Who translates it goes over it again; packing anew takes about twice the time.
      const again = this.#translated !== undefined ? 1 : isSizeLimited(policy, this.#direction) ? 2 : 0;
      work.owe(this.#direction, inflated * (1 + again));
      return items;
    } catch (error) {
      if (!(error instanceof DecodeError) || error.kind !== 'limit') throw error;
      work.owe(this.#direction, most);
      if (most < limit) this.#tell('rate', this.#mimetypeOf(formats), undefined, undefined, !told);
      else {
        const item = { direction: this.#direction, verdict: 'size', limit, anyPolicy: true } as const;
        this.#force.reporter.clipboard(item, !told);
      }
      return undefined;
    }
  }

  #begin(): Verdict {
    const { policy, state, reporter, work, now } = this.#force;
    reporter.beginOperation();
    if (!work.takeOperation(this.#direction)) return 'rate';
    return beginClipboard(policy, state, this.#operation, now());
  }

  /**
   * @param bytes a reason for a picture that cannot be translated
   * @param cut the most bytes of the item that fit into so much room and end with a character
   */
  #item(
    mimetype: string,
    bytes: number | 'form' | 'rate',
    content: Uint8Array,
    cut: (room: number) => number,
    told = true,
  ): ItemVerdict {
    const { policy, state, reporter } = this.#force;
    if (typeof bytes === 'string') {
      this.#tell(bytes, mimetype, content.length, content, told);
      return { passes: false, bytes: 0 };
    }
    const verdict = evaluateItem(policy, state, this.#operation, mimetype, bytes);
    if (verdict === 'pass') {
      if (reporter.recording) this.#tell(verdict, mimetype, bytes, content);
      return { passes: true, bytes };
    }
    const oversize = verdict === 'size' || verdict === 'total_size';
    if (oversize && policy.clipboardKinds.truncate && isText(mimetype)) {
      const kept = cut(Math.max(0, itemRoom(policy, this.#operation)));
      if (kept > 0 && evaluateItem(policy, state, this.#operation, mimetype, kept) === 'pass') {
        this.#tell(verdict, mimetype, bytes, content, told, kept);
        return { passes: true, bytes: kept };
      }
    }
    this.#tell(verdict, mimetype, bytes, content, told);
    return { passes: false, bytes: 0 };
  }

  #tell(
    verdict: Verdict,
    mimetype: string,
    bytes?: number,
    content?: Uint8Array,
    told = true,
    passedBytes?: number,
  ): void {
    const waitMs = this.#waitMs(verdict);
    this.#force.reporter.clipboard(
      {
        direction: this.#direction,
        verdict,
        mimetype: toldMimetype(this.#force.policy, mimetype),
        bytes,
        limit: verdict === 'pass' ? undefined : this.#limitOf(verdict),
        waitMs,
        ...(content === undefined ? {} : { content }),
        ...(passedBytes === undefined ? {} : { passedBytes }),
      },
      told,
    );
  }

  #limitOf(reason: DropReason): number | undefined {
    const { itemBytesMax, totalBytesMax, budget } = clipboardRule(this.#force.policy, this.#direction);
    if (reason === 'size') return itemBytesMax;
    if (reason === 'total_size') return totalBytesMax;
    return reason === 'budget' ? budget?.capacity : undefined;
  }

  #waitMs(verdict: Verdict): number | undefined {
    const { policy, state, work } = this.#force;
    if (verdict === 'rate') return work.waitMs(this.#direction);
    if (verdict !== 'delay') return undefined;
    const { delayMs } = clipboardRule(policy, this.#direction);
    return Math.ceil(accountOf(state, this.#direction).passedAtMs + delayMs - this.#operation.nowMs);
  }
}

/** Counted bytes of the text that `cutProtocolText` leaves. */
function providedCut(content: Uint8Array, room: number): number {
  return protocolTextBytes(cutProtocolText(content, room));
}
