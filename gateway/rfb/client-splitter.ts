import { limits } from '../../config/limits.ts';
import { DecodeError } from '../wire/decode-error.ts';
import type { ClientMessageMeasure } from './client-message.ts';
import { MessageGatherer, noBytes } from './message-gatherer.ts';

/**
 * Follows what a client sends after ClientInit, wherever the bytes are cut. Every message is judged, and
 * every message is whole before it goes on: a server that reads blocking must never wait for the rest.
 * Used like ServerSplitter.
 */
export class ClientSplitter {
  readonly message: MessageGatherer;
  /** Chunk offset where the bytes that were already given as messages end. */
  passedTo = 0;
  /** Chunk offset behind the last byte consumed. */
  at = 0;
  #chunk = noBytes;
  #start = 0;
  #end = 0;
  /** Bytes of this direction before the chunk. */
  #base = 0;

  constructor(measure: ClientMessageMeasure) {
    this.message = new MessageGatherer(measure, 'client message', limits.clientMessageBytesMax, 0);
  }

  /** Bytes of this direction's stream that were consumed, the handshake not counted. */
  get offset(): number {
    return this.#base + this.at - this.#start;
  }

  push(chunk: Uint8Array, start: number, end: number): void {
    this.#base = this.offset;
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
    this.at = start;
  }

  /**
   * Consumes the chunk up to the end of the next message.
   * @returns true with `message` whole; false when the chunk is used up.
   * @throws DecodeError for what cannot be followed.
   */
  next(): boolean {
    this.passedTo = this.at;
    try {
      const whole = this.message.gather(this.#chunk, this.at, this.#end);
      this.at = this.message.at;
      // An idle stream keeps no chunk alive.
      if (!whole) this.#chunk = noBytes;
      return whole;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new DecodeError(error.kind, error.message, error.field, this.offset);
    }
  }
}
