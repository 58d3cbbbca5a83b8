/**
 * For what a push must bring: longer than a busy machine takes for it, and far shorter than the minute after which a
 * grant that nobody withdrew is asked for anew. How long a push takes when nothing else runs is no matter of tests.
 */
export const pushedMs = 15_000;

/**
 * Waits until a condition holds, looking again every few milliseconds: the tests' only way to wait for the world.
 * @param what a noun phrase for the failure message, for example "the container to be gone"
 * @param look returns the value waited for, or undefined, false or null to look again; may throw to look again
 * @param timeMs how long to wait before giving up; the last error of `look` goes into the failure
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  timeMs = 10_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + timeMs;
  let lastError: unknown;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) {
        return value as NonNullable<Exclude<T, false>>;
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= end) {
      const because = lastError instanceof Error ? `: ${lastError.message}` : '';
      throw new Error(`waited ${timeMs} ms for ${what} in vain${because}`, { cause: lastError });
    }
    await Bun.sleep(pauseMs);
  }
}
