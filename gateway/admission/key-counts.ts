/** How many there are of each key now; keys without any are not kept. Numbers only: there is one for each connection. */
export class KeyCounts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Nobody has the empty key, and it is not counted. @returns how many there are now */
  add(key: string): number {
    if (key === '') return 0;
    const count = this.of(key) + 1;
    this.#counts.set(key, count);
    return count;
  }

  /** One that was added is gone. */
  drop(key: string): void {
    const count = this.of(key);
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}
