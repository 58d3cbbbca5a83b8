/**
 * Writers of RFC 6455 frames, section 5. Every data frame is one unfragmented binary message. Towards browsers
 * frames are unmasked; towards upstreams they are masked, with keys the caller supplies, for this room is pure.
 */
import { encodeClosePayload } from './close-frame.ts';
import { maskInPlace, writeMaskKey } from './mask.ts';
import { finBit, length7Max, length16Mark, length16Max, length64Mark, maskBit, opcode } from './numbers.ts';

/** Gives a fresh unpredictable 32-bit key for every frame (section 5.3). */
export type MaskKeySource = () => number;

/** Bytes in order, to be written as they stand. */
export interface Spans {
  readonly spans: readonly Uint8Array[];
  readonly byteLength: number;
}

/** Bytes of an unmasked header for this payload: 2, 4 or 10. A masked one takes 4 more. */
export function frameHeaderLength(payloadLength: number): number {
  if (payloadLength <= length7Max) return 2;
  return payloadLength <= length16Max ? 4 : 10;
}

/**
 * Writes the unmasked header of an unfragmented frame at `target[at]`.
 * @param kind an opcode of numbers.ts.
 * @returns the header's size in bytes.
 */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  kind: number,
  payloadLength: number,
): number {
  target[at] = finBit | kind;
  if (payloadLength <= length7Max) {
    target[at + 1] = payloadLength;
    return 2;
  }
  if (payloadLength <= length16Max) {
    target[at + 1] = length16Mark;
    target[at + 2] = payloadLength >>> 8;
    target[at + 3] = payloadLength;
    return 4;
  }
  target[at + 1] = length64Mark;
  const high = Math.floor(payloadLength / 0x1_0000_0000);
  for (let index = 0; index < 4; index++) {
    target[at + 2 + index] = high >>> (24 - 8 * index);
    target[at + 6 + index] = payloadLength >>> (24 - 8 * index);
  }
  return 10;
}

/** One unmasked binary frame with a copy of the spans as its payload; empty spans give an empty frame. */
export function encodeFrame(payload: Spans): Uint8Array {
  const frame = new Uint8Array(frameHeaderLength(payload.byteLength) + payload.byteLength);
  let at = writeFrameHeader(frame, 0, opcode.binary, payload.byteLength);
  for (const span of payload.spans) {
    frame.set(span, at);
    at += span.length;
  }
  return frame;
}

/**
 * The spans as masked binary frames in one buffer, in as few frames as `frameBytesMax` allows. No spans, no frames.
 * @param frameBytesMax payload bytes of one frame (KasmVNC takes at most 65,527).
 */
export function encodeMaskedFrames(
  payload: Spans,
  frameBytesMax: number,
  maskKey: MaskKeySource,
): Uint8Array {
  const total = payload.byteLength;
  const whole = Math.floor(total / frameBytesMax);
  const rest = total - whole * frameBytesMax;
  const wholeSize = frameHeaderLength(frameBytesMax) + 4 + frameBytesMax;
  const restSize = rest === 0 ? 0 : frameHeaderLength(rest) + 4 + rest;
  const frames = new Uint8Array(whole * wholeSize + restSize);
  const source = new SpanCursor(payload.spans);
  let at = 0;
  for (let left = total; left > 0; ) {
    const size = Math.min(left, frameBytesMax);
    at += writeMaskedHeader(frames, at, opcode.binary, size);
    const key = maskKey();
    writeMaskKey(frames, at - 4, key);
    source.copyTo(frames, at, size);
    maskInPlace(frames, at, at + size, key);
    at += size;
    left -= size;
  }
  return frames;
}

/** An unmasked close frame; a reason over 123 bytes is cut between characters. Code 1005 sends none. */
export function encodeCloseFrame(code: number, reason: string): Uint8Array {
  return encodeControlFrame(opcode.close, encodeClosePayload(code, reason));
}

/** An unmasked control frame: ping, pong or close. @throws RangeError over 125 bytes. */
export function encodeControlFrame(kind: number, payload: Uint8Array): Uint8Array {
  assertControlPayload(payload);
  const frame = new Uint8Array(2 + payload.length);
  frame.set(payload, writeFrameHeader(frame, 0, kind, payload.length));
  return frame;
}

/** The masked close frame a client sends. */
export function encodeMaskedCloseFrame(code: number, reason: string, maskKey: number): Uint8Array {
  return encodeMaskedControlFrame(opcode.close, encodeClosePayload(code, reason), maskKey);
}

/** The masked control frame a client sends. @throws RangeError over 125 bytes. */
export function encodeMaskedControlFrame(kind: number, payload: Uint8Array, maskKey: number): Uint8Array {
  assertControlPayload(payload);
  const frame = new Uint8Array(6 + payload.length);
  const at = writeMaskedHeader(frame, 0, kind, payload.length);
  writeMaskKey(frame, at - 4, maskKey);
  frame.set(payload, at);
  maskInPlace(frame, at, frame.length, maskKey);
  return frame;
}

/** A header with the mask bit, and 4 bytes of room for the key after it. */
function writeMaskedHeader(target: Uint8Array, at: number, kind: number, payloadLength: number): number {
  const size = writeFrameHeader(target, at, kind, payloadLength);
  target[at + 1] = target[at + 1]! | maskBit;
  return size + 4;
}

function assertControlPayload(payload: Uint8Array): void {
  if (payload.length > length7Max) {
    throw new RangeError(`control frame of ${payload.length} bytes is over the limit of ${length7Max}`);
  }
}

/** Copies out of a list of spans, in pieces of any size. */
class SpanCursor {
  readonly #spans: readonly Uint8Array[];
  #index = 0;
  #offset = 0;

  constructor(spans: readonly Uint8Array[]) {
    this.#spans = spans;
  }

  copyTo(target: Uint8Array, at: number, size: number): void {
    let written = 0;
    while (written < size) {
      const span = this.#spans[this.#index]!;
      const take = Math.min(size - written, span.length - this.#offset);
      const isWhole = take === span.length;
      target.set(isWhole ? span : span.subarray(this.#offset, this.#offset + take), at + written);
      written += take;
      this.#offset += take;
      if (this.#offset === span.length) {
        this.#index++;
        this.#offset = 0;
      }
    }
  }
}
