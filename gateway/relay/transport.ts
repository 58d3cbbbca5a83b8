/**
 * A socket as the relay sees it: something to write to, pause and end, that reports to one receiver
 * at a time. The same handlers serve accepted and dialled sockets, plain and TLS.
 */
import type { Socket, SocketHandler } from 'bun';
import { limits } from '../../config/limits.ts';
import type { BytePace } from './byte-pace.ts';
import type { Sink, Source } from './half-pipe.ts';

/** Each method is told which transport it is about, so that one receiver can serve both ends of a stream. */
export interface Receiver {
  /** The chunk is the receiver's to keep. */
  data(chunk: Uint8Array, from: Transport): void;
  /** A write that was taken only in part can go on. */
  drain(from: Transport): void;
  /** The connection is gone, in order or torn; called once, and nothing after it. */
  close(error: Error | undefined, from: Transport): void;
}

const nothing = Object.freeze([]) as unknown as Uint8Array[];

export class Transport implements Sink, Source {
  readonly #socket: Socket<Transport>;
  #receiver: Receiver | undefined;
  #closed = false;
  #error: Error | undefined;
  #endTimer: ReturnType<typeof setTimeout> | undefined;
  /** What arrived while nobody was listening; the socket is paused from the first such chunk on. */
  #unclaimed = nothing;
  /** Undefined, as nearly always: read as fast as it comes. */
  #pace: BytePace | undefined;

  constructor(socket: Socket<Transport>) {
    this.#socket = socket;
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress;
  }

  get localPort(): number {
    return this.#socket.localPort;
  }

  get remotePort(): number {
    return this.#socket.remotePort;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** From the next `attach` on it is read at this pace. */
  pace(pace: BytePace): void {
    this.#pace = pace;
  }

  /** From now on this receiver is told; what arrived since the last one left comes first. */
  attach(receiver: Receiver): void {
    const told = this.#pace === undefined ? receiver : this.#pace.meter(receiver);
    this.#receiver = told;
    if (this.#unclaimed.length > 0) {
      // First: what it is told may make it pause.
      this.resume();
      this.#deliver(told);
    }
    if (this.#closed && this.#receiver === told) {
      this.#receiver = undefined;
      told.close(this.#error, this);
    }
  }

  /** What nobody has claimed, for as long as this one is the receiver. */
  #deliver(receiver: Receiver): void {
    while (this.#receiver === receiver && this.#unclaimed.length > 0) {
      const [chunk, ...rest] = this.#unclaimed;
      this.#unclaimed = rest.length > 0 ? rest : nothing;
      receiver.data(chunk!, this);
    }
  }

  /** Puts bytes back that the next receiver has to see first. Only while nobody is attached. */
  unread(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#unclaimed = [chunk, ...this.#unclaimed];
  }

  /** Until the next `attach` at most one chunk is read and kept. */
  detach(): void {
    this.#receiver = undefined;
  }

  write(bytes: Uint8Array): number {
    if (this.#closed) return -1;
    const taken = this.#socket.write(bytes);
    // The peer is gone. A paused socket is not told so any more: the error that would have was this write's.
    if (taken < 0) this.#socket.resume();
    return taken;
  }

  pause(): void {
    this.#pace?.ownerPaused();
    this.holdReading();
  }

  resume(): void {
    if (this.#closed || this.#pace?.ownerResumed() === false) return;
    this.#socket.resume();
  }

  /** For the pace: pauses whatever the owner wants. */
  holdReading(): void {
    if (!this.#closed) this.#socket.pause();
  }

  /** Ends the connection after what was written; a peer that does not take part in that is cut off after graceMs. */
  end(graceMs: number = limits.closeHandshakeTimeMs): void {
    if (this.#closed || this.#endTimer !== undefined) return;
    if (this.#isTls()) {
      // Its `end` waits for the peer's close_notify without limit, and nothing can be done with the socket after it.
      this.resume();
      this.#socket.shutdown();
    } else this.#socket.end();
    // A timer would keep what is gone already.
    if (!this.#closed) this.#endTimer = setTimeout(() => this.terminate(), graceMs);
  }

  /** Also before its handshake is done. Null for other sockets, whatever the types say. */
  #isTls(): boolean {
    return (this.#socket.getTLSVersion() as string | null) !== null;
  }

  /** Ends the connection now, without TLS or TCP courtesies. */
  terminate(): void {
    if (!this.#closed) this.#socket.terminate();
  }

  received(chunk: Uint8Array): void {
    if (this.#receiver !== undefined) {
      this.#receiver.data(chunk, this);
      return;
    }
    // Paused, it would not read the peer's answer to the end.
    if (this.#closed || this.#endTimer !== undefined) return;
    this.#unclaimed = [...this.#unclaimed, chunk];
    this.pause();
  }

  drained(): void {
    this.#receiver?.drain(this);
  }

  lost(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    clearTimeout(this.#endTimer);
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.close(error, this);
  }
}

/** Socket handlers that pass everything on to the transport in `socket.data`. */
export const transportHandlers = {
  data(socket: Socket<Transport>, chunk: Uint8Array): void {
    socket.data.received(chunk);
  },
  drain(socket: Socket<Transport>): void {
    socket.data.drained();
  },
  // The peer sends nothing more. Neither WebSocket nor RFB knows a half-closed connection.
  end(socket: Socket<Transport>): void {
    socket.data.lost(undefined);
    socket.end();
  },
  close(socket: Socket<Transport>, error?: Error): void {
    socket.data?.lost(error);
  },
  error(socket: Socket<Transport>, error: Error): void {
    socket.data?.lost(error);
    socket.terminate();
  },
} satisfies SocketHandler<Transport>;
