import { describe, expect, test } from 'bun:test';
import type { VisibleRegion } from '../../config/visible-region.ts';
import { isVisible } from './visible-region.ts';

const region = (edges: Partial<VisibleRegion>): VisibleRegion => ({
  percent: false,
  left: 0,
  top: 0,
  right: 0,
  bottom: 0,
  allowClickDown: false,
  allowClickRelease: false,
  ...edges,
});

/** First and last visible column and row of a picture of 200 × 100, or nothing. */
function boundsOf(one: VisibleRegion): string {
  const columns = Array.from({ length: 200 }, (_, x) => x).filter(x =>
    Array.from({ length: 100 }, (_, y) => y).some(y => isVisible(one, 200, 100, x, y)),
  );
  const rows = Array.from({ length: 100 }, (_, y) => y).filter(y =>
    columns.some(x => isVisible(one, 200, 100, x, y)),
  );
  return columns.length === 0 ? 'nothing' : `${columns[0]}-${columns.at(-1)} ${rows[0]}-${rows.at(-1)}`;
}

describe('in a picture of 200 × 100', () => {
  test.each<[string, Partial<VisibleRegion>, string]>([
    ['all edges 0: everything', {}, '0-199 0-99'],
    [
      'the far edges are the first that is not shown',
      { left: 10, top: 20, right: 30, bottom: 40 },
      '10-29 20-39',
    ],
    ['negative far edges count from the far side', { right: -10, bottom: -20 }, '0-189 0-79'],
    ['negative near edges mean their amount', { left: -10, top: -20 }, '10-199 20-99'],
    ['far edges beyond the picture end with it', { right: 500, bottom: 500 }, '0-199 0-99'],
    ['edges that cross leave nothing', { left: 50, right: 50 }, 'nothing'],
    ['an inset larger than the picture leaves nothing', { right: -300 }, 'nothing'],
    [
      'percentages are insets from each side',
      { percent: true, left: 10, top: 10, right: 20, bottom: 30 },
      '20-159 10-69',
    ],
    ['negative percentages mean their amount', { percent: true, left: -10, right: -10 }, '20-179 0-99'],
    ['100 % leaves nothing', { percent: true, left: 100 }, 'nothing'],
  ])('%s', (_, edges, bounds) => {
    expect(boundsOf(region(edges))).toBe(bounds);
  });

  test('what lies outside the picture is not shown, whatever the region', () => {
    expect(isVisible(region({}), 200, 100, 200, 0)).toBe(false);
    expect(isVisible(region({}), 200, 100, 0, 100)).toBe(false);
  });
});
