import { limits } from '../../config/limits.ts';
import { DecodeError, limitError } from '../wire/decode-error.ts';
import { s32At, u16At, u32At } from '../wire/read-cursor.ts';
import type { EncodingSet } from './encoding-set.ts';
import { MessageGatherer } from './message-gatherer.ts';
import { fencePayloadBytes, unknownMessage } from './message-measure.ts';
import { encodings, pseudoRectangles, type RfbProtocol, serverMessages } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';
import { RectangleWalk } from './rectangle.ts';
import { isJudgedServerMessage, measureJudgedServerMessage } from './server-message.ts';

const phaseMessage = 0;
const phaseUpdate = 1;
const phaseRectangle = 2;
const phasePayload = 3;
const phaseJudged = 4;
const phaseHeader = 5;
const phaseVideoEncoders = 6;
const phaseVideoEncoder = 7;

/** pad · u16 number-of-rectangles, behind the type. */
const updateHeaderBytes = 3;
/** x · y · width · height, u16 each · s32 encoding (RFC 6143 §7.6.1). */
const rectangleHeaderBytes = 12;
const headerBytesMax = 16;
/** ExtendedDesktopSize comes because this client asked. */
const screenReasonClient = 1;

/**
 * Follows what a server sends after ServerInit (RFC 6143 §7.6 and extensions), wherever the bytes are cut.
 * Nothing is kept but the header being read and messages that policy must see whole.
 *
 *     splitter.push(chunk, start, end)
 *     while (splitter.next()) …   // one judged message: splitter.message
 *     // now everything is consumed; bytes before `passedTo` that belonged to no judged message may pass
 */
export class ServerSplitter {
  /** Judged message, after `next` returned true. */
  readonly message = new MessageGatherer(
    measureJudgedServerMessage,
    'server message',
    limits.serverMessageBytesMax,
  );
  /** Chunk offset where the bytes that need no judgement end: the judged message begins there, or earlier. */
  passedTo = 0;
  /** Chunk offset behind the last byte consumed. */
  at = 0;
  /** The server has shown that it understands extended mouse buttons. */
  extendedMouseButtons = false;
  /** Size of the picture in pixels: set it from ServerInit, then it follows the server. */
  width = 0;
  height = 0;
  /** The server (QEMU) takes the pointer's coordinates for motion. */
  relativePointer = false;
  /** Messages seen whole, for tests and counters. */
  messages = 0;
  readonly #protocol: RfbProtocol;
  readonly #allowed: EncodingSet;
  readonly #walk: RectangleWalk;
  readonly #scratch = new Uint8Array(headerBytesMax);
  #chunk: Uint8Array = this.#scratch;
  #start = 0;
  #end = 0;
  /** Bytes of this direction before the chunk. */
  #base = 0;
  #phase = phaseMessage;
  #type = 0;
  #want = 1;
  #gathered = 0;
  #skip = 0;
  #rectangles = 0;
  #encoders = 0;

  constructor(protocol: RfbProtocol, pixels: PixelSizes, allowed: EncodingSet) {
    this.#protocol = protocol;
    this.#allowed = allowed;
    this.#walk = new RectangleWalk(protocol, pixels);
  }

  /** The dialect of the server. */
  get protocol(): RfbProtocol {
    return this.#protocol;
  }

  /** Sizes of the pixel format in force; to be changed only while no update can be on its way. */
  get pixels(): PixelSizes {
    return this.#walk.pixels;
  }

  set pixels(pixels: PixelSizes) {
    this.#walk.pixels = pixels;
  }

  /** Bytes of this direction's stream that were consumed, ServerInit not counted. */
  get offset(): number {
    return this.#base + this.at - this.#start;
  }

  /** Whether the stream stands between two messages. */
  get atBoundary(): boolean {
    return this.#phase === phaseMessage && this.#skip === 0;
  }

  push(chunk: Uint8Array, start: number, end: number): void {
    this.#base = this.offset;
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
    this.at = start;
  }

  /**
   * Consumes the chunk up to the end of the next judged message.
   * @returns true with `message` whole; false when the chunk is used up.
   * @throws DecodeError for what cannot be followed.
   */
  next(): boolean {
    try {
      return this.#advance();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new DecodeError(error.kind, error.message, error.field, this.offset);
    }
  }

  #advance(): boolean {
    const end = this.#end;
    this.message.release();
    for (;;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, end - this.at);
        this.at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) break;
        if (this.#phase === phaseMessage) this.messages++;
      }
      if (this.#phase === phaseJudged) return this.#judged();
      const want = this.#want;
      const at = this.at;
      if (this.#gathered === 0 && end - at >= want) {
        this.at = at + want;
        this.#step(this.#chunk, at);
      } else if (this.#gather(want)) this.#step(this.#scratch, 0);
      else break;
    }
    this.passedTo = end;
    return false;
  }

  /** Brings a header together that is cut by the end of a chunk. */
  #gather(want: number): boolean {
    const count = Math.min(want - this.#gathered, this.#end - this.at);
    for (let copied = 0; copied < count; copied++) {
      this.#scratch[this.#gathered++] = this.#chunk[this.at++]!;
    }
    if (this.#gathered < want) return false;
    this.#gathered = 0;
    return true;
  }

  #judged(): boolean {
    this.passedTo = this.at;
    const whole = this.message.gather(this.#chunk, this.at, this.#end);
    this.at = this.message.at;
    if (!whole) return false;
    this.messages++;
    this.#await(phaseMessage, 1);
    return true;
  }

  #await(phase: number, want: number): void {
    this.#phase = phase;
    this.#want = want;
  }

  /** The message ends behind `skip` more bytes. */
  #finish(skip: number): void {
    this.#phase = phaseMessage;
    this.#want = 1;
    this.#skip = skip;
    if (skip === 0) this.messages++;
  }

  #step(bytes: Uint8Array, at: number): void {
    switch (this.#phase) {
      case phaseMessage:
        this.#message(bytes[at]!);
        return;
      case phaseUpdate: // pad · u16 number-of-rectangles
        this.#rectangles = u16At(bytes, at + 1);
        this.#nextRectangle();
        return;
      case phaseRectangle:
        this.#rectangle(bytes, at);
        return;
      case phasePayload:
        this.#walk.step(bytes, at);
        this.#afterWalk();
        return;
      case phaseHeader:
        this.#finish(this.#counted(bytes, at));
        return;
      case phaseVideoEncoders:
        this.#encoders = bytes[at]!;
        this.#nextEncoder();
        return;
      case phaseVideoEncoder: // s32 encoding · s32 lowest · s32 highest quality · u8 k · k × s32
        this.#skip = 4 * bytes[at + 12]!;
        this.#nextEncoder();
    }
  }

  #message(type: number): void {
    if (type === serverMessages.framebufferUpdate) {
      this.#update();
      return;
    }
    this.#type = type;
    if (isJudgedServerMessage(type, this.#protocol)) {
      // The type byte belongs to the message that is held: give it back.
      this.at--;
      this.#phase = phaseJudged;
      return;
    }
    const kasmvnc = this.#protocol === 'kasmvnc';
    if (type === serverMessages.videoEncoders && kasmvnc) {
      this.#await(phaseVideoEncoders, 1);
      return;
    }
    const want = this.#headerBytes(type, kasmvnc);
    if (want === 0) this.#finish(0);
    else this.#await(phaseHeader, want);
  }

  /** Most updates lie in the chunk with their first rectangle's header: one step instead of three. */
  #update(): void {
    const at = this.at;
    const rectangleAt = at + updateHeaderBytes;
    this.#await(phaseUpdate, updateHeaderBytes);
    if (this.#end - rectangleAt < rectangleHeaderBytes) return;
    this.#rectangles = u16At(this.#chunk, at + 1);
    if (this.#rectangles === 0) return;
    this.#rectangles--;
    this.at = rectangleAt + rectangleHeaderBytes;
    this.#rectangle(this.#chunk, rectangleAt);
  }

  /** Bytes behind the type that must be read to know the message's length. */
  #headerBytes(type: number, kasmvnc: boolean): number {
    switch (type) {
      case serverMessages.bell:
      case serverMessages.endOfContinuousUpdates:
        return 0;
      case serverMessages.setColourMapEntries: // pad · u16 first · u16 n · n × 6
        return 5;
      case serverMessages.serverFence: // 3 pad · u32 flags · u8 length
        return 8;
      case serverMessages.xvp: // pad · u8 version · u8 code
        if (!kasmvnc) return 3;
        break;
    }
    if (!kasmvnc) throw unknownMessage('server', type);
    switch (type) {
      case serverMessages.requestFrameStats:
      case serverMessages.forceGameMode:
        return 0;
      case serverMessages.userAdded: // u32 length
      case serverMessages.userRemoved:
        return 4;
      case serverMessages.stats: // 3 pad · u32 length
      case serverMessages.networkStats:
      case serverMessages.systemStats:
      case serverMessages.latencyMeasurement: // 3 pad · u32 id
        return 7;
      case serverMessages.serverDisconnect: // u8 graceful · 3 pad · u32 length
        return 8;
      default:
        throw unknownMessage('server', type);
    }
  }

  /** Bytes that follow the header of the message being read. */
  #counted(bytes: Uint8Array, at: number): number {
    switch (this.#type) {
      case serverMessages.setColourMapEntries:
        return 6 * u16At(bytes, at + 3);
      case serverMessages.serverFence:
        return fencePayloadBytes(bytes[at + 7]!);
      case serverMessages.xvp:
      case serverMessages.latencyMeasurement:
        return 0;
      case serverMessages.userAdded:
      case serverMessages.userRemoved:
        return textBytes(u32At(bytes, at));
      case serverMessages.serverDisconnect:
        return textBytes(u32At(bytes, at + 4));
      default:
        return textBytes(u32At(bytes, at + 3));
    }
  }

  #nextEncoder(): void {
    if (this.#encoders-- === 0) this.#finish(this.#skip);
    else this.#await(phaseVideoEncoder, 13);
  }

  #nextRectangle(): void {
    if (this.#rectangles === 0) {
      this.#finish(this.#skip);
      return;
    }
    this.#rectangles--;
    this.#await(phaseRectangle, rectangleHeaderBytes);
  }

  #rectangle(bytes: Uint8Array, at: number): void {
    const encoding = s32At(bytes, at + 8);
    let watermarkOnly = false;
    if (!this.#allowed.has(encoding)) {
      watermarkOnly = this.#protocol === 'kasmvnc' && encoding === encodings.tight;
      if (!watermarkOnly) {
        const sentence = `a rectangle came in encoding ${encoding}, which was not asked for`;
        throw new DecodeError('out_of_order', sentence, 'encoding');
      }
    }
    if (encoding < 0) this.#pseudoRectangle(encoding, bytes, at);
    this.#walk.begin(encoding, u16At(bytes, at + 4), u16At(bytes, at + 6), watermarkOnly);
    this.#afterWalk();
  }

  /** What the rectangle itself says, before its payload. */
  #pseudoRectangle(encoding: number, bytes: Uint8Array, at: number): void {
    switch (encoding) {
      case pseudoRectangles.lastRect:
        this.#rectangles = 0;
        return;
      case pseudoRectangles.extendedMouseButtons:
        this.extendedMouseButtons = true;
        return;
      case pseudoRectangles.qemuPointerMotion: // x: 1 absolute, 0 relative
        this.relativePointer = u16At(bytes, at) === 0;
        return;
      case pseudoRectangles.extendedDesktopSize: // x: who asked, y: 0 or why it was refused
        if (u16At(bytes, at) === screenReasonClient && u16At(bytes, at + 2) !== 0) return;
        break;
      case pseudoRectangles.desktopSize:
        break;
      default:
        return;
    }
    this.width = u16At(bytes, at + 4);
    this.height = u16At(bytes, at + 6);
  }

  #afterWalk(): void {
    const walk = this.#walk;
    // Tight and Hextile say everything in single bytes, often several in a row.
    while (walk.want === 1 && walk.skip === 0 && this.at < this.#end) walk.step(this.#chunk, this.at++);
    this.#skip = walk.skip;
    if (walk.want === 0) this.#nextRectangle();
    else this.#await(phasePayload, walk.want);
  }
}

/** Texts for people: statistics, reasons, user names. They pass unread, but not without a limit. */
function textBytes(length: number): number {
  const limit = limits.serverMessageBytesMax;
  if (length > limit) throw limitError('text length', length, limit);
  return length;
}
