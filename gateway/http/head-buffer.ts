import type { HeadRefusalReason } from './head-refusal.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const tab = 0x09;
const space = 0x20;
const del = 0x7f;

export type HeadLines =
  | { readonly kind: 'need' }
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly headBytes: number }
  | { readonly kind: 'broken'; readonly reason: HeadRefusalReason };

const { latin1Slice } = Buffer.prototype;
const need: HeadLines = { kind: 'need' };

/**
 * Collects the bytes of an HTTP/1 message until its empty line, RFC 9112 section 2.1. A line break is CR LF and
 * nothing else: what one parser takes for a line break and another does not is how requests are smuggled.
 * Every byte is looked at once, however the head is cut; nothing is copied when it comes in one chunk.
 */
export class HeadBuffer {
  readonly #bytesMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #scanned = 0;
  #lineStart = 0;
  readonly #lines: string[] = [];

  /** @param bytesMax of the head, its empty line included. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Everything pushed so far: the head and what came after it. A view of the chunk when there was only one. */
  get received(): Uint8Array {
    return this.#bytes;
  }

  /** Complete lines so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Bytes of the line that is not yet complete. */
  get openLineBytes(): number {
    return this.#bytes.length - this.#lineStart;
  }

  push(chunk: Uint8Array): HeadLines {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const bytes = this.#bytes;
    const end = Math.min(bytes.length, this.#bytesMax);
    while (this.#scanned < end) {
      const byte = bytes[this.#scanned]!;
      if (byte === lineFeed) {
        if (this.#scanned === this.#lineStart || bytes[this.#scanned - 1] !== carriageReturn) {
          return { kind: 'broken', reason: 'line_break' };
        }
        const line = this.#takeLine(this.#scanned - 1);
        if (line === '') return { kind: 'lines', lines: this.#lines, headBytes: this.#scanned };
        this.#lines.push(line);
        continue;
      }
      if (this.#scanned > this.#lineStart && bytes[this.#scanned - 1] === carriageReturn) {
        return { kind: 'broken', reason: 'line_break' };
      }
      if ((byte < space && byte !== tab && byte !== carriageReturn) || byte === del) {
        return { kind: 'broken', reason: 'control_character' };
      }
      this.#scanned++;
    }
    return bytes.length >= this.#bytesMax ? { kind: 'broken', reason: 'head_too_large' } : need;
  }

  #takeLine(end: number): string {
    // No view of the line: one costs more than its text.
    const line = latin1Slice.call(this.#bytes, this.#lineStart, end);
    this.#scanned = this.#lineStart = end + 2;
    return line;
  }
}
