/**
 * The hot path of a relay: chunks in from either side, through the inspection, into the two half-pipes.
 * No socket and no clock inside.
 *
 * What the client says is judged a slice at a time, and no further while the upstream has not taken what passed
 * before: what waits here meets the policy of the time when it is sent on.
 *
 * A side that pings is sent the newest pong only while it reads nothing (RFC 6455 section 5.5.3). One that asks the
 * inspection for answers and does not read them is not read any further either.
 *
 * Towards the client whole frames pass as they came, one write a chunk (websocket/frame-output.ts). Towards
 * the upstream what one chunk yields goes in one write: as it is to plain RFB, as unfragmented masked frames
 * to a WebSocket.
 */
import { limits } from '../../config/limits.ts';
import { FrameOutput } from '../websocket/frame-output.ts';
import { FrameReader, FrameStep } from '../websocket/frame-reader.ts';
import {
  encodeControlFrame,
  encodeMaskedControlFrame,
  encodeMaskedFrames,
  type MaskKeySource,
} from '../websocket/frame-writer.ts';
import { opcode } from '../websocket/numbers.ts';
import { releaseChunk, releasedBytesMin } from './chunk-memory.ts';
import type { HalfPipe } from './half-pipe.ts';
import type { StreamInspection } from './stream-inspection.ts';

export interface PumpOptions {
  readonly inspection: StreamInspection;
  /** Of the client's frames; the relay goes on with it after the stream's end. */
  readonly clientReader: FrameReader;
  readonly toClient: HalfPipe;
  readonly toUpstream: HalfPipe;
  /** Whether the upstream speaks WebSocket; plain RFB otherwise. */
  readonly framed: boolean;
  readonly maskKey: MaskKeySource;
}

/** Every call of a pump uses and empties it before it returns, so that idle streams need no buffer of their own. */
const clientOutput = new FrameOutput();

/** Shared by all pumps that hold nothing. */
const nothing = Object.freeze([]) as unknown as Uint8Array[];

export class StreamPump {
  readonly #options: PumpOptions;
  readonly #upstreamReader: FrameReader | undefined;
  readonly #upstreamSpans: Uint8Array[] = [];
  #upstreamBytes = 0;
  /** Of the client, in the order in which it came. */
  #unjudged = nothing;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#upstreamReader = options.framed
      ? new FrameReader({ from: 'upstream', frameBytesMax: limits.upstreamFrameBytesMax })
      : undefined;
  }

  get upstreamClosed(): boolean {
    return this.#upstreamReader?.closed ?? false;
  }

  /** Sends what the inspection says first, in one write with the answer that it comes behind: one record, one segment. */
  greet(answer: Uint8Array): void {
    clientOutput.clear();
    clientOutput.bytes(answer);
    this.#takeOutputs();
    this.#options.toClient.write(Buffer.concat(clientOutput.spans));
    clientOutput.clear();
    if (this.#upstreamBytes > 0) this.#flushUpstream();
  }

  /** Whether the client said something that is not judged yet. */
  get holding(): boolean {
    return this.#unjudged !== nothing;
  }

  /**
   * @param chunk is the pump's to keep.
   * @throws FrameError when the client breaks the framing, DecodeError when its messages can't be followed; what
   *   came before in the chunk was sent on.
   */
  fromClient(chunk: Uint8Array): void {
    if (this.holding) this.#unjudged.push(chunk);
    else this.#judge(chunk, false);
  }

  /**
   * Goes on with what is held, as far as the upstream takes it. @throws as `fromClient`.
   * @param all also what it does not take yet: the client is gone, and what waits is all there will be.
   */
  goOn(all = false): void {
    for (const chunk of this.takeHeld()) {
      if (this.holding) this.#unjudged.push(chunk);
      else this.#judge(chunk, all);
    }
  }

  /** What is held, which the pump forgets: bytes of the client's frames, not judged. */
  takeHeld(): readonly Uint8Array[] {
    const held = this.#unjudged;
    this.#unjudged = nothing;
    return held;
  }

  /** The client can take bytes again: call `goOn` after it. */
  drainClient(): void {
    const { toClient, toUpstream } = this.#options;
    toClient.drain();
    if (toClient.pendingBytes <= limits.halfPipeLowBytes) toUpstream.letSourceGo();
  }

  /** The upstream can: likewise. */
  drainUpstream(): void {
    const { toClient, toUpstream } = this.#options;
    toUpstream.drain();
    if (toUpstream.pendingBytes <= limits.halfPipeLowBytes) toClient.letSourceGo();
  }

  #judge(chunk: Uint8Array, all: boolean): void {
    const { inspection, clientReader, toUpstream } = this.#options;
    const sliceBytes = limits.clientSliceBytes;
    for (let at = 0; at < chunk.length && !clientReader.closed; at += sliceBytes) {
      const waits = toUpstream.pendingBytes > 0 || toUpstream.holdsSource;
      if (inspection.ended !== undefined || (waits && !all)) {
        this.#unjudged = [chunk.subarray(at)];
        return;
      }
      // A slice has memory of its own: that of a piece that was sent is given back, and the rest is still to be judged.
      this.#judgeSlice(chunk.length <= sliceBytes ? chunk : chunk.slice(at, at + sliceBytes));
    }
  }

  #judgeSlice(chunk: Uint8Array): void {
    const { inspection, clientReader: reader, toClient, toUpstream } = this.#options;
    clientOutput.clear();
    reader.push(chunk);
    try {
      for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
        if (step === FrameStep.payload) {
          // The stream is over: the rest is read for the client's close frame.
          if (inspection.ended !== undefined) continue;
          const { payloadStart, payloadEnd } = reader;
          if (inspection.fromClient(chunk, payloadStart, payloadEnd)) {
            this.#keepForUpstream(chunk.subarray(payloadStart, payloadEnd));
          }
          this.#takeOutputs();
        } else if (step === FrameStep.ping) {
          toClient.writeNewest(encodeControlFrame(opcode.pong, reader.controlPayload()));
        } else if (step === FrameStep.close) break;
      }
    } finally {
      if (clientOutput.byteLength > 0 && toClient.full) toUpstream.holdSource();
      this.#flush(undefined);
    }
  }

  /**
   * @param chunk is used up: its memory is given back as soon as the client's socket has taken what passes of it.
   * @throws FrameError, DecodeError as `fromClient`, for what the upstream sent.
   */
  fromUpstream(chunk: Uint8Array): void {
    clientOutput.clear();
    try {
      if (this.#upstreamReader === undefined) this.#fromPlainUpstream(chunk);
      else this.#fromFramedUpstream(chunk, this.#upstreamReader);
    } finally {
      const { toClient, toUpstream } = this.#options;
      if (this.#upstreamBytes > 0 && toUpstream.full) toClient.holdSource();
      this.#flush(chunk);
      // Asking a small chunk where its memory is costs more than there is to give back.
      if (chunk.length >= releasedBytesMin && toClient.pendingBytes === 0) releaseChunk(chunk);
    }
  }

  #fromPlainUpstream(chunk: Uint8Array): void {
    if (this.#options.inspection.fromUpstream(chunk, 0, chunk.length))
      clientOutput.wrap(chunk, 0, chunk.length);
    this.#takeOutputs();
  }

  #fromFramedUpstream(chunk: Uint8Array, reader: FrameReader): void {
    const { inspection, maskKey } = this.#options;
    reader.push(chunk);
    for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
      if (step === FrameStep.payload) {
        if (inspection.fromUpstream(chunk, reader.payloadStart, reader.payloadEnd))
          clientOutput.forward(reader);
        this.#takeOutputs();
        if (inspection.ended !== undefined) return;
      } else if (step === FrameStep.ping) {
        const pong = encodeMaskedControlFrame(opcode.pong, reader.controlPayload(), maskKey());
        this.#options.toUpstream.writeNewest(pong);
      } else if (step === FrameStep.close) return;
    }
  }

  /** The inspection's own output in both directions: copied, as its spans end with the next call into it. */
  #takeOutputs(): void {
    const { toClient, toUpstream } = this.#options.inspection;
    if (toClient.byteLength > 0) {
      clientOutput.frame(toClient);
      toClient.clear();
    }
    if (toUpstream.byteLength > 0) {
      for (const span of toUpstream.spans) this.#keepForUpstream(span.slice());
      toUpstream.clear();
    }
  }

  #keepForUpstream(span: Uint8Array): void {
    this.#upstreamSpans.push(span);
    this.#upstreamBytes += span.length;
  }

  /** @param owned the chunk whose views may be kept; views of anything else are copied if they have to wait. */
  #flush(owned: Uint8Array | undefined): void {
    const { toClient } = this.#options;
    for (const span of clientOutput.spans) toClient.writeBorrowed(span, owned);
    clientOutput.clear();
    if (this.#upstreamBytes > 0) this.#flushUpstream();
  }

  #flushUpstream(): void {
    const { toUpstream, framed, maskKey } = this.#options;
    const payload = { spans: this.#upstreamSpans, byteLength: this.#upstreamBytes };
    if (framed) toUpstream.write(encodeMaskedFrames(payload, limits.kasmvncFrameBytesMax, maskKey));
    else toUpstream.write(payload.spans.length === 1 ? payload.spans[0]! : Buffer.concat(payload.spans));
    this.#upstreamSpans.length = 0;
    this.#upstreamBytes = 0;
  }
}
