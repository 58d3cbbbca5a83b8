/** How often it is looked: what lasts a twentieth of a second is seen. */
const intervalMs = 50;

/** The most that `read` said while `work` ran: before it, during it and at its end. */
export async function peakDuring<T>(
  read: () => number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly peak: number }> {
  let peak = read();
  const look = (): void => {
    peak = Math.max(peak, read());
  };
  const timer = setInterval(look, intervalMs);
  try {
    const result = await work();
    look();
    return { result, peak };
  } finally {
    clearInterval(timer);
  }
}
