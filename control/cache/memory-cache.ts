/** The cache of a control that runs alone: in this process, bounded, lost at its end. */
import type { Cache } from './cache.ts';

/** Above this many keys the one that ends soonest goes: everything here may be lost. */
const keysMax = 100_000;
const sweepEveryMs = 30_000;

interface Entry {
  value: string;
  readonly endsAtMs: number;
}

export class MemoryCache implements Cache {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  readonly #now: () => number;
  readonly #sweeper: ReturnType<typeof setInterval>;

  constructor(now: () => number) {
    this.#now = now;
    this.#sweeper = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#sweeper.unref();
  }

  async get(key: string): Promise<string | undefined> {
    return this.#live(key)?.value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#put(key, { value, endsAtMs: this.#now() + ttlMs });
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const entry = this.#live(key);
    if (entry === undefined) {
      this.#put(key, { value: '1', endsAtMs: this.#now() + ttlMs });
      return 1;
    }
    entry.value = String(Number(entry.value) + 1);
    return Number(entry.value);
  }

  async timeLeftMs(key: string): Promise<number> {
    const entry = this.#live(key);
    return entry === undefined ? 0 : Math.max(0, entry.endsAtMs - this.#now());
  }

  async publish(topic: string, message: string): Promise<void> {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(message);
  }

  async subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return async () => {
      listeners.delete(listener);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    this.#entries.clear();
    this.#listeners.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.endsAtMs > this.#now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #put(key: string, entry: Entry): void {
    if (!this.#entries.has(key) && this.#entries.size >= keysMax) this.#makeRoom();
    this.#entries.set(key, entry);
  }

  #makeRoom(): void {
    this.#sweep();
    if (this.#entries.size < keysMax) return;
    let soonest: string | undefined;
    let endsAtMs = Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.#entries) {
      if (entry.endsAtMs < endsAtMs) [soonest, endsAtMs] = [key, entry.endsAtMs];
    }
    if (soonest !== undefined) this.#entries.delete(soonest);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, entry] of this.#entries) if (entry.endsAtMs <= now) this.#entries.delete(key);
  }
}
