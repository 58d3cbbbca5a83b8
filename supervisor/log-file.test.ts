import { expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { LogFile } from './log-file.ts';

test('lines are appended, also by the next start', async () => {
  await using folder = await makeTempFolder('log');
  for (const line of ['one', 'two']) {
    using file = new LogFile(folder.file('a.log'));
    file.writeLine(line);
  }
  expect(readFileSync(folder.file('a.log'), 'utf8')).toBe('one\ntwo\n');
  expect(statSync(folder.file('a.log')).mode & 0o777).toBe(0o600);
});

test('a full file becomes .1, and the oldest of three is dropped', async () => {
  await using folder = await makeTempFolder('log');
  using file = new LogFile(folder.file('a.log'), 10);
  for (const line of ['11111111', '22222222', '33333333', '44444444', '55555555']) file.writeLine(line);
  const text = (name: string): string => readFileSync(folder.file(name), 'utf8').trim();
  expect(readdirSync(folder.path).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2', 'a.log.3']);
  expect(['a.log', 'a.log.1', 'a.log.2', 'a.log.3'].map(text)).toEqual([
    '55555555',
    '44444444',
    '33333333',
    '22222222',
  ]);
});

test('what the file held before counts towards its size', async () => {
  await using folder = await makeTempFolder('log');
  new LogFile(folder.file('a.log'), 10).writeLine('11111111');
  using file = new LogFile(folder.file('a.log'), 10);
  file.writeLine('22222222');
  expect(readFileSync(folder.file('a.log'), 'utf8')).toBe('22222222\n');
});

test('a line longer than the limit is kept whole in a file of its own', async () => {
  await using folder = await makeTempFolder('log');
  using file = new LogFile(folder.file('a.log'), 10);
  file.writeLine('a'.repeat(50));
  expect(readdirSync(folder.path)).toEqual(['a.log']);
  file.writeLine('b');
  expect(readFileSync(folder.file('a.log.1'), 'utf8')).toBe(`${'a'.repeat(50)}\n`);
});
