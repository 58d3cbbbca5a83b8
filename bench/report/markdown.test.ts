import { describe, expect, test } from 'bun:test';
import { Samples } from '../suite/samples.ts';
import { judgeAll } from '../suite/targets.ts';
import { formatNumber, formatPage, formatRange, formatTable } from './markdown.ts';

test.each([
  [0.7123, '0.71'],
  [12.345, '12.3'],
  [167.8, '168'],
  [Number.NaN, '–'],
])('%p is said as %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('a range says its extremes, and a single value only itself', () => {
  expect(formatRange({ median: 1, min: 0.5, max: 2 })).toBe('1.00 (0.50–2.00)');
  expect(formatRange({ median: 1, min: 1, max: 1 })).toBe('1.00');
});

test('the columns of a table line up', () => {
  expect(formatTable(['a', 'long'], [['wide cell', 'b']])).toBe(
    ['| a         | long |', '| --------- | ---- |', '| wide cell | b    |'].join('\n'),
  );
});

describe('the page of a run', () => {
  const samples = new Samples();
  samples.add('cpu-large', 'sluice', 0.7);
  samples.add('cpu-large', 'nginx tuned', 1);
  samples.add('idle-memory', 'sluice', 14);
  samples.note('a note');
  const page = formatPage(samples, judgeAll(samples), {
    origin: { date: '2026-01-01', commit: 'abc1234' },
    machine: { cpu: 'Some CPU', cores: 2, memory_gb: 8, kernel: '6.1.0', bun: '1.4.5' },
    command: 'npm run bench',
    minutes: 12,
  });

  test('counts what was met, missed and not measured', () => {
    expect(page).toMatch(/\*\*1 met, 1 missed, \d+ not measured\.\*\*/);
  });

  test('holds ours against the peer, and a value against itself', () => {
    expect(page).toMatch(
      /16 KiB messages +\| 0\.70 s\/GB +\| nginx tuned: 1\.00 +\| 0\.70 × +\| ≤ 0\.75 × nginx tuned +\| \*\*met\*\*/,
    );
    expect(page).toMatch(/idle session +\| 14\.0 KB +\| – +\| 14\.0 +\| ≤ 12 KB +\| \*\*missed\*\*/);
  });

  test('names commit, machine and notes', () => {
    expect(page).toContain('abc1234');
    expect(page).toContain('Some CPU, 2 cores');
    expect(page).toContain('- a note');
  });
});
