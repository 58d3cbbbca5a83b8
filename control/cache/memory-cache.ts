/** The cache of a control that runs alone: in this process, bounded, lost at its end. */
import type { Cache } from './cache.ts';

/**
 * Keys of one kind, which is what stands before their first colon: over it the one not written for longest goes. A flood
 * of one kind must not push out another, such as the waits that hold the same flood back.
 */
export const keysOfKindMax = 50_000;
const sweepEveryMs = 30_000;

interface Entry {
  value: string;
  readonly endsAtMs: number;
}

export class MemoryCache implements Cache {
  readonly #kinds = new Map<string, KindTable>();
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
    this.#kinds.get(kindOf(key))?.delete(key);
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const entry = this.#live(key);
    if (entry === undefined) {
      this.#put(key, { value: '1', endsAtMs: this.#now() + ttlMs });
      return 1;
    }
    entry.value = String(Number(entry.value) + 1);
    this.#put(key, entry);
    return Number(entry.value);
  }

  async pour(key: string, amount: number, perSecond: number): Promise<number> {
    const now = this.#now();
    const [was = 0, atMs = now] = (this.#live(key)?.value ?? '').split(' ').map(Number);
    const level = amount + Math.max(0, was - (Math.max(0, now - atMs) * perSecond) / 1000);
    this.#put(key, { value: `${level} ${now}`, endsAtMs: now + (level / perSecond) * 1000 });
    return level;
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
    this.#kinds.clear();
    this.#listeners.clear();
  }

  #live(key: string): Entry | undefined {
    const kind = this.#kinds.get(kindOf(key));
    const entry = kind?.get(key);
    if (entry === undefined || entry.endsAtMs > this.#now()) return entry;
    kind?.delete(key);
    return undefined;
  }

  #put(key: string, entry: Entry): void {
    const name = kindOf(key);
    const kind = this.#kinds.get(name) ?? new KindTable();
    this.#kinds.set(name, kind);
    kind.put(key, entry);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [name, kind] of this.#kinds) if (kind.sweep(now) === 0) this.#kinds.delete(name);
  }
}

function kindOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf(':')));
}

/** In the order in which they were written. */
class KindTable {
  readonly #entries = new Map<string, Entry>();
  /** Kept, for a new one would step over all that was deleted before the first that is left. */
  #oldest = this.#entries.keys();

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  put(key: string, entry: Entry): void {
    const isNew = !this.#entries.delete(key);
    if (isNew && this.#entries.size >= keysOfKindMax) this.#dropOldest();
    this.#entries.set(key, entry);
  }

  /** @returns how many are left. */
  sweep(now: number): number {
    for (const [key, entry] of this.#entries) if (entry.endsAtMs <= now) this.#entries.delete(key);
    return this.#entries.size;
  }

  #dropOldest(): void {
    let next = this.#oldest.next();
    if (next.done) {
      this.#oldest = this.#entries.keys();
      next = this.#oldest.next();
    }
    if (!next.done) this.#entries.delete(next.value);
  }
}
