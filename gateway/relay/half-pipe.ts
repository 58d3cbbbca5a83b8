/**
 * One direction of a relay: bytes from a source to a sink that may take only part of a write.
 * No socket inside: the sink's `write` and the source's `pause`/`resume` are wired by the owner.
 *
 * What the sink did not take is kept as views, in order. Above `highBytes` pending the source is
 * paused, at `lowBytes` or below it reads on, so a slow reader costs at most the high mark plus the
 * one chunk that crossed it, and never a byte.
 *
 * That bounds what the source sends. What is written here in answer to the sink's own side it does not slow: of
 * pongs one waits (`writeNewest`), and who asks on for the rest is held by the pipe it asks through (`holdSource`).
 */
import { limits } from '../../config/limits.ts';
import { releaseChunk } from './chunk-memory.ts';

export interface Sink {
  /** @returns how many bytes were taken: all, some (then `drain` follows), or -1 when closed. */
  write(bytes: Uint8Array): number;
}

export interface Source {
  pause(): void;
  resume(): void;
}

/** A view costs about as much as a hundred bytes: thousands of tiny ones are a full pipe too. */
const piecesMax = 1024;

/** Shared by all pipes that never had to wait. */
const nothing = Object.freeze([]) as unknown as Uint8Array[];

export class HalfPipe {
  readonly #sink: Sink;
  readonly #source: Source;
  readonly #highBytes: number;
  readonly #lowBytes: number;
  /** Made with the first piece that has to wait. */
  #pending = nothing;
  #pendingBytes = 0;
  #sentBytes = 0;
  #paused = false;
  #held = false;
  #closed = false;
  /** Which pending piece the next `writeNewest` replaces; -1: none. */
  #newestAt = -1;
  #onEmpty: (() => void) | undefined;

  constructor(
    sink: Sink,
    source: Source,
    highBytes: number = limits.halfPipeHighBytes,
    lowBytes: number = limits.halfPipeLowBytes,
  ) {
    this.#sink = sink;
    this.#source = source;
    this.#highBytes = highBytes;
    this.#lowBytes = lowBytes;
  }

  /** Bytes accepted but not yet taken by the sink. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Bytes the sink has taken. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Whether so much waits that nothing more should be asked for. */
  get full(): boolean {
    return this.#pendingBytes > limits.halfPipeHighBytes || this.#pending.length > piecesMax;
  }

  /** Whether the source rests until `letSourceGo`. */
  get holdsSource(): boolean {
    return this.#held;
  }

  /** The source rests, however little waits here: it does not read the answers to what it asks. */
  holdSource(): void {
    this.#held = true;
    this.#source.pause();
  }

  letSourceGo(): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#paused) this.#source.resume();
  }

  /**
   * Writes bytes on, in order. A remainder is kept as a view, and its memory given back once it was taken:
   * the caller may only go on to write other parts of it in this same turn.
   */
  write(bytes: Uint8Array): void {
    const taken = this.#take(bytes);
    if (taken < bytes.length) this.#keep(bytes.subarray(taken));
  }

  /**
   * Likewise, but what the caller reuses after the call is copied if it has to wait: all that does not lie in the
   * memory of `owned`. The socket mostly takes everything, so only a remainder is asked where it lies.
   */
  writeBorrowed(bytes: Uint8Array, owned: Uint8Array | undefined): void {
    const taken = this.#take(bytes);
    if (taken === bytes.length) return;
    const rest = bytes.subarray(taken);
    this.#keep(rest.buffer === owned?.buffer ? rest : rest.slice());
  }

  /**
   * Writes a frame of which only the newest matters: it takes the place of the last such one while that waits and
   * the sink has taken nothing of it. @param frame is the pipe's to keep.
   */
  writeNewest(frame: Uint8Array): void {
    const at = this.#newestAt;
    if (at >= 0) {
      this.#pendingBytes += frame.length - this.#pending[at]!.length;
      this.#pending[at] = frame;
      return;
    }
    const taken = this.#take(frame);
    if (taken === frame.length) return;
    this.#keep(frame.subarray(taken));
    if (taken === 0) this.#newestAt = this.#pending.length - 1;
  }

  /** @returns how many bytes need no more thought: the sink took them, or nobody wants them any more. */
  #take(bytes: Uint8Array): number {
    if (this.#closed) return bytes.length;
    if (this.#pendingBytes > 0 || bytes.length === 0) return 0;
    const taken = this.#sink.write(bytes);
    if (taken < 0) {
      this.close();
      return bytes.length;
    }
    this.#sentBytes += taken;
    // A write may tell its owner that the peer is gone.
    return this.#closed ? bytes.length : taken;
  }

  #keep(rest: Uint8Array): void {
    if (this.#pending === nothing) this.#pending = [];
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
    const tooMuch = this.#pendingBytes > this.#highBytes || this.#pending.length > piecesMax;
    if (tooMuch && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** The sink can take bytes again. */
  drain(): void {
    let index = 0;
    while (index < this.#pending.length) {
      const bytes = this.#pending[index]!;
      const taken = this.#sink.write(bytes);
      if (taken < 0) {
        this.close();
        return;
      }
      this.#sentBytes += taken;
      if (this.#closed) return;
      this.#pendingBytes -= taken;
      if (taken < bytes.length) {
        this.#pending[index] = bytes.subarray(taken);
        if (taken > 0 && index === this.#newestAt) this.#newestAt = -1;
        break;
      }
      index += 1;
      if (!this.#holds(bytes.buffer, index)) releaseChunk(bytes);
    }
    if (index > 0) this.#pending.splice(0, index);
    this.#newestAt = Math.max(-1, this.#newestAt - index);
    if (this.#paused && this.#pendingBytes <= this.#lowBytes) {
      this.#paused = false;
      if (!this.#held) this.#source.resume();
    }
    if (this.#pendingBytes === 0) this.#settle();
  }

  /** Whether a pending piece lies in this memory. */
  #holds(memory: ArrayBufferLike, from: number): boolean {
    for (let index = from; index < this.#pending.length; index++) {
      if (this.#pending[index]!.buffer === memory) return true;
    }
    return false;
  }

  /** Calls back once nothing is pending: now, or after the drain that empties the pipe, or at `close`. */
  whenEmpty(callback: () => void): void {
    if (this.#pendingBytes === 0 || this.#closed) callback();
    else this.#onEmpty = callback;
  }

  /** Drops what is pending and takes nothing more. */
  close(): void {
    this.#closed = true;
    this.#pending = nothing;
    this.#newestAt = -1;
    this.#pendingBytes = 0;
    this.#settle();
  }

  #settle(): void {
    const callback = this.#onEmpty;
    this.#onEmpty = undefined;
    callback?.();
  }
}
