import { describe, expect, test } from 'bun:test';
import { axisUpTo, drawBars, drawLines } from './svg-plot.ts';

/** Every tag that opens is closed, in order: what an XML parser would check. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name, selfClosed] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name!);
    else if (selfClosed !== '/') open.push(name!);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

const heights = (svg: string): number[] =>
  [...svg.matchAll(/height="([\d.]+)" fill="[^"]+"><title>/g)].map(match => Number(match[1]));

describe('an axis', () => {
  test.each([
    [0.83, 1, 0.2],
    [1, 1, 0.2],
    [37, 40, 10],
    [1234, 1250, 250],
  ])('up to %p ends at %p in steps of %p', (largest, end, step) => {
    expect(axisUpTo(largest).end).toBeCloseTo(end, 9);
    expect(axisUpTo(largest).step).toBeCloseTo(step, 9);
  });

  test('of nothing has a length all the same', () => expect(axisUpTo(0).end).toBe(1));
});

describe('a bar chart', () => {
  const svg = drawBars({
    title: 'A & B',
    unit: 's',
    groups: [
      {
        label: 'one <group>',
        bars: [
          { label: 'a', value: 1 },
          { label: 'b', value: 0.5, min: 0.4, max: 0.7 },
        ],
      },
    ],
  });

  test('is well-formed, with its texts escaped', () => {
    expectWellFormed(svg);
    expect(svg).toContain('A &amp; B');
    expect(svg).toContain('one &lt;group&gt;');
  });

  test('has bars as high as their values', () => {
    const [first, second] = heights(svg);
    expect(first! / second!).toBeCloseTo(2, 1);
  });

  test('starts at zero and reaches over the largest whisker', () => {
    expect(svg).toContain('>0<');
    expect(svg).toContain('>1<');
  });

  test('of nothing is an empty frame', () => expectWellFormed(drawBars({ title: '', unit: '', groups: [] })));
});

describe('a line chart', () => {
  const chart = { title: 't', unit: 'MB', xTitle: 'sessions', logarithmicX: true };
  const points = [
    { x: 10, y: 1 },
    { x: 100, y: 2 },
    { x: 1000, y: 4 },
  ];
  const marksOf = (svg: string): number[] =>
    [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(match => Number(match[1]));

  test('puts each factor of ten at the same distance', () => {
    const svg = drawLines({ ...chart, lines: [{ label: 'a', points }] });
    expectWellFormed(svg);
    const [first, second, third] = marksOf(svg);
    expect(second! - first!).toBeCloseTo(third! - second!, 0);
  });

  test('shows a single point', () => {
    const svg = drawLines({ ...chart, lines: [{ label: 'a', points: points.slice(0, 1) }] });
    expectWellFormed(svg);
    expect(marksOf(svg)).toHaveLength(1);
  });
});
