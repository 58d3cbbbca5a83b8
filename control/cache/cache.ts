/**
 * What control instances share and may lose: throttles, fan-out of pushes, short-lived copies.
 * Two implementations, in-process and Redis, pass one test suite (cache.test.ts).
 * Keys and topics are at most 200 characters, values at most 64 KiB of text. What stands before a key's first colon is its
 * kind: ours, never from outside, for each kind is kept in a table of its own.
 */
export interface Cache extends AsyncDisposable {
  /** @returns undefined when there is none, or its time is up. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds one and returns the new count. The time to live runs from the first increment. */
  increment(key: string, ttlMs: number): Promise<number>;
  /**
   * Pours into a bucket that runs dry at `perSecond`, of no size. @returns how full it is now.
   * Decides nothing: rates that several instances share are decided by each with what it heard (http/user-rate.ts).
   */
  pour(key: string, amount: number, perSecond: number): Promise<number>;
  /** How long a key still lives, in milliseconds; 0 when there is none. */
  timeLeftMs(key: string): Promise<number>;
  publish(topic: string, message: string): Promise<void>;
  /** Hears every message published after it resolves; while the server is away, after it is back. @returns a function that ends the subscription. */
  subscribe(topic: string, listener: (message: string) => void): Promise<() => Promise<void>>;
}
