/** What the runtime's engine and allocator are told before any of our code runs: they read it as the process starts. */

export const heapHeadroomVariable = 'BUN_JSC_largeHeapSize';
const lastCompilerVariable = 'BUN_JSC_thresholdForFTLOptimizeAfterWarmUp';
const holeSearchVariable = 'MIMALLOC_PURGE_HOLES_MIN_INTERVAL';

/** The reasons with their figures are in docs/decisions/0009-room-for-the-heap.md and 0010-fewer-helpers.md. */
export const engineOptions: Readonly<Record<string, string>> = {
  /**
   * Bytes allocated before garbage is collected. Every chunk that is relayed counts as allocated, although the relay
   * gives its memory back at once (gateway/relay/chunk-memory.ts): with the engine's own measure, 32 MiB, it would
   * collect after each 16 MB relayed, a millisecond's pause for all streams. What is garbage in truth can take up so
   * much more before it goes; in quiet times timers of the runtime collect it anyway.
   */
  [heapHeadroomVariable]: String(128 * 1024 * 1024),
  /**
   * Turns of a function before the last and most expensive compiler takes it, a call counting 15, a turn of a loop 1;
   * the engine's own measure is 64000. What runs once for each stream reaches that after some thousands of streams,
   * gains nothing, and is compiled again whenever a guess about it fails. What runs for each message still gets there
   * in seconds.
   */
  [lastCompilerVariable]: String(1_000_000),
  /** Milliseconds between two searches of the allocator for pages to give back, in place of 100. */
  [holeSearchVariable]: String(2_000),
};

/** Whether this process has them all, by `startWithEngineOptions` or by its operator. */
export const hasEngineOptions = (): boolean =>
  Object.keys(engineOptions).every(name => process.env[name] !== undefined);

/**
 * Makes this process the same program again, with the options set: same process id, arguments and descriptors. What
 * the operator has set is kept. Returns when all are set, or when the program can't be started anew: it runs without
 * then. To be called before anything else is loaded. Processes started from this one inherit the options.
 */
export function startWithEngineOptions(): void {
  const { env, execPath, execArgv, argv } = process;
  if (hasEngineOptions() || process.execve === undefined) return;
  const again = [execPath, ...execArgv, ...argv.slice(1)];
  try {
    process.execve(execPath, again, { ...engineOptions, ...env } as Record<string, string>);
  } catch {
    // A system that forbids it: slower, and right all the same.
  }
}
