/**
 * One stream: the client's WebSocket, the upstream, two half-pipes and the inspection between them.
 *
 * Life: dialling → running → closing → closed. Whatever goes wrong on the way ends in `end`, once, with
 * one close reason; bytes of a peer that can't be followed are caught in one place, `#receive`.
 */
import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { FrameError } from '../websocket/frame-error.ts';
import { type FrameLimits, FrameReader, FrameStep } from '../websocket/frame-reader.ts';
import {
  encodeCloseFrame,
  encodeControlFrame,
  encodeMaskedCloseFrame,
  type MaskKeySource,
} from '../websocket/frame-writer.ts';
import { closeCode, opcode } from '../websocket/numbers.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { type CloseReasonName, closeReasons, closeText } from './close-reason.ts';
import { closeTimeMs, drainTimeMs } from './close-time.ts';
import { DialCall } from './dial-call.ts';
import { HalfPipe } from './half-pipe.ts';
import { LateUpstream } from './late-upstream.ts';
import type { StreamInspection } from './stream-inspection.ts';
import { StreamPump } from './stream-pump.ts';
import type { Receiver, Transport } from './transport.ts';
import { UpstreamError } from './upstream.ts';

export interface RelayEnd {
  readonly reason: CloseReasonName;
  readonly message: string;
  /** Bytes the sockets took, WebSocket framing included. */
  readonly bytesToClient: number;
  readonly bytesToUpstream: number;
}

/** Who is told what becomes of a relay. */
export interface RelayOwner {
  /** Called exactly once, when the reason is known; bytes may still be on their way. */
  onEnding(reason: CloseReasonName, message: string): void;
  /** Called exactly once, when both connections are done with. */
  onEnd(end: RelayEnd): void;
  /** A fault of ours. */
  onFault(error: unknown): void;
}

export interface RelayOptions {
  /** Its WebSocket handshake is done but for the answer, nobody is attached to it. */
  readonly client: Transport;
  readonly inspection: StreamInspection;
  /** Whether the upstream speaks WebSocket; plain RFB otherwise. */
  readonly framed: boolean;
  /** KasmVNC drops what it read together with a close frame, so it is sent none. */
  readonly upstreamTakesCloseFrame: boolean;
  /** Milliseconds until the grant ends; undefined: never. */
  readonly expiresInMs: number | undefined;
  readonly maskKey: MaskKeySource;
  /** What the client's frames may be. */
  readonly clientFrames: FrameLimits;
  readonly owner: RelayOwner;
}

const emptyPing = encodeControlFrame(opcode.ping, new Uint8Array(0));

/** A timer waits 24 days at most; what is asked to wait longer fires at once. */
const timerMsMax = 0x7fff_ffff;

type Side = 'client' | 'upstream';
type Timer = ReturnType<typeof setTimeout>;

/** Connects to the upstream and completes its handshake. @throws UpstreamError */
export type Dial = (call: DialCall) => Promise<Transport>;

/**
 * Thousands of streams lie idle in a process: what a stream needs only for its dial, under load or at its end is
 * made then and let go of after, and methods are shared where closures would be one each.
 */
export class Relay implements Receiver {
  readonly #options: RelayOptions;
  /** Of the dial. */
  #call: DialCall | undefined;
  /** Sent to the client first, and not of the stream. */
  #answerBytes = 0;
  /** That run now; undefined for none. */
  #timers: Set<Timer> | undefined;
  readonly #clientReader: FrameReader;
  readonly #toClient: HalfPipe;
  readonly #toUpstream: HalfPipe;
  readonly #pump: StreamPump;
  /** Without transport while dialling: what the client says meanwhile is inspected and waits in the half-pipe. */
  readonly #upstream = new LateUpstream();
  #firstByteTimer: Timer | undefined;
  #watchesClient = false;
  #watchesUpstream = false;
  #end: { readonly reason: CloseReasonName; readonly message: string; readonly code: number } | undefined;
  #clientDone = false;
  #upstreamDone = true;
  #closeFrameSent = false;
  #finished = false;
  /** A client whose framing broke is not parsed any further, only read and dropped. */
  #clientReadable = true;
  /** Since the last pulse. */
  #heardClient = true;
  /** What the client was sent until then. */
  #sentAtPulse = 0;
  /** Pings in a row that were not answered. */
  #silentPulses = 0;

  constructor(options: RelayOptions) {
    const { client, inspection, maskKey, framed, expiresInMs } = options;
    this.#options = options;
    this.#clientReader = new FrameReader({ from: 'browser', ...options.clientFrames });
    this.#toClient = new HalfPipe(client, this.#upstream);
    // Nothing is judged ahead for a desktop that does not read: what waits is judged by the policy of that time.
    this.#toUpstream = new HalfPipe(this.#upstream, client, 0, 0);
    const pipes = { toClient: this.#toClient, toUpstream: this.#toUpstream };
    this.#pump = new StreamPump({ inspection, clientReader: this.#clientReader, ...pipes, framed, maskKey });
    if (expiresInMs !== undefined) this.#watchExpiry(expiresInMs);
  }

  get bytesToClient(): number {
    return Math.max(0, this.#toClient.sentBytes - this.#answerBytes);
  }

  get bytesToUpstream(): number {
    return this.#toUpstream.sentBytes;
  }

  setPolicy(policy: PolicyDocument): void {
    this.#options.inspection.setPolicy(policy);
  }

  /** Dials and relays until the end; never throws. @param answer accepts the client's handshake. */
  async run(dial: Dial, answer: Uint8Array): Promise<void> {
    try {
      this.#call = new DialCall();
      this.#answerBytes = answer.length;
      this.#pump.greet(answer);
      this.#options.client.attach(this);
      // What came with its handshake may have ended it.
      if (this.#end !== undefined) return;
      const transport = await dial(this.#call);
      if (this.#end === undefined) this.#connect(transport);
      else transport.terminate();
    } catch (error) {
      this.#fail('upstream', error);
    } finally {
      this.#call = undefined;
    }
  }

  /**
   * Called at a steady pace. Pings a client that was sent nothing since the last call, and ends the stream
   * at a client that let `silentPulsesMax` pings pass. While bytes wait on either side the stall timers watch.
   */
  pulse(silentPulsesMax: number): void {
    if (this.#end !== undefined || this.#upstream.transport === undefined) return;
    const isWaiting = this.#toClient.pendingBytes > 0 || this.#toUpstream.pendingBytes > 0;
    const isFed = this.#toClient.sentBytes !== this.#sentAtPulse;
    if (this.#heardClient || isWaiting || isFed) this.#silentPulses = 0;
    this.#heardClient = false;
    if (this.#silentPulses >= silentPulsesMax) {
      this.end('client_silent', '');
      return;
    }
    if (!isWaiting && !isFed) {
      this.#silentPulses += 1;
      this.#toClient.write(emptyPing);
    }
    this.#sentAtPulse = this.#toClient.sentBytes;
  }

  /** For the transports, as are the next two. */
  data(chunk: Uint8Array, from: Transport): void {
    this.#receive(from === this.#options.client ? 'client' : 'upstream', chunk);
  }

  drain(from: Transport): void {
    if (from === this.#options.client) this.#pump.drainClient();
    else this.#pump.drainUpstream();
    // What the client said meanwhile is judged now, by the policy of now.
    if (this.#pump.holding) this.#receive('client', undefined);
  }

  close(error: Error | undefined, from: Transport): void {
    if (from === this.#options.client) this.#lostClient();
    else this.#lostUpstream(error);
  }

  /** Ends the stream: the client is told the reason, what is on its way is delivered if that takes no long time. */
  end(reason: CloseReasonName, message: string, code: number = closeReasons[reason].code): void {
    if (this.#end !== undefined) return;
    const text = message === '' ? closeReasons[reason].message : message;
    this.#end = { reason, message: text, code };
    this.#call?.giveUp();
    this.#clearTimers();
    this.#stopFirstByteTimer();
    this.#options.owner.onEnding(reason, text);
    for (const held of this.#pump.takeHeld()) this.#readClosing(held);
    this.#closeUpstream(reason);
    this.#closeClient(reason, code, text);
    this.#finishIfDone();
  }

  #connect(transport: Transport): void {
    this.#upstream.transport = transport;
    this.#upstreamDone = false;
    this.#firstByteTimer = setTimeout(() => {
      this.end('upstream_timeout', `the desktop sent nothing for ${limits.upstreamHandshakeTimeMs} ms`);
    }, limits.upstreamHandshakeTimeMs);
    transport.attach(this);
    // While it was dialled there was nothing to pause.
    if (this.#toClient.paused && this.#end === undefined) transport.pause();
    this.drain(transport);
    this.#watchStalls();
  }

  /** The one place where what a peer sent can fail. @param chunk undefined: what was held of the client's. */
  #receive(side: Side, chunk: Uint8Array | undefined): void {
    if (this.#end !== undefined) {
      if (side === 'client' && chunk !== undefined) this.#readClosing(chunk);
      return;
    }
    try {
      if (chunk === undefined) this.#pump.goOn(this.#clientDone);
      else if (side === 'client') {
        this.#heardClient = true;
        this.#pump.fromClient(chunk);
      } else this.#pump.fromUpstream(chunk);
    } catch (error) {
      this.#fail(side, error);
    }
    if (side === 'upstream' && this.#firstByteTimer !== undefined) this.#stopFirstByteTimer();
    this.#checkEnd();
    this.#watchStalls();
  }

  #stopFirstByteTimer(): void {
    clearTimeout(this.#firstByteTimer);
    this.#firstByteTimer = undefined;
  }

  #checkEnd(): void {
    const { ended } = this.#options.inspection;
    if (ended !== undefined) this.end(ended.reason, ended.message);
    else if (this.#clientReader.closed) this.end('client_closed', '', this.#clientReader.closeCode);
    else if (this.#pump.upstreamClosed) this.end('upstream_closed', '');
  }

  #fail(side: Side, error: unknown): void {
    if (error instanceof UpstreamError) {
      this.end(error.reason, error.message);
    } else if (error instanceof FrameError && side === 'client') {
      this.#clientReadable = false;
      this.end('client_websocket', error.message, error.closeCode);
    } else if (error instanceof FrameError) {
      this.end('upstream_websocket', error.message);
    } else if (error instanceof DecodeError) {
      this.end(side === 'client' ? 'client_message' : 'upstream_message', error.message);
    } else {
      this.#options.owner.onFault(error);
      this.end('internal_error', '');
    }
  }

  #closeUpstream(reason: CloseReasonName): void {
    const upstream = this.#upstream.transport;
    if (upstream === undefined || this.#upstreamDone) return;
    const { side, benign } = closeReasons[reason];
    if (side === 'upstream' && !benign) {
      upstream.terminate();
      return;
    }
    const graceMs = closeTimeMs(reason);
    // One that was paused because the client was slow has to be read again: it may be waiting for that itself.
    upstream.resume();
    this.#toUpstream.whenEmpty(() => {
      if (this.#options.framed && this.#options.upstreamTakesCloseFrame) {
        this.#toUpstream.write(encodeMaskedCloseFrame(closeCode.normal, '', this.#options.maskKey()));
      }
      this.#toUpstream.whenEmpty(() => upstream.end(graceMs));
    });
    if (this.#toUpstream.pendingBytes > 0) this.#after(graceMs, () => upstream.terminate());
  }

  #closeClient(reason: CloseReasonName, code: number, message: string): void {
    const { client } = this.#options;
    if (client.closed) {
      this.#clientDone = true;
      return;
    }
    const graceMs = closeTimeMs(reason);
    let drainTimer: Timer | undefined;
    // A client that was paused because the upstream was slow has to be read again, for its close frame.
    client.resume();
    this.#toClient.whenEmpty(() => {
      clearTimeout(drainTimer);
      this.#toClient.write(encodeCloseFrame(code, closeText(message)));
      this.#closeFrameSent = true;
      if (this.#clientReader.closed) this.#toClient.whenEmpty(() => client.end(graceMs));
      if (this.#toClient.pendingBytes > 0 || !this.#clientReader.closed) {
        this.#after(graceMs, () => client.terminate());
      }
    });
    if (!this.#closeFrameSent) drainTimer = this.#after(drainTimeMs(reason), () => client.terminate());
  }

  /** After the end: what the client still sends is dropped, its close frame is waited for. */
  #readClosing(chunk: Uint8Array): void {
    if (!this.#clientReadable) return;
    const reader = this.#clientReader;
    try {
      reader.push(chunk);
      while (reader.next() !== FrameStep.need);
    } catch {
      // It broke its framing while leaving: the close timer ends the connection.
      this.#clientReadable = false;
    }
    if (reader.closed && this.#closeFrameSent) this.#toClient.whenEmpty(() => this.#options.client.end());
  }

  #lostClient(): void {
    this.#clientDone = true;
    this.#toClient.close();
    if (this.#pump.holding) this.#receive('client', undefined);
    this.end('client_gone', '');
    this.#finishIfDone();
  }

  #lostUpstream(error: Error | undefined): void {
    this.#upstreamDone = true;
    this.#toUpstream.close();
    if (error === undefined) this.end('upstream_closed', '');
    else this.end('upstream_gone', `the connection to the desktop was lost: ${error.message}`);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#finished || this.#end === undefined || !this.#clientDone || !this.#upstreamDone) return;
    this.#finished = true;
    this.#clearTimers();
    const { bytesToClient, bytesToUpstream } = this;
    const { reason, message } = this.#end;
    this.#options.owner.onEnd({ reason, message, bytesToClient, bytesToUpstream });
  }

  #watchExpiry(leftMs: number): void {
    const stepMs = Math.min(Math.max(leftMs, 0), timerMsMax);
    this.#after(stepMs, () => {
      if (leftMs > stepMs) this.#watchExpiry(leftMs - stepMs);
      else this.end('grant_expired', '');
    });
  }

  /** Watches each side that has bytes waiting for it, from the first of them on. */
  #watchStalls(): void {
    if (this.#end !== undefined || this.#upstream.transport === undefined) return;
    if (!this.#watchesClient && this.#toClient.pendingBytes > 0) {
      this.#watchesClient = true;
      this.#watchStall(this.#toClient, 'client_stalled', () => {
        this.#watchesClient = false;
      });
    }
    if (!this.#watchesUpstream && this.#toUpstream.pendingBytes > 0) {
      this.#watchesUpstream = true;
      this.#watchStall(this.#toUpstream, 'upstream_stalled', () => {
        this.#watchesUpstream = false;
      });
    }
  }

  /** Gives a side up that took nothing during a whole period although bytes waited for it all along. */
  #watchStall(pipe: HalfPipe, reason: CloseReasonName, onFlowing: () => void): void {
    const sentBefore = pipe.sentBytes;
    this.#after(limits.stallTimeMs, () => {
      if (pipe.pendingBytes === 0) onFlowing();
      else if (pipe.sentBytes !== sentBefore) this.#watchStall(pipe, reason, onFlowing);
      else this.end(reason, `${closeReasons[reason].message} for ${limits.stallTimeMs} ms`);
    });
  }

  /** @returns undefined, and does nothing, once all is over: a timer would hold what is gone. */
  #after(ms: number, callback: () => void): Timer | undefined {
    if (this.#finished) return undefined;
    this.#timers ??= new Set();
    const timers = this.#timers;
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, ms);
    timers.add(timer);
    return timer;
  }

  #clearTimers(): void {
    for (const timer of this.#timers ?? []) clearTimeout(timer);
    this.#timers = undefined;
  }
}
