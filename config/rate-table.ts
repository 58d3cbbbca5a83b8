/**
 * Token buckets by key, with the semantics of nginx's `limit_req` with `burst=… nodelay`: a bucket has room for
 * `burst` + 1, each take fills it by what it takes, it runs dry at `perSecond`, and what would overflow it is refused
 * and fills nothing. Bounded: over the limit the entry not touched for longest goes.
 */
import type { Rate } from './gateway-admission.ts';

export type RateRule = Exclude<Rate, 'unlimited'>;

interface Bucket {
  /** How full it was at `atMs`. */
  level: number;
  atMs: number;
  /** What was taken and not told to the other gateways yet. */
  untold: number;
}

/** What was taken of one key since the last telling. */
export interface Taking {
  readonly key: string;
  readonly amount: number;
}

/** Entries that ran dry are dropped a few at a time, so that no call takes long. */
const driedPerTake = 4;

/** Sums of fractions may be off by so much: whoever waited as long as told is not sent away again. */
const roundingError = 1e-6;

export class RateTable {
  /** Another one holds from the next take on, for all buckets as they are. */
  rule: RateRule;
  readonly #entriesMax: number;
  readonly #now: () => number;
  /** In the order in which they were last touched. */
  readonly #buckets = new Map<string, Bucket>();
  /** Kept, for a new one would step over all that was deleted before the first that is left. */
  #order = this.#buckets.entries();
  /** Not touched for longest, if it is known. */
  #oldest: readonly [key: string, bucket: Bucket] | undefined;
  #untold: Set<string> | undefined;

  /** @param now a clock that never goes back, in milliseconds. */
  constructor(rule: RateRule, entriesMax: number, now: () => number) {
    this.rule = rule;
    this.#entriesMax = entriesMax;
    this.#now = now;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** From now on it keeps what `tell` hands out. */
  share(): void {
    this.#untold ??= new Set();
  }

  /** Takes `amount` if there is room. @returns 0, or how many milliseconds from now there is. */
  take(key: string, amount = 1): number {
    const bucket = this.#touch(key);
    const over = bucket.level + amount - this.#room;
    if (over > roundingError) return Math.max(1, this.#dryMs(over));
    this.#fill(key, bucket, amount);
    return 0;
  }

  /** Takes `amount` whether there is room or not. @returns how many milliseconds it overdrew the bucket by. */
  charge(key: string, amount: number): number {
    const bucket = this.#touch(key);
    this.#fill(key, bucket, amount);
    return Math.max(0, this.#dryMs(bucket.level - this.#room));
  }

  /** All buckets are so much fuller, or with a factor under 1 less full; what is to be told stays. */
  scale(factor: number): void {
    for (const bucket of this.#buckets.values()) bucket.level *= factor;
  }

  /** What was taken since the last call, of at most `countMax` keys. */
  tell(countMax: number): Taking[] {
    const takings: Taking[] = [];
    for (const key of this.#untold ?? []) {
      if (takings.length >= countMax) break;
      this.#untold?.delete(key);
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) continue;
      takings.push({ key, amount: bucket.untold });
      bucket.untold = 0;
    }
    return takings;
  }

  /** How full the bucket of all gateways together is, what this one told included. */
  hear(key: string, level: number): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return;
    // Others' excess keeps a key out no longer than twice its burst takes to run dry.
    bucket.level = Math.min(level, 2 * this.#room) + bucket.untold;
    bucket.atMs = this.#now();
  }

  #dryMs(amount: number): number {
    return Math.ceil((amount / this.rule.per_second) * 1000 - roundingError);
  }

  get #room(): number {
    return this.rule.burst + 1;
  }

  #fill(key: string, bucket: Bucket, amount: number): void {
    bucket.level += amount;
    if (this.#untold === undefined) return;
    bucket.untold += amount;
    this.#untold.add(key);
  }

  /** The bucket with its level as of now, as the one touched last. */
  #touch(key: string): Bucket {
    const nowMs = this.#now();
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      known.level = this.#levelAt(known, nowMs);
      known.atMs = nowMs;
      if (this.#oldest?.[1] === known) this.#oldest = undefined;
      this.#buckets.delete(key);
      this.#buckets.set(key, known);
      return known;
    }
    this.#makeRoom(nowMs);
    const bucket: Bucket = { level: 0, atMs: nowMs, untold: 0 };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #levelAt(bucket: Bucket, nowMs: number): number {
    const passedMs = Math.max(0, nowMs - bucket.atMs);
    return Math.max(0, bucket.level - (passedMs * this.rule.per_second) / 1000);
  }

  #makeRoom(nowMs: number): void {
    let left = driedPerTake;
    for (let oldest = this.#findOldest(); oldest !== undefined; oldest = this.#findOldest()) {
      const [key, bucket] = oldest;
      const isOver = this.#buckets.size >= this.#entriesMax;
      if (!isOver && (left <= 0 || this.#levelAt(bucket, nowMs) > 0)) return;
      this.#oldest = undefined;
      this.#buckets.delete(key);
      this.#untold?.delete(key);
      left -= 1;
    }
  }

  /** Whatever the iterator passed was dropped, or touched and so moved behind it. */
  #findOldest(): readonly [key: string, bucket: Bucket] | undefined {
    if (this.#oldest !== undefined) return this.#oldest;
    let next = this.#order.next();
    if (next.done) {
      this.#order = this.#buckets.entries();
      next = this.#order.next();
    }
    this.#oldest = next.done ? undefined : next.value;
    return this.#oldest;
  }
}
