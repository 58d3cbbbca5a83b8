import { describe, expect, test } from 'bun:test';
import { Histogram } from './histogram.ts';

const near = (value: number, wanted: number): void => {
  expect(value / wanted).toBeGreaterThan(0.97);
  expect(value / wanted).toBeLessThan(1.03);
};

describe('a histogram', () => {
  test('answers quantiles to the width of a bucket', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 1000; value++) histogram.add(value / 10);
    near(histogram.quantile(0.5), 50);
    near(histogram.quantile(0.99), 99);
    expect(histogram.count).toBe(1000);
  });

  test('added up with those of other processes is that of all of them', () => {
    const [first, second, sum] = [new Histogram(), new Histogram(), new Histogram()];
    first.add(1, 90);
    second.add(200, 10);
    for (const part of [first, second]) sum.merge(JSON.parse(JSON.stringify(part)));
    near(sum.quantile(0.9), 1);
    near(sum.quantile(0.91), 200);
    expect(sum.count).toBe(100);
  });

  test('counts what is too small to measure as the smallest', () => {
    const histogram = new Histogram();
    histogram.add(0);
    near(histogram.quantile(0.5), 0.001);
  });

  test('of nothing has no quantile', () => expect(new Histogram().quantile(0.5)).toBeNaN());
});
