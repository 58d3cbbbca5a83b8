import { describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { StartError } from './command-line.ts';
import { findAccount, judgeRoot, type RootQuestion } from './privileges.ts';

const judge = (question: Partial<RootQuestion>): string =>
  judgeRoot({ uid: 0, allowRoot: false, runAs: undefined, host: '0.0.0.0', ...question });

describe('a program that is started as root', () => {
  test('does not listen to the network without a word about it', () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'desk.example', '127.0.0.1.example']) {
      expect(judge({ host })).toBe('refuse');
    }
  });

  test('says so where only this machine reaches it, or nobody does', () => {
    for (const host of ['127.0.0.1', '127.8.0.1', '::1', 'localhost', undefined])
      expect(judge({ host })).toBe('warn');
  });

  test('goes on when it was told to, or will not stay root', () => {
    expect(judge({ allowRoot: true })).toBe('fine');
    expect(judge({ runAs: 'sluice' })).toBe('fine');
  });
});

test('a program that is started as anybody else is not objected to', () => {
  expect(judge({ uid: 1000 })).toBe('fine');
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
