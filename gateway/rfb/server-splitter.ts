import { limits } from '../../config/limits.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { s32At, u16At } from '../wire/read-cursor.ts';
import { type EncodingSet, watermarkKind } from './encoding-set.ts';
import { MessageGatherer, noBytes } from './message-gatherer.ts';
import { encodings, pseudoRectangles, type RfbProtocol, serverMessages, tightControls } from './numbers.ts';
import type { PixelSizes } from './pixel-format.ts';
import { RectangleWalk } from './rectangle.ts';
import {
  bytesBehindHeader,
  clipboardIdBytes,
  headerBytesOf,
  heldServerMessage,
  isJudgedServerMessage,
  isKasmOnlyServerMessage,
} from './server-message.ts';
import { ServerScreen } from './server-screen.ts';
import { emptyRectangle, rectangleHeaderBytes, UpdateRun, updateHeaderBytes } from './update-run.ts';

const phaseMessage = 0;
const phaseRectangle = 1;
const phaseUpdate = 2;
const phasePayload = 3;
const phaseJudged = 4;
const phaseHeader = 5;
const phaseVideoEncoders = 6;
const phaseVideoEncoder = 7;

const headerBytesMax = 16;
/** Where bytes to skip are counted: stop for an edit first. */
const stopHere = -1;
/** In place of Tight's control byte: it has not come. */
const notYet = -1;
/** Every call uses it up, so that idle streams need none of their own. */
const run = new UpdateRun();

/**
 * Follows what a server sends after ServerInit (RFC 6143 §7.6 and extensions), wherever the bytes are cut.
 * Nothing is kept but the header being read and messages that policy must see whole.
 *
 *     splitter.push(chunk, start, end)
 *     while (splitter.next()) …   // one judged message: splitter.message
 *     // now everything is consumed; bytes before `passedTo` that belonged to no judged message may pass
 *
 * For a standard client of a KasmVNC server (`standardClient`) it holds that server's own messages too, and
 * takes its watermark out of updates: then `next` also stops with `edit`, to be sent between `passedTo` and `at`. So it
 * does for a client that did not ask what QEMU says of its pointer (`hidesMotion`).
 */
export class ServerSplitter extends ServerScreen {
  /** Judged message, after `next` returned true. */
  readonly message = new MessageGatherer(
    heldServerMessage,
    'server message',
    limits.serverMessageBytesMax,
    clipboardIdBytes,
  );
  /** Chunk offset where the bytes that need no judgement end: the judged message begins there, or earlier. */
  passedTo = 0;
  /** Chunk offset behind the last byte consumed. */
  at = 0;
  /** Messages seen whole, for tests and counters. */
  messages = 0;
  /** What to send instead of the bytes up to `at`, where `next` stopped for that and not for a message. */
  edit: Uint8Array | undefined;
  /** Chunk offset of the last message that began in this chunk; −1 for none. */
  lastMessageAt = -1;
  /** The dialect of the server. */
  readonly protocol: RfbProtocol;
  readonly #allowed: EncodingSet;
  readonly #walk: RectangleWalk;
  readonly #scratch = new Uint8Array(headerBytesMax);
  #chunk = noBytes;
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
  readonly #standardClient: boolean;
  /** Chunk offset up to which the caller was told what becomes of the bytes. */
  #settledTo = 0;
  /** Headers are held until it is sure that their rectangle goes on. */
  #holdsHeaders: boolean;
  #dropping = false;
  #skipAfterEdit = 0;

  /** @param standardClient see above; only for a KasmVNC server. */
  constructor(protocol: RfbProtocol, pixels: PixelSizes, allowed: EncodingSet, standardClient = false) {
    super();
    this.protocol = protocol;
    this.#allowed = allowed;
    this.#standardClient = standardClient;
    this.#holdsHeaders = standardClient;
    this.#walk = new RectangleWalk(protocol, pixels);
  }

  /** Sizes of the pixel format in force; to be changed only where the server does: see PixelSwitch. */
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

  /** Whether what may have gone on to the client ends with a whole message. */
  get passedWholeMessages(): boolean {
    return this.#phase === phaseJudged || this.atBoundary;
  }

  push(chunk: Uint8Array, start: number, end: number): void {
    this.#base = this.offset;
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
    this.at = start;
    this.#settledTo = start;
    this.lastMessageAt = -1;
    // Not in the middle of a header, of which a part has gone on.
    if (this.hidesMotion && (this.#phase !== phaseRectangle || this.#gathered === 0))
      this.#holdsHeaders = true;
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
    if (this.edit !== undefined) this.#settle();
    for (;;) {
      if (this.#skip !== 0) {
        if (this.#skip === stopHere) return this.edit !== undefined || this.#endDrop();
        const skipped = Math.min(this.#skip, end - this.at);
        this.at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) break;
        if (this.#phase === phaseMessage) this.messages++;
        if (this.#dropping && this.#phase !== phasePayload) return this.#endDrop();
      }
      if (this.#phase === phaseJudged) return this.#judged();
      if (this.#phase <= phaseRectangle && this.#gathered === 0) this.#run();
      const want = this.#want;
      const at = this.at;
      if (this.#gathered === 0 && end - at >= want) {
        this.at = at + want;
        this.#step(this.#chunk, at);
      } else if (this.#gather(want)) this.#step(this.#scratch, 0);
      else break;
    }
    this.passedTo = this.#holdsHeaders ? this.#passedEnd(end) : end;
    this.#chunk = noBytes; // an idle stream keeps no chunk alive
    return false;
  }

  /** The caller has taken the edit. */
  #settle(): void {
    this.edit = undefined;
    this.#settledTo = this.at;
    if (this.#skip === stopHere) this.#skip = this.#skipAfterEdit;
  }

  /** The rectangle that is dropped has ended. */
  #endDrop(): boolean {
    this.#dropping = false;
    this.#skip = 0;
    this.passedTo = this.#settledTo;
    this.edit = noBytes;
    return true;
  }

  /** Chunk offset of the bytes that are held back, because their rectangle may be dropped. */
  #passedEnd(end: number): number {
    if (this.#dropping) return this.#settledTo;
    if (this.#phase !== phaseRectangle) return end;
    return Math.max(this.#settledTo, end - this.#gathered);
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
    this.#settledTo = this.at;
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
        this.#finish(bytesBehindHeader(this.#type, bytes, at));
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
    this.lastMessageAt = this.at - 1;
    if (type === serverMessages.framebufferUpdate) {
      this.refuseBetweenFormats();
      this.#await(phaseUpdate, updateHeaderBytes - 1);
      return;
    }
    this.#allowed.checkMessage(type, this.protocol);
    this.#type = type;
    const held = this.#standardClient && isKasmOnlyServerMessage(type);
    if (held || this.isHeldFence(type) || isJudgedServerMessage(type, this.protocol)) {
      // The type byte belongs to the message that is held: give it back.
      this.at--;
      this.#phase = phaseJudged;
      return;
    }
    const kasmvnc = this.protocol === 'kasmvnc';
    if (type === serverMessages.videoEncoders && kasmvnc) {
      this.#await(phaseVideoEncoders, 1);
      return;
    }
    const want = headerBytesOf(type, kasmvnc);
    if (want === 0) this.#finish(0);
    else this.#await(phaseHeader, want);
  }

  /** Goes over the updates that lie whole in the chunk. */
  #run(): void {
    if (this.isBetweenFormats) return;
    const left = this.#phase === phaseRectangle ? this.#rectangles + 1 : 0;
    run.follow(this.#chunk, this.at, this.#end, left, this.#walk.pixels, this.#allowed);
    this.at = run.at;
    this.messages += run.messages;
    if (run.lastMessageAt >= 0) this.lastMessageAt = run.lastMessageAt;
    this.#rectangles = run.rectangles;
    if (run.rectangles > 0) this.#nextRectangle();
    else this.#await(phaseMessage, 1);
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
    if (this.#holdsHeaders) {
      this.#heldRectangle(bytes, at);
      return;
    }
    this.#begin(bytes, at);
    this.#afterWalk();
  }

  #heldRectangle(bytes: Uint8Array, at: number): void {
    const control = this.#takeHeader(bytes, at);
    if (control === notYet) return;
    this.#begin(bytes, at);
    if (this.edit === undefined) {
      this.#afterWalk();
      return;
    }
    // What is consumed behind an edit before it is settled would be taken for a part of it.
    if (control !== undefined) this.#walk.step(Uint8Array.of(control), 0);
    this.#afterStep();
    this.#skipAfterEdit = this.#skip;
    this.#skip = stopHere;
  }

  #begin(bytes: Uint8Array, at: number): void {
    const encoding = s32At(bytes, at + 8);
    const wasAsked = this.#allowed.checkRectangle(encoding, this.protocol);
    if (encoding === pseudoRectangles.lastRect) this.#rectangles = 0;
    else if (encoding < 0) this.note(encoding, bytes, at);
    const kinds = wasAsked ? this.#allowed.tightKinds : watermarkKind;
    this.#walk.begin(encoding, u16At(bytes, at + 4), u16At(bytes, at + 6), kinds);
  }

  /**
   * A rectangle header that is held is there. It is let go when it is sure that it goes on: for a standard client that no
   * watermark follows, for which Tight's first byte is needed; until then it is held in the scratch.
   * @returns that byte, where it was taken with the header.
   */
  #takeHeader(bytes: Uint8Array, at: number): number | undefined {
    const wasCut = bytes === this.#scratch;
    const encoding = s32At(bytes, at + 8);
    let control = -1;
    if (this.#standardClient && encoding === encodings.tight) {
      if (this.#want > rectangleHeaderBytes && wasCut) control = bytes[rectangleHeaderBytes]!;
      else if (this.at < this.#end) control = wasCut ? this.#chunk[this.at++]! : this.#chunk[this.at]!;
      else {
        if (!wasCut) this.#scratch.set(bytes.subarray(at, at + rectangleHeaderBytes));
        this.#gathered = rectangleHeaderBytes;
        this.#await(phaseRectangle, rectangleHeaderBytes + 1);
        return notYet;
      }
    }
    const isMotion = this.hidesMotion && encoding === pseudoRectangles.qemuPointerMotion;
    this.#dropping = isMotion || control >> 4 === tightControls.watermark;
    if (wasCut) {
      this.passedTo = this.#settledTo;
      this.edit = bytes.slice(0, rectangleHeaderBytes + (control < 0 ? 0 : 1));
      if (control >= 0) this.edit[rectangleHeaderBytes] = control;
    } else if (this.#dropping) this.passedTo = at;
    if (this.#dropping) this.edit = emptyRectangle;
    return wasCut && control >= 0 ? control : undefined;
  }

  #afterWalk(): void {
    const walk = this.#walk;
    // Tight and Hextile say everything in single bytes, often several in a row.
    while (walk.want === 1 && walk.skip === 0 && this.at < this.#end) walk.step(this.#chunk, this.at++);
    this.#afterStep();
  }

  #afterStep(): void {
    const walk = this.#walk;
    this.#skip = walk.skip;
    if (walk.want === 0) {
      this.#nextRectangle();
      if (this.#dropping && this.#skip === 0) this.#skip = stopHere;
    } else this.#await(phasePayload, walk.want);
  }
}
