/** Things that are due at some time, thousands of them, without a timer each. Times are those of the caller's clock. */
export class DueWheel<T> {
  readonly #slots: { dueMs: number; item: T }[][];
  readonly #slotMs: number;
  /** Everything before this slot has been handed out. */
  #cursor: number;

  /** @param slotMs how exactly it keeps times. @param slots times further away than all slots come round again. */
  constructor(nowMs: number, slotMs = 2, slots = 1024) {
    this.#slotMs = slotMs;
    this.#slots = Array.from({ length: slots }, () => []);
    this.#cursor = Math.floor(nowMs / slotMs);
  }

  /** What lies in the past is due with the next `take`. */
  add(dueMs: number, item: T): void {
    const slot = Math.max(this.#cursor, Math.floor(dueMs / this.#slotMs));
    this.#slots[slot % this.#slots.length]!.push({ dueMs, item });
  }

  /** Hands out all that is due, the oldest slot first; `onDue` may add. */
  take(nowMs: number, onDue: (item: T, dueMs: number) => void): void {
    const last = Math.floor(nowMs / this.#slotMs);
    for (; this.#cursor < last; this.#cursor++) {
      const index = this.#cursor % this.#slots.length;
      const waiting = this.#slots[index]!;
      if (waiting.length === 0) continue;
      this.#slots[index] = [];
      const slotEndMs = (this.#cursor + 1) * this.#slotMs;
      for (const entry of waiting) {
        if (entry.dueMs < slotEndMs) onDue(entry.item, entry.dueMs);
        // It lies turns of the wheel ahead.
        else this.#slots[index]!.push(entry);
      }
    }
  }
}
