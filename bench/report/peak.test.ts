import { describe, expect, test } from 'bun:test';
import { peakDuring } from './peak.ts';

/** A value that is high only for a while, and work that ends when it is low again. */
function createHill(heights: readonly number[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let at = 0;
  const read = (): number => {
    const height = heights[Math.min(at, heights.length - 1)]!;
    at += 1;
    if (at === heights.length) resolve();
    return height;
  };
  return { read, work: () => promise };
}

describe('the peak of a value while something goes on', () => {
  test('is seen though it is over at the end', async () => {
    const hill = createHill([5, 6, 90, 4, 3]);
    expect((await peakDuring(hill.read, hill.work)).peak).toBe(90);
  });

  test('is the value at the end where it only grew', async () => {
    const heights = [1, 7];
    const { peak, result } = await peakDuring(
      () => heights.shift()!,
      async () => 'done',
    );
    expect({ peak, result }).toEqual({ peak: 7, result: 'done' });
  });
});
