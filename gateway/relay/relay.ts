/**
 * One stream: the client's WebSocket, the upstream, two half-pipes and the inspection between them.
 *
 * Life: dialling → running → closing → closed. Whatever goes wrong on the way ends in `end`, once, with
 * one close reason; bytes of a peer that can't be followed are caught in one place, `#receive`.
 */
import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import { FrameError } from '../websocket/frame-error.ts';
import { FrameReader, FrameStep } from '../websocket/frame-reader.ts';
import { encodeCloseFrame, encodeMaskedCloseFrame, type MaskKeySource } from '../websocket/frame-writer.ts';
import { closeCode } from '../websocket/numbers.ts';
import { DecodeError } from '../wire/decode-error.ts';
import { type CloseReasonName, closeReasons, closeText } from './close-reason.ts';
import { HalfPipe } from './half-pipe.ts';
import type { StreamInspection } from './stream-inspection.ts';
import { StreamPump } from './stream-pump.ts';
import type { Transport } from './transport.ts';
import { UpstreamError } from './upstream.ts';

export interface RelayEnd {
  readonly reason: CloseReasonName;
  readonly message: string;
  /** Bytes the sockets took, WebSocket framing included. */
  readonly bytesToClient: number;
  readonly bytesToUpstream: number;
}

export interface RelayOptions {
  /** Its WebSocket handshake is done, nobody is attached to it. */
  readonly client: Transport;
  readonly inspection: StreamInspection;
  /** Connects to the upstream and completes its handshake. @throws UpstreamError */
  readonly dial: (signal: AbortSignal) => Promise<Transport>;
  /** Whether the upstream speaks WebSocket; plain RFB otherwise. */
  readonly framed: boolean;
  /** KasmVNC drops what it read together with a close frame, so it is sent none. */
  readonly upstreamTakesCloseFrame: boolean;
  /** Milliseconds until the grant ends; undefined: never. */
  readonly expiresInMs: number | undefined;
  readonly maskKey: MaskKeySource;
  /** Called exactly once, when the reason is known; bytes may still be on their way. */
  readonly onEnding: (reason: CloseReasonName, message: string) => void;
  /** Called exactly once, when both connections are done with. */
  readonly onEnd: (end: RelayEnd) => void;
  /** A fault of ours. */
  readonly onFault: (error: unknown) => void;
}

/** A timer waits 24 days at most; what is asked to wait longer fires at once. */
const timerMsMax = 0x7fff_ffff;

type Side = 'client' | 'upstream';

export class Relay {
  readonly #options: RelayOptions;
  readonly #abort = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #clientReader = new FrameReader({ from: 'browser', frameBytesMax: limits.clientFrameBytesMax });
  readonly #toClient: HalfPipe;
  readonly #toUpstream: HalfPipe;
  readonly #pump: StreamPump;
  /** Undefined while dialling: what the client says meanwhile is inspected and waits in the half-pipe. */
  #upstream: Transport | undefined;
  #firstByteTimer: ReturnType<typeof setTimeout> | undefined;
  #end: { readonly reason: CloseReasonName; readonly message: string; readonly code: number } | undefined;
  #clientDone = false;
  #upstreamDone = true;
  #closeFrameSent = false;
  #finished = false;
  /** A client whose framing broke is not parsed any further, only read and dropped. */
  #clientReadable = true;

  constructor(options: RelayOptions) {
    const { client, inspection, maskKey, framed, expiresInMs } = options;
    this.#options = options;
    const upstream = {
      write: (bytes: Uint8Array) => this.#upstream?.write(bytes) ?? 0,
      pause: () => this.#upstream?.pause(),
      resume: () => this.#upstream?.resume(),
    };
    this.#toClient = new HalfPipe(client, upstream);
    this.#toUpstream = new HalfPipe(upstream, client);
    this.#pump = new StreamPump({
      inspection,
      clientReader: this.#clientReader,
      toClient: this.#toClient,
      toUpstream: this.#toUpstream,
      framed,
      maskKey,
    });
    if (expiresInMs !== undefined) this.#watchExpiry(expiresInMs);
  }

  get bytesToClient(): number {
    return this.#toClient.sentBytes;
  }

  get bytesToUpstream(): number {
    return this.#toUpstream.sentBytes;
  }

  setPolicy(policy: PolicyDocument): void {
    this.#options.inspection.setPolicy(policy);
  }

  /** Dials and relays until the end; never throws. */
  async run(): Promise<void> {
    const { client, dial } = this.#options;
    try {
      this.#pump.greet();
      client.attach({
        data: chunk => this.#receive('client', chunk),
        drain: () => this.#toClient.drain(),
        close: () => this.#lostClient(),
      });
      const transport = await dial(this.#abort.signal);
      if (this.#end === undefined) this.#connect(transport);
      else transport.terminate();
    } catch (error) {
      this.#fail('upstream', error);
    }
  }

  /** Ends the stream: the client is told the reason, what is on its way is delivered if that takes no long time. */
  end(reason: CloseReasonName, message: string, code: number = closeReasons[reason].code): void {
    if (this.#end !== undefined) return;
    const text = message === '' ? closeReasons[reason].message : message;
    this.#end = { reason, message: text, code };
    this.#abort.abort();
    this.#clearTimers();
    clearTimeout(this.#firstByteTimer);
    this.#options.onEnding(reason, text);
    this.#closeUpstream(reason);
    this.#closeClient(reason, code, text);
    this.#finishIfDone();
  }

  #connect(transport: Transport): void {
    this.#upstream = transport;
    this.#upstreamDone = false;
    this.#firstByteTimer = setTimeout(() => {
      this.end('upstream_timeout', `the desktop sent nothing for ${limits.upstreamHandshakeTimeMs} ms`);
    }, limits.upstreamHandshakeTimeMs);
    this.#watchStall(this.#toClient, 'client_stalled');
    this.#watchStall(this.#toUpstream, 'upstream_stalled');
    transport.attach({
      data: chunk => this.#receive('upstream', chunk),
      drain: () => this.#toUpstream.drain(),
      close: error => this.#lostUpstream(error),
    });
    this.#toUpstream.drain();
  }

  /** The one place where what a peer sent can fail. */
  #receive(side: Side, chunk: Uint8Array): void {
    if (this.#end !== undefined) {
      if (side === 'client') this.#readClosing(chunk);
      return;
    }
    try {
      if (side === 'client') this.#pump.fromClient(chunk);
      else this.#pump.fromUpstream(chunk);
    } catch (error) {
      this.#fail(side, error);
    }
    if (side === 'upstream') clearTimeout(this.#firstByteTimer);
    this.#checkEnd();
  }

  #checkEnd(): void {
    const { ended } = this.#options.inspection;
    if (ended !== undefined) this.end(ended.reason, ended.message);
    else if (this.#clientReader.closed) this.end('client_closed', '');
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
      this.#options.onFault(error);
      this.end('internal_error', '');
    }
  }

  #closeUpstream(reason: CloseReasonName): void {
    const upstream = this.#upstream;
    if (upstream === undefined || this.#upstreamDone) return;
    const { side, benign } = closeReasons[reason];
    if (side === 'upstream' && !benign) {
      upstream.terminate();
      return;
    }
    this.#after(limits.closeHandshakeTimeMs, () => upstream.terminate());
    this.#toUpstream.whenEmpty(() => {
      if (this.#options.framed && this.#options.upstreamTakesCloseFrame) {
        this.#toUpstream.write(encodeMaskedCloseFrame(closeCode.normal, '', this.#options.maskKey()));
      }
      this.#toUpstream.whenEmpty(() => upstream.end());
    });
  }

  #closeClient(reason: CloseReasonName, code: number, message: string): void {
    const { client } = this.#options;
    if (client.closed) {
      this.#clientDone = true;
      return;
    }
    const isCut = closeReasons[reason].side === 'control';
    const drainMs = isCut ? limits.cutDrainTimeMs : limits.closeDrainTimeMs;
    const drainTimer = this.#after(drainMs, () => client.terminate());
    // A client that was paused because the upstream was slow has to be read again, for its close frame.
    client.resume();
    this.#toClient.whenEmpty(() => {
      clearTimeout(drainTimer);
      this.#toClient.write(encodeCloseFrame(code, closeText(message)));
      this.#closeFrameSent = true;
      if (this.#clientReader.closed) this.#toClient.whenEmpty(() => client.end());
      else this.#after(limits.closeHandshakeTimeMs, () => client.terminate());
    });
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
    this.#options.onEnd({ reason, message, bytesToClient, bytesToUpstream });
  }

  #watchExpiry(leftMs: number): void {
    const stepMs = Math.min(Math.max(leftMs, 0), timerMsMax);
    this.#after(stepMs, () => {
      if (leftMs > stepMs) this.#watchExpiry(leftMs - stepMs);
      else this.end('grant_expired', '');
    });
  }

  /** Gives a side up that took nothing during a whole period although bytes waited for it all along. */
  #watchStall(pipe: HalfPipe, reason: CloseReasonName): void {
    let sentBefore = -1;
    const check = (): void => {
      if (pipe.pendingBytes > 0 && pipe.sentBytes === sentBefore) {
        this.end(reason, `${closeReasons[reason].message} for ${limits.stallTimeMs} ms`);
        return;
      }
      sentBefore = pipe.pendingBytes > 0 ? pipe.sentBytes : -1;
      this.#after(limits.stallTimeMs, check);
    };
    this.#after(limits.stallTimeMs, check);
  }

  #after(ms: number, callback: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
