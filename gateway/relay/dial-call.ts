/** Lets whoever asked for a dial give it up. Lighter than an AbortSignal: there is one for each stream. */
export class DialCall {
  #givenUp = false;
  #onGivenUp: (() => void) | undefined;

  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The step that runs now is told, and each one after it as it begins. */
  giveUp(): void {
    this.#givenUp = true;
    this.#onGivenUp?.();
  }

  /** @param onGivenUp in place of the one before; undefined: none. */
  listen(onGivenUp: (() => void) | undefined): void {
    this.#onGivenUp = onGivenUp;
    if (this.#givenUp) onGivenUp?.();
  }
}
