/** Sizes for people. Pure. */
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/**
 * A size in decimal units with at most one digit after the point: `1 byte`, `999 bytes`, `12 kB`, `10.2 kB`.
 * @param bytes whole number, 0 or more
 */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  // 999.95 would round to "1000.0": such a value belongs to the next unit already.
  while (unit < units.length - 1 && value >= (unit === 0 ? 1000 : 999.95)) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? String(value) : value.toFixed(1).replace(/\.0$/, '');
  return `${digits} ${units[unit]}`;
}
