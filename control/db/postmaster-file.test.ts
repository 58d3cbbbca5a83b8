import { expect, test } from 'bun:test';
import { parsePostmasterFile } from './postmaster-file.ts';

test('a running server names its process and its socket folder', () => {
  const text = '4711\n/srv/data\n1700000000\n5432\n/srv/run\n\n  1234 5\nready   \n';
  expect(parsePostmasterFile(text)).toEqual({ pid: 4711, socketFolder: '/srv/run' });
});

test('a server that only begins has no socket folder yet', () => {
  expect(parsePostmasterFile('4711\n/srv/data\n')).toEqual({ pid: 4711, socketFolder: '' });
});

test.each(['', 'nonsense\n', '0\n', '1\n', '-5\n', '1.5\n'])('%p names no process to stop', text => {
  expect(parsePostmasterFile(text)).toBeUndefined();
});
