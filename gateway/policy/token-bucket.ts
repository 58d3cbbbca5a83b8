/** Tokens flow in at a steady rate up to a capacity, and whoever passes takes some out. Pure: time is given. */
export interface BucketRule {
  /** Most tokens there can be, which is what may pass at once. */
  readonly capacity: number;
  /** Tokens that flow in each millisecond. */
  readonly perMs: number;
}

export interface TokenBucket {
  tokens: number;
  /** When `tokens` was right, in milliseconds. */
  atMs: number;
}

/** A full bucket, whatever the rule's capacity turns out to be. */
export function createTokenBucket(): TokenBucket {
  return { tokens: Number.POSITIVE_INFINITY, atMs: 0 };
}

/** Tokens in the bucket now. A rule that became narrower takes away what it has no room for. */
export function tokensAt(bucket: TokenBucket, rule: BucketRule, nowMs: number): number {
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  return Math.min(rule.capacity, bucket.tokens + passedMs * rule.perMs);
}

/** Takes `amount` out whether it is there or not: what passed elsewhere. The bucket may owe tokens after it. */
export function oweTokens(bucket: TokenBucket, rule: BucketRule, amount: number, atMs: number): void {
  bucket.tokens = tokensAt(bucket, rule, atMs) - amount;
  bucket.atMs = Math.max(bucket.atMs, atMs);
}

/**
 * Takes `amount` out when that much is there, and `kept` beside it, which stays for others.
 * @returns whether it was.
 */
export function takeTokens(
  bucket: TokenBucket,
  rule: BucketRule,
  amount: number,
  nowMs: number,
  kept = 0,
): boolean {
  const tokens = tokensAt(bucket, rule, nowMs);
  const enough = amount + kept <= tokens;
  bucket.tokens = enough ? tokens - amount : tokens;
  bucket.atMs = Math.max(bucket.atMs, nowMs);
  return enough;
}
