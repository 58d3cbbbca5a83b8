/**
 * Slows a connection down to a rate of bytes by reading less often; nothing is dropped. What is read is charged to one
 * or more accounts, and as long as one of them is overdrawn the socket is not read. Only connections with such a rate
 * have a pace: the others do nothing more for it than before.
 */
import type { Receiver, Transport } from './transport.ts';

/** Takes bytes out of an account. @returns for how many milliseconds it is overdrawn now. */
export type ChargeBytes = (bytes: number) => number;

/** A pause is at most this long: then it is looked at anew. */
const holdMsMax = 1_000;

export class BytePace {
  readonly #accounts: readonly ChargeBytes[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether its owner wants it paused, whatever the pace. */
  #ownerPaused = false;

  constructor(accounts: readonly ChargeBytes[]) {
    this.#accounts = accounts;
  }

  get held(): boolean {
    return this.#timer !== undefined;
  }

  /** To be told of by the owner's pauses. */
  ownerPaused(): void {
    this.#ownerPaused = true;
  }

  /** @returns whether the socket may be read now; otherwise it will be when the pause is over. */
  ownerResumed(): boolean {
    this.#ownerPaused = false;
    return !this.held;
  }

  /** Around the receiver of what is charged. */
  meter(receiver: Receiver): Receiver {
    return {
      data: (chunk, from) => {
        const bytes = chunk.length;
        receiver.data(chunk, from);
        this.#charge(bytes, from);
      },
      drain: from => receiver.drain(from),
      close: (error, from) => {
        this.#stop();
        receiver.close(error, from);
      },
    };
  }

  #charge(bytes: number, transport: Transport): void {
    let overdrawnMs = 0;
    for (const account of this.#accounts) overdrawnMs = Math.max(overdrawnMs, account(bytes));
    if (overdrawnMs <= 0 || transport.closed || this.held) return;
    transport.holdReading();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        // Others may have drawn on a shared account meanwhile.
        this.#charge(0, transport);
        if (!this.held && !this.#ownerPaused) transport.resume();
      },
      Math.min(overdrawnMs, holdMsMax),
    );
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
