import { expect, test } from 'bun:test';
import { formatBytes } from './byte-format.ts';

test('sizes are decimal, with at most one digit after the point', () => {
  const cases: Array<[number, string]> = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [10_240, '10.2 kB'],
    [12_000, '12 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1 MB'],
    [5_500_000, '5.5 MB'],
    [2_000_000_000, '2 GB'],
    [7_000_000_000_000, '7 TB'],
    [7_000_000_000_000_000, '7000 TB'],
  ];
  for (const [bytes, text] of cases) expect(formatBytes(bytes)).toBe(text);
});
