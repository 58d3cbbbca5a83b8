import { expect, test } from 'bun:test';
import { addCounts, formatCounts, readBunCounts } from './bun-counts.mjs';

const ending = (lines: string, tests: number) =>
  `a.test.ts:\n(pass) a [0.10ms]\n\n${lines} 5 expect() calls\nRan ${tests} tests across 2 files. [333.00ms]\n`;

test('passed, failed and skipped are read, a todo counts as skipped', () => {
  const output = ending(' 10 pass\n 1 skip\n 2 todo\n 3 fail\nsnapshots: 1 passed, 1 added\n', 16);
  expect(readBunCounts(output, 1)).toEqual({
    counts: { passed: 10, failed: 3, skipped: 3 },
    problem: undefined,
  });
});

test('one test in one file is read too', () => {
  const output = ' 1 pass\n 0 fail\nRan 1 test across 1 file. [3.00ms]\n';
  expect(readBunCounts(output, 0).counts).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

test('an error between tests is a failure', () => {
  expect(readBunCounts(ending(' 4 pass\n 0 fail\n 1 error\n', 4), 1).counts.failed).toBe(1);
});

test('a run that broke off is one failure, whatever it printed before', () => {
  const output = '(pass) a\n 10 pass\n panic: out of memory\n';
  expect(readBunCounts(output, 133)).toEqual({
    counts: { passed: 0, failed: 1, skipped: 0 },
    problem: 'bun test broke off with exit code 133',
  });
});

test('counts that a test prints are not the run’s own', () => {
  const output = ` 99 pass\n 0 fail\nRan 99 tests across 9 files.\n${'line\n'.repeat(40)}${ending(' 2 pass\n 1 fail\n', 3)}`;
  expect(readBunCounts(output, 1).counts).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

test('no test is a failure', () => {
  expect(readBunCounts(' 0 pass\n 0 fail\nRan 0 tests across 1 file. [1.00ms]\n', 0)).toEqual({
    counts: { passed: 0, failed: 1, skipped: 0 },
    problem: 'no test ran',
  });
});

test('a bad exit code with only passed tests is a failure', () => {
  expect(readBunCounts(ending(' 4 pass\n 0 fail\n', 4), 1)).toEqual({
    counts: { passed: 4, failed: 1, skipped: 0 },
    problem: 'bun test ended with exit code 1',
  });
});

test('the closing line names skipped tests only when there are some', () => {
  const sum = addCounts({ passed: 1, failed: 2, skipped: 0 }, { passed: 3, failed: 0, skipped: 0 });
  expect(formatCounts(sum)).toBe('4 passed, 2 failed');
  expect(formatCounts({ ...sum, skipped: 5 })).toBe('4 passed, 2 failed, 5 skipped');
});
