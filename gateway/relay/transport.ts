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

const nothing: Uint8Array[] = [];

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
    const unclaimed = this.#unclaimed;
    this.#unclaimed = nothing;
    for (const chunk of unclaimed) told.data(chunk, this);
    if (this.#closed) told.close(this.#error, this);
    else if (unclaimed.length > 0) this.resume();
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
    return this.#closed ? -1 : this.#socket.write(bytes);
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
    if (this.#closed) return;
    // First: `end` of the socket may report its close at once, and a timer made after that would hold the dead stream.
    this.#endTimer ??= setTimeout(() => this.terminate(), graceMs);
    this.#socket.end();
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
    this.#receiver?.close(error, this);
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
