/**
 * What goes to the browser for one chunk from the upstream: the hot path. The aim is one write per chunk, of the
 * upstream's own bytes, with no object per frame.
 *
 * Towards the browser frames are unmasked on both sides, so a frame the policy leaves alone can be written as it
 * came, header included. What cannot be done is to write the header of a frame whose end has not arrived: if a later
 * part of it had to be dropped or held back, the browser would wait for bytes that never come, and no close or pong
 * frame could go in between. So **every span that is written is a whole frame of its own**:
 *
 * - a frame that lies wholly in the chunk goes as it stands; neighbours join into one range, one write;
 * - the first part of a frame that the chunk's end cuts gets a shorter header, written over the old one in the chunk
 *   (it stays in the range when the new header is as long as the old one, which is nearly always);
 * - the rest of a frame that began in an earlier chunk gets a fresh header, written to a scratch buffer together
 *   with as much of the payload as makes one TLS record, so that the small write costs nothing;
 * - what the policy changed goes as one fresh frame with a copy of the bytes.
 *
 * FIN is set and the opcode is binary on everything: message boundaries carry no meaning in RFB over WebSocket.
 * After any call the output ends at a frame boundary, so control frames may follow at any time.
 *
 *     output.clear();                                   // before each chunk; the last chunk's spans are void
 *     reader.push(chunk);
 *     for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
 *       if (step !== FrameStep.payload) …
 *       else if (inspection.fromUpstream(chunk, reader.payloadStart, reader.payloadEnd)) output.forward(reader);
 *       else output.frame(inspection.toClient);         // copied: the inspection may go on at once
 *     }
 *     for (const span of output.spans) write(span);     // one or two; copy what the socket did not take
 *     output.clear();                                   // lets go of the chunk
 *
 * Because a chunk is handled in one synchronous turn, one FrameOutput serves every connection of a process.
 * An upstream without frames (`tcp://`) uses `output.wrap(chunk, 0, chunk.length)` in place of `forward`.
 */
import type { FrameReader } from './frame-reader.ts';
import { encodeFrame, frameHeaderLength, type Spans, writeFrameHeader } from './frame-writer.ts';
import { finBit, opcode } from './numbers.ts';

/** A fresh header travels with payload up to one full TLS record (RFC 8446, section 5.1). */
const scratchBytes = 16 * 1024;

export class FrameOutput implements Spans {
  readonly #spans: Uint8Array[] = [];
  readonly #scratch = new Uint8Array(scratchBytes);
  #scratchUsed = 0;
  #byteLength = 0;
  /** The open range of bytes that go as they stand: `#range[#rangeStart, #rangeEnd)`. */
  #range: Uint8Array | undefined;
  #rangeStart = 0;
  #rangeEnd = 0;

  /**
   * The bytes to write, in order: views of the chunk and of this object's scratch buffer. They hold until `clear`:
   * whoever keeps them longer copies them.
   */
  get spans(): readonly Uint8Array[] {
    this.#closeRange();
    return this.#spans;
  }

  get byteLength(): number {
    return this.#byteLength + this.#rangeEnd - this.#rangeStart;
  }

  /** Forgets everything; earlier spans are void. */
  clear(): void {
    this.#spans.length = 0;
    this.#scratchUsed = 0;
    this.#byteLength = 0;
    this.#range = undefined;
    this.#rangeStart = this.#rangeEnd = 0;
  }

  /** The present payload span of a reader of *upstream* frames, unchanged. May rewrite frame headers in the chunk. */
  forward(reader: FrameReader): void {
    const { chunk, payloadStart, payloadEnd, headerStart } = reader;
    if (headerStart < 0) {
      this.wrap(chunk, payloadStart, payloadEnd);
      return;
    }
    if (reader.remainingInFrame === 0) {
      chunk[headerStart] = finBit | opcode.binary;
      this.#extendRange(chunk, headerStart, payloadEnd);
      return;
    }
    const start = payloadStart - frameHeaderLength(payloadEnd - payloadStart);
    writeFrameHeader(chunk, start, opcode.binary, payloadEnd - payloadStart);
    this.#extendRange(chunk, start, payloadEnd);
  }

  /** `bytes[start, end)` as one frame with a fresh header; the bytes themselves are not copied beyond one record. */
  wrap(bytes: Uint8Array, start: number, end: number): void {
    if (end <= start) return;
    this.#closeRange();
    const headerLength = frameHeaderLength(end - start);
    if (this.#scratchUsed + headerLength > scratchBytes) {
      this.frame({ spans: [bytes.subarray(start, end)], byteLength: end - start });
      return;
    }
    const from = this.#scratchUsed;
    const body = from + writeFrameHeader(this.#scratch, from, opcode.binary, end - start);
    const copied = Math.min(end - start, scratchBytes - body);
    this.#scratch.set(bytes.subarray(start, start + copied), body);
    this.#scratchUsed = body + copied;
    this.#append(this.#scratch.subarray(from, this.#scratchUsed));
    if (start + copied < end) this.#extendRange(bytes, start + copied, end);
  }

  /** One frame with a copy of the payload; nothing when there is no payload. */
  frame(payload: Spans): void {
    if (payload.byteLength > 0) this.bytes(encodeFrame(payload));
  }

  /** Whole frames that are ready to be written, such as a control frame. Not copied. */
  bytes(frames: Uint8Array): void {
    this.#closeRange();
    this.#append(frames);
  }

  #append(span: Uint8Array): void {
    this.#spans.push(span);
    this.#byteLength += span.length;
  }

  #extendRange(bytes: Uint8Array, start: number, end: number): void {
    if (this.#range === bytes && this.#rangeEnd === start) {
      this.#rangeEnd = end;
      return;
    }
    this.#closeRange();
    this.#range = bytes;
    this.#rangeStart = start;
    this.#rangeEnd = end;
  }

  #closeRange(): void {
    if (this.#range === undefined) return;
    const range = this.#range;
    const isWhole = this.#rangeStart === 0 && this.#rangeEnd === range.length;
    this.#append(isWhole ? range : range.subarray(this.#rangeStart, this.#rangeEnd));
    this.#range = undefined;
    this.#rangeStart = this.#rangeEnd = 0;
  }
}
