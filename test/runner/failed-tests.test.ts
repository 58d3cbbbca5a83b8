import { expect, test } from 'bun:test';
import { readFailedTests } from './failed-tests.mjs';

test('a failed test is told with the error before its name', () => {
  const output =
    '(pass) a\n\nhello\nerror: no\n\n  at b.test.ts:2\n(fail) b > c [0.29ms]\n(pass) d\n 1 fail\n';
  expect(readFailedTests(output)).toEqual(['hello\nerror: no\n  at b.test.ts:2\n(fail) b > c [0.29ms]']);
});

test('a timeout, which stands below the name, is told too', () => {
  expect(readFailedTests('(fail) b [50ms]\n  ^ this test timed out after 50ms.\n(pass) c\n')).toEqual([
    '(fail) b [50ms]\n  ^ this test timed out after 50ms.',
  ]);
});

test('of a long error the end is told, and of many failures the first', () => {
  const talk = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
  const [first = ''] = readFailedTests(`${talk}\n(fail) a\n`);
  expect(first.split('\n').slice(0, 1)).toEqual(['line 80']);
  expect(readFailedTests('(fail) a\n(fail) b\n(fail) c\n', 2)).toEqual([
    '(fail) a',
    '(fail) b',
    '… and 1 more failed',
  ]);
});

test('a run without failures has nothing to tell', () => {
  expect(readFailedTests('(pass) a\n(skip) b\nerror\n')).toEqual([]);
});
