/** What a handful of measurements say. */

export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function rangeOf(numbers: readonly number[]): Range {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** The smallest number that at least this share (0 to 1) of them do not exceed: the nearest rank. NaN of none. */
export function quantile(numbers: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Ours by theirs, round by round: what disturbs a round disturbs both. Rounds that one of them lacks are left out. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours
    .slice(0, theirs.length)
    .map((value, index) => value / theirs[index]!)
    .filter(Number.isFinite);
}

/** Three digits behind the point are more than any of these figures is good for. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;

export const roundRange = ({ median, min, max }: Range): Range => ({
  median: round(median),
  min: round(min),
  max: round(max),
});
