/**
 * Those who wait for something scarce: parties take turns, however many places each has taken. When it is full, the party
 * with the most places loses its last to one that has fewer, so that nobody keeps others out by coming often.
 */

/** Told whether it is its turn now, or it was sent away. */
type Waiter = (isTurn: boolean) => void;

export class TurnQueue {
  readonly #placesMax: number;
  /** In the order of their turns. */
  readonly #parties = new Map<string, Waiter[]>();
  #size = 0;

  constructor(placesMax: number) {
    this.#placesMax = placesMax;
  }

  get size(): number {
    return this.#size;
  }

  /** Resolves when it is the turn of this one; with false when there is no place for it, now or any more. */
  enter(party: string): Promise<boolean> {
    if (this.#size >= this.#placesMax && !this.#makeRoom(party)) return Promise.resolve(false);
    return new Promise(resolve => {
      const waiters = this.#parties.get(party) ?? [];
      this.#parties.set(party, waiters);
      waiters.push(resolve);
      this.#size += 1;
    });
  }

  /** Gives the turn to whose it is. @returns false when nobody waits. */
  next(): boolean {
    for (const [party, waiters] of this.#parties) {
      this.#parties.delete(party);
      const waiter = waiters.shift();
      if (waiters.length > 0) this.#parties.set(party, waiters);
      if (waiter === undefined) continue;
      this.#size -= 1;
      waiter(true);
      return true;
    }
    return false;
  }

  #makeRoom(party: string): boolean {
    let most: readonly [party: string, waiters: Waiter[]] | undefined;
    for (const entry of this.#parties) if (entry[1].length > (most?.[1].length ?? 0)) most = entry;
    const own = this.#parties.get(party)?.length ?? 0;
    if (most === undefined || own + 1 >= most[1].length) return false;
    most[1].pop()?.(false);
    this.#size -= 1;
    return true;
  }
}
