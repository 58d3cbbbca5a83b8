import { describe, expect, test } from 'bun:test';
import { rateFor } from './round-trip.ts';

describe('the rate for a core that is 70 % busy', () => {
  test('follows from what a byte costs', () => {
    expect(rateFor(3e8, 3e8, 1e-9)).toBeCloseTo(7e8, -3);
    expect(rateFor(9e8, 9e8, 2e-9)).toBeCloseTo(3.5e8, -3);
  });

  test('stays below what gets through where more was sent than arrived', () => {
    expect(rateFor(7e8, 4e8, 1e-9)).toBeCloseTo(3.6e8, -3);
    expect(rateFor(7e8, 4e8, 3e-9)).toBeCloseTo(0.7 / 3e-9, -3);
  });
});
