import { describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { StartError } from './command-line.ts';
import { findAccount, judgeRoot, type RootQuestion } from './privileges.ts';

const judge = (question: Partial<RootQuestion>): string =>
  judgeRoot({ uid: 0, allowRoot: undefined, runAs: undefined, ...question });

describe('a program that is started as root', () => {
  test('does not go on without a word about it', () => {
    expect(judge({})).toBe('warn');
  });

  test('does not start where it may not be root', () => {
    expect(judge({ allowRoot: false })).toBe('refuse');
  });

  test('goes on when it was told to, or will not stay root', () => {
    expect(judge({ allowRoot: true })).toBe('fine');
    expect(judge({ runAs: 'sluice' })).toBe('fine');
    expect(judge({ allowRoot: false, runAs: 'sluice' })).toBe('fine');
  });
});

test('a program that is started as anybody else is not objected to', () => {
  expect(judge({ uid: 1000 })).toBe('fine');
  expect(judge({ uid: 1000, allowRoot: false })).toBe('fine');
  expect(judge({ uid: undefined })).toBe('fine');
});

describe('an account', () => {
  const refusal = async (name: string, file: string): Promise<string> => {
    const found = await findAccount(name, file).catch((error: unknown) => error);
    return found instanceof StartError ? found.message : 'found';
  };

  test('is found by its whole name, and is never root', async () => {
    await using folder = await makeTempFolder('accounts');
    const file = folder.file('passwd');
    await writeFile(
      file,
      'root:x:0:0::/:/bin/sh\nsluice:x:990:991::/:/bin/false\ntoor:x:0:0::/:/bin/sh\nbent\n',
    );
    expect(await findAccount('sluice', file)).toEqual({ name: 'sluice', uid: 990, gid: 991 });
    expect(await refusal('slui', file)).toContain('there is no account slui');
    expect(await refusal('bent', file)).toContain('there is no account bent');
    expect(await refusal('toor', file)).toContain('is root');
  });
});
