/** Times by the thousand, in buckets that are 2 % wide: small to keep, and several can be added up. */
const smallest = 0.001;
const growth = Math.log(1.02);

export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get count(): number {
    return this.#total;
  }

  /** @param value above 0; below a thousandth it counts as that. */
  add(value: number, times = 1): void {
    const bucket = Math.floor(Math.log(Math.max(value, smallest) / smallest) / growth);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + times);
    this.#total += times;
  }

  /** The nearest rank, to 2 %; NaN when empty. */
  quantile(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.#total));
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return smallest * Math.exp((bucket + 0.5) * growth);
    }
    return Number.NaN;
  }

  /** For another process. */
  toJSON(): readonly (readonly [number, number])[] {
    return [...this.#counts];
  }

  merge(counts: readonly (readonly [number, number])[]): void {
    for (const [bucket, count] of counts) {
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
      this.#total += count;
    }
  }
}
