/** Where a visible region lets the pointer act; blacking pixels out is the server's part. */
import type { VisibleRegion } from '../../config/visible-region.ts';

/** Whether a pixel of a picture of this size is shown: from left and top up to, and without, right and bottom. */
export function isVisible(
  region: VisibleRegion,
  width: number,
  height: number,
  x: number,
  y: number,
): boolean {
  const { percent, left, top, right, bottom } = region;
  return (
    x >= nearEdge(left, width, percent) &&
    y >= nearEdge(top, height, percent) &&
    x < farEdge(right, width, percent) &&
    y < farEdge(bottom, height, percent)
  );
}

function nearEdge(value: number, length: number, percent: boolean): number {
  const offset = Math.abs(value);
  return percent ? Math.floor((offset * length) / 100) : offset;
}

function farEdge(value: number, length: number, percent: boolean): number {
  if (percent) return Math.floor(((100 - Math.abs(value)) * length) / 100);
  return value > 0 ? Math.min(value, length) : length + value;
}
