/**
 * KasmVNC's visible region: the part of the picture that is shown, given from each edge. Here it decides where
 * the pointer may act; blacking pixels out is the server's part.
 */
export interface VisibleRegion {
  /** Percentages of the picture instead of pixels. */
  readonly percent: boolean;
  readonly left: number;
  readonly top: number;
  /** Pixels: a coordinate, negative counted from the far edge, 0 the far edge. Percent: inset from the far edge. */
  readonly right: number;
  readonly bottom: number;
  readonly allowClickDown: boolean;
  readonly allowClickRelease: boolean;
}

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
