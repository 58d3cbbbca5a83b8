import { describe, expect, test } from 'bun:test';
import { median, quantile, rangeOf, ratios, round } from './statistics.ts';

describe('the median', () => {
  test('is the middle of an odd number of values, whatever their order', () => {
    expect(median([5, 1, 3])).toBe(3);
  });

  test('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 10])).toBe(3.5);
  });

  test('of nothing is no number', () => expect(median([])).toBeNaN());
});

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  test('is the nearest rank', () => {
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 1)).toBe(100);
  });

  test('of few values is one of them, the largest for a high share', () => {
    expect(quantile([7, 2], 0.99)).toBe(7);
    expect(quantile([7], 0)).toBe(7);
  });

  test('of nothing is no number', () => expect(quantile([], 0.5)).toBeNaN());
});

describe('ratios', () => {
  test('pair the rounds, so that a disturbance of one round falls out', () => {
    expect(ratios([1, 10, 2], [2, 20, 4])).toEqual([0.5, 0.5, 0.5]);
  });

  test('leave out rounds that the other lacks, and divisions by zero', () => {
    expect(ratios([1, 2, 3], [2, 0])).toEqual([0.5]);
  });
});

test('a range has the median between the extremes', () => {
  expect(rangeOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

test('figures are kept to three digits behind the point', () => expect(round(1.23456)).toBe(1.235));
