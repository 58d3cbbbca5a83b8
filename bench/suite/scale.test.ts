import { expect, test } from 'bun:test';
import { stepsTo } from './scale.ts';

test.each([
  [10_000, [10, 100, 1000, 5000, 10_000]],
  [9_900, [10, 99, 990, 4950, 9_900]],
  [300, [10, 30, 150, 300]],
])('up to %p sessions are measured at %p', (most, steps) => expect(stepsTo(most)).toEqual(steps));
