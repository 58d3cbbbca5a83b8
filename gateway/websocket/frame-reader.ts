/**
 * Incremental reader of RFC 6455 frames, section 5. Pure, and free of allocation per frame: it exposes the present
 * step in its own fields.
 *
 *     reader.push(chunk);
 *     for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
 *       if (step === FrameStep.payload) use(chunk, reader.payloadStart, reader.payloadEnd);
 *       else if (step === FrameStep.ping) answer(reader.controlPayload());
 *       else if (step === FrameStep.close) end(reader.closeCode, reader.closeReason);
 *     }
 *
 * - `push` takes the next bytes of the connection, only after `next` answered `need`. The reader lets go of the
 *   chunk with that answer, and copies nothing but control frames and a header that is cut at a chunk's end.
 * - `payload`: `chunk[payloadStart, payloadEnd)` are bytes of a binary message, at least one, as they arrived: a
 *   frame that is cut by the chunk gives several payload steps and nothing is buffered. Frames from browsers are
 *   unmasked in place, in the chunk itself. Message boundaries are not reported: RFB gives them no meaning.
 * - `ping`, `pong`, `close`: a whole control frame; fields and `controlPayload()` hold until the next `next`.
 *   After `close` every further byte is ignored.
 * - Anything that breaks the RFC or a limit throws FrameError, which carries the close code; the reader is then of
 *   no further use. Lengths are refused as soon as they are read.
 *
 * What a forwarder needs to know (see frame-output.ts): `headerStart`, `frameStart`, `remainingInFrame`.
 */
import type { DecodeErrorKind } from '../wire/decode-error.ts';
import { parseClosePayload } from './close-frame.ts';
import { FrameError } from './frame-error.ts';
import { maskInPlace, readMaskKey, rotateMaskKey, wordLoopBytesMin, wordsBehind } from './mask.ts';
import {
  closeCode,
  controlBit,
  controlPayloadBytesMax,
  finBit,
  frameHeaderBytesMax,
  length7Max,
  length16Mark,
  length16Max,
  length64Mark,
  lengthBits,
  maskBit,
  opcode,
  opcodeBits,
  reservedBits,
} from './numbers.ts';

export const FrameStep = { need: 0, payload: 1, ping: 2, pong: 3, close: 4 } as const;
export type FrameStep = (typeof FrameStep)[keyof typeof FrameStep];

/** More than any of these is refused with close code 1009, at the header of the frame that is too much. */
export interface FrameLimits {
  /** Payload of one data frame, in bytes. */
  readonly frameBytesMax: number;
  /** Payload of all frames of one message, in bytes; default: unlimited, as a message is not collected. */
  readonly messageBytesMax?: number;
  /** Frames of one message, empty ones included; default: unlimited. */
  readonly fragmentsMax?: number;
}

export interface FrameReaderOptions extends FrameLimits {
  /** Who sends: browsers must mask every frame, upstreams must mask none (section 5.1). */
  readonly from: 'browser' | 'upstream';
}

const noBytes = new Uint8Array(0);

export class FrameReader {
  /** The chunk of the last `push`; empty once `next` answered `need`. */
  chunk: Uint8Array = noBytes;
  /** Where the present payload lies in `chunk`. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Where the present frame's header begins in `chunk`, or -1 when it began in an earlier chunk. */
  headerStart = -1;
  /** Bytes of the present frame's payload that came before `payloadStart`. */
  frameStart = 0;
  /** Bytes of the present frame's payload still to come after `payloadEnd`. */
  remainingInFrame = 0;
  /** Payload bytes of the present control frame. */
  controlLength = 0;
  /** From the peer's close frame: 1005 when it carried none. */
  closeCode: number = closeCode.none;
  closeReason = '';
  /** Set for good once the peer's close frame was read. */
  closed = false;

  readonly #masked: boolean;
  readonly #frameBytesMax: number;
  readonly #messageBytesMax: number;
  readonly #fragmentsMax: number;
  /** A header that is cut by the end of a chunk, once there was one. */
  #header = noBytes;
  #control = noBytes;
  #position = 0;
  #headerHeld = 0;
  #opcode: number = opcode.continuation;
  #insideFrame = false;
  #insideMessage = false;
  /** Of the present message, in frames that are not its last. */
  #messageBytes = 0;
  #fragments = 0;
  #frameLength = 0;
  #maskKey = 0;
  /** Of the present chunk, made when the first long payload in it is unmasked. */
  #words: Int32Array | undefined;
  /** Stream offsets, for errors only. */
  #chunkOffset = 0;

  constructor(options: FrameReaderOptions) {
    this.#masked = options.from === 'browser';
    this.#frameBytesMax = options.frameBytesMax;
    this.#messageBytesMax = options.messageBytesMax ?? Number.MAX_SAFE_INTEGER;
    this.#fragmentsMax = options.fragmentsMax ?? Number.MAX_SAFE_INTEGER;
  }

  /** The next bytes of the connection. The reader unmasks them in place; they must not change until `next` answers `need`. */
  push(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.#position = 0;
    this.headerStart = -1;
  }

  /** Reads on. @throws FrameError */
  next(): FrameStep {
    const end = this.chunk.length;
    while (this.#position < end && !this.closed) {
      if (!this.#insideFrame && !this.#readHeader()) break;
      if ((this.#opcode & controlBit) !== 0) {
        if (this.#readControl()) return this.#finishControl();
      } else if (this.#readPayload()) {
        return FrameStep.payload;
      }
    }
    this.#chunkOffset += end;
    this.chunk = noBytes;
    this.#words = undefined;
    return FrameStep.need;
  }

  /** A copy of the present control frame's payload, at most 125 bytes. */
  controlPayload(): Uint8Array {
    return this.#control.slice(0, this.controlLength);
  }

  /** Whether the connection may end here without cutting a frame or a message. */
  get betweenMessages(): boolean {
    return !this.#insideFrame && !this.#insideMessage && this.#headerHeld === 0;
  }

  /** Takes a whole header from the chunk, or what there is of one into `#header`. */
  #readHeader(): boolean {
    const chunk = this.chunk;
    if (this.#headerHeld === 0) {
      this.headerStart = this.#position;
      const size = this.#parseHeader(chunk, this.#position, chunk.length - this.#position);
      if (size > 0) {
        this.#position += size;
        return true;
      }
    }
    if (this.#header === noBytes) this.#header = new Uint8Array(frameHeaderBytesMax);
    while (this.#position < chunk.length) {
      this.#header[this.#headerHeld++] = chunk[this.#position++]!;
      if (this.#parseHeader(this.#header, 0, this.#headerHeld) > 0) {
        this.#headerHeld = 0;
        return true;
      }
    }
    return false;
  }

  /**
   * Section 5.2. Checks every field as soon as its bytes are there and, when the header is complete, enters the frame.
   *
   *     0   FIN(1) RSV(3) opcode(4)
   *     1   MASK(1) length(7): up to 125, or 126: u16 follows, 127: u64 follows
   *     …   mask key (4) when MASK is set
   *
   * @returns the header's size in bytes, or 0 when `available` bytes do not hold all of it.
   */
  #parseHeader(bytes: Uint8Array, at: number, available: number): number {
    const first = bytes[at]!;
    this.#checkFirstByte(first);
    if (available < 2) return 0;
    const second = bytes[at + 1]!;
    if (((second & maskBit) !== 0) !== this.#masked) {
      const wanted = this.#masked ? 'unmasked frame from a browser' : 'masked frame from an upstream';
      throw this.#error('malformed', 'mask', closeCode.protocolError, wanted);
    }
    let length = second & lengthBits;
    let size = 2;
    if (length > length7Max) {
      if ((first & controlBit) !== 0) {
        throw this.#error('malformed', 'length', closeCode.protocolError, 'control frame is over 125 bytes');
      }
      size = length === length16Mark ? 4 : 10;
      if (available < size) return 0;
      length = length === length64Mark ? this.#length64(bytes, at + 2) : this.#length16(bytes, at + 2);
    }
    if ((first & controlBit) === 0) this.#checkLimits(length);
    if (this.#masked) {
      if (available < size + 4) return 0;
      this.#maskKey = readMaskKey(bytes, at + size);
      size += 4;
    }
    this.#enterFrame(first, length);
    return size;
  }

  #checkLimits(length: number): void {
    let problem: string;
    if (length > this.#frameBytesMax) {
      problem = `frame of ${length} bytes is over the limit of ${this.#frameBytesMax}`;
    } else if (this.#messageBytes + length > this.#messageBytesMax) {
      problem = `message of ${this.#messageBytes + length} bytes is over the limit of ${this.#messageBytesMax}`;
    } else if (this.#fragments >= this.#fragmentsMax) {
      problem = `message of more than ${this.#fragmentsMax} fragments`;
    } else {
      return;
    }
    throw this.#error('limit', 'length', closeCode.tooBig, problem);
  }

  #length16(bytes: Uint8Array, at: number): number {
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    if (length > length7Max) return length;
    throw this.#error(
      'malformed',
      'length',
      closeCode.protocolError,
      `length ${length} is written in 16 bits`,
    );
  }

  #length64(bytes: Uint8Array, at: number): number {
    let length = 0;
    for (let index = 0; index < 8; index++) length = length * 256 + bytes[at + index]!;
    if (bytes[at]! > 0x7f) {
      throw this.#error(
        'malformed',
        'length',
        closeCode.protocolError,
        'the top bit of a 64-bit length is set',
      );
    }
    if (length > length16Max) return length;
    throw this.#error(
      'malformed',
      'length',
      closeCode.protocolError,
      `length ${length} is written in 64 bits`,
    );
  }

  /** FIN, reserved bits and opcode against what may come now (sections 5.2, 5.4, 5.5). */
  #checkFirstByte(first: number): void {
    const kind = first & opcodeBits;
    if ((first & reservedBits) !== 0) {
      throw this.#error(
        'unsupported',
        'rsv',
        closeCode.protocolError,
        'reserved bits are set and no extension was agreed',
      );
    }
    if ((kind & controlBit) !== 0) {
      if (kind > opcode.pong)
        throw this.#error('malformed', 'opcode', closeCode.protocolError, `unknown opcode ${kind}`);
      if ((first & finBit) !== 0) return;
      throw this.#error('malformed', 'fin', closeCode.protocolError, 'control frame is fragmented');
    }
    if (kind > opcode.binary)
      throw this.#error('malformed', 'opcode', closeCode.protocolError, `unknown opcode ${kind}`);
    if (this.#insideMessage !== (kind === opcode.continuation)) {
      const message = this.#insideMessage
        ? 'new message begins before the last one ended'
        : 'continuation frame without a message to continue';
      throw this.#error('out_of_order', 'opcode', closeCode.protocolError, message);
    }
    if (kind === opcode.text) {
      throw this.#error(
        'unsupported',
        'opcode',
        closeCode.unsupported,
        'text frame on a stream of binary frames',
      );
    }
  }

  #enterFrame(first: number, length: number): void {
    this.#opcode = first & opcodeBits;
    this.#frameLength = length;
    this.remainingInFrame = length;
    if ((first & controlBit) !== 0) {
      this.controlLength = 0;
      if (this.#control === noBytes) this.#control = new Uint8Array(controlPayloadBytesMax);
      this.#insideFrame = true;
      return;
    }
    this.#insideFrame = length > 0;
    this.#insideMessage = (first & finBit) === 0;
    if (this.#insideMessage) {
      this.#messageBytes += length;
      this.#fragments += 1;
    } else {
      this.#messageBytes = 0;
      this.#fragments = 0;
    }
  }

  /** Sets the payload fields to what the chunk holds of this frame; false when it holds nothing. */
  #readPayload(): boolean {
    const start = this.#position;
    const size = Math.min(this.remainingInFrame, this.chunk.length - start);
    if (size === 0) return false;
    if (this.#masked) {
      // A key press is not worth a view of words.
      if (size >= wordLoopBytesMin) this.#words ??= wordsBehind(this.chunk);
      maskInPlace(this.chunk, start, start + size, this.#maskKey, this.#words);
      this.#maskKey = rotateMaskKey(this.#maskKey, size);
    }
    this.payloadStart = start;
    this.payloadEnd = this.#position = start + size;
    this.frameStart = this.#frameLength - this.remainingInFrame;
    this.remainingInFrame -= size;
    this.#insideFrame = this.remainingInFrame > 0;
    return true;
  }

  /** Copies what the chunk holds of a control frame; true when it is complete. */
  #readControl(): boolean {
    const start = this.#position;
    const size = Math.min(this.remainingInFrame, this.chunk.length - start);
    for (let index = 0; index < size; index++)
      this.#control[this.controlLength++] = this.chunk[start + index]!;
    this.#position += size;
    this.remainingInFrame -= size;
    return this.remainingInFrame === 0;
  }

  #finishControl(): FrameStep {
    this.#insideFrame = false;
    if (this.#masked) maskInPlace(this.#control, 0, this.controlLength, this.#maskKey);
    if (this.#opcode === opcode.ping) return FrameStep.ping;
    if (this.#opcode === opcode.pong) return FrameStep.pong;
    const close = parseClosePayload(this.#control.subarray(0, this.controlLength));
    if ('problem' in close) throw this.#error('malformed', 'close', close.closeCode, close.problem);
    this.closeCode = close.code;
    this.closeReason = close.reason;
    this.closed = true;
    return FrameStep.close;
  }

  #error(kind: DecodeErrorKind, field: string, code: number, message: string): FrameError {
    const offset = this.#chunkOffset + this.#position - this.#headerHeld;
    return new FrameError(kind, message, field, offset, code);
  }
}
