/** KasmVNC's visible region as numbers: the gateway judges clicks by it, control hands it on to KasmVNC. */
import type { DataLossPrevention } from './data-loss-prevention.ts';

/** The part of the picture that is shown, given from each edge. */
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

/** @returns one at most: none where a section has none, or does not say its edges. */
export function visibleRegionsOf({ visible_region: region }: DataLossPrevention): VisibleRegion[] {
  if (region === null || region === undefined) return [];
  const { left, top, right, bottom, concealed_region: concealed } = region;
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) return [];
  const percent = String(left).endsWith('%');
  // A negative offset from a near edge, or a negative percentage, means the same as without its sign.
  const number = (edge: number | string): number => Number.parseInt(String(edge), 10);
  const far = (edge: number | string): number => (percent ? Math.abs(number(edge)) : number(edge));
  return [
    {
      percent,
      left: Math.abs(number(left)),
      top: Math.abs(number(top)),
      right: far(right),
      bottom: far(bottom),
      allowClickDown: concealed.allow_click_down,
      allowClickRelease: concealed.allow_click_release,
    },
  ];
}
