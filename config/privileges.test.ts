import { describe, expect, test } from 'bun:test';
import { link, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { bunPath, startProcess } from '../test/harness/processes.ts';
import { needs } from '../test/harness/requirements.ts';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { StartError } from './command-line.ts';
import { silentLog } from './log.ts';
import { becomeAccount, findAccount, giveFolder, judgeRoot, type RootQuestion } from './privileges.ts';

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

const account = { name: 'sluice', uid: 990, gid: 991 };

describe('becoming an account', () => {
  /** A system that notes what it is asked for; nobody can become another account in the process of a test. */
  function fakeSystem() {
    const calls: string[] = [];
    let [uid, gid] = [0, 0];
    return {
      calls,
      getuid: () => uid,
      geteuid: () => uid,
      getgid: () => gid,
      getegid: () => gid,
      initgroups: (name: string, extra: number) => void calls.push(`initgroups ${name} ${extra}`),
      setgid: (id: number | string) => {
        calls.push(`setgid ${id}`);
        gid = Number(id);
      },
      setuid: (id: number | string) => {
        calls.push(`setuid ${id}`);
        uid = Number(id);
      },
    };
  }

  test('takes its groups first, then its group, then itself', () => {
    const system = fakeSystem();
    becomeAccount(account, silentLog, system);
    expect(system.calls).toEqual(['initgroups sluice 991', 'setgid 991', 'setuid 990']);
  });

  test('is refused where a step is missing or does nothing: groups of root must not stay unnoticed', () => {
    for (const missing of ['initgroups', 'setgid', 'setuid'] as const) {
      const { [missing]: _, ...system } = fakeSystem();
      expect(() => becomeAccount(account, silentLog, system), missing).toThrow(StartError);
      expect(
        system.calls.filter(call => call.startsWith('setuid')),
        missing,
      ).toEqual([]);
    }
    for (const idle of ['setgid', 'setuid'] as const) {
      const system = { ...fakeSystem(), [idle]: () => {} };
      expect(() => becomeAccount(account, silentLog, system), idle).toThrow(StartError);
    }
  });
});

describe.skipIf(!needs('root'))('a data folder that root gives to an account', () => {
  async function makeFolders() {
    const folder = await makeTempFolder('given');
    await mkdir(folder.file('data'));
    await writeFile(folder.file('foreign'), 'foreign');
    await mkdir(folder.file('elsewhere'));
    await writeFile(folder.file('elsewhere/foreign'), 'foreign');
    return {
      folder,
      data: folder.file('data'),
      ownerOf: async (name: string) => (await stat(folder.file(name))).uid,
    };
  }

  test('is its own with all that is in it', async () => {
    const { folder, data, ownerOf } = await makeFolders();
    await using _ = folder;
    await mkdir(`${data}/inner`);
    for (const name of ['a', 'inner/b']) await writeFile(`${data}/${name}`, '');
    await giveFolder(data, account);
    for (const name of ['data', 'data/a', 'data/inner', 'data/inner/b'])
      expect(await ownerOf(name), name).toBe(account.uid);
  });

  test('brings nothing else with it: no link is followed, and a second name of a foreign file is refused', async () => {
    const { folder, data, ownerOf } = await makeFolders();
    await using _ = folder;
    await symlink(folder.file('foreign'), `${data}/file`);
    await symlink(folder.file('elsewhere'), `${data}/folder`);
    await giveFolder(data, account);
    await symlink(folder.file('elsewhere'), folder.file('linked'));
    await expect(giveFolder(folder.file('linked'), account)).rejects.toThrow(StartError);
    await link(folder.file('foreign'), `${data}/second`);
    await expect(giveFolder(data, account)).rejects.toThrow(/second has a second name/);
    for (const name of ['foreign', 'elsewhere', 'elsewhere/foreign'])
      expect(await ownerOf(name), name).toBe(0);
  });

  test('brings nothing else with it while the account swaps what is in it for links', async () => {
    const { folder, data, ownerOf } = await makeFolders();
    await using _ = folder;
    await mkdir(`${data}/inner`);
    await writeFile(`${data}/inner/foreign`, '');
    const script = `
      import { mkdirSync, renameSync, symlinkSync, writeFileSync, rmSync } from 'node:fs';
      const [data, foreign, elsewhere] = process.argv.slice(2);
      console.log('swaps');
      for (;;) {
        writeFileSync(data + '/../own', ''); renameSync(data + '/../own', data + '/swapped');
        symlinkSync(foreign, data + '/../own'); renameSync(data + '/../own', data + '/swapped');
        renameSync(data + '/inner', data + '/../aside');
        symlinkSync(elsewhere, data + '/inner'); rmSync(data + '/inner');
        renameSync(data + '/../aside', data + '/inner');
      }`;
    await writeFile(folder.file('swap.ts'), script);
    await using swapper = await startProcess([
      ...[bunPath, folder.file('swap.ts'), data, folder.file('foreign'), folder.file('elsewhere')],
    ]);
    await swapper.printed('swaps');
    for (let at = 0; at < 500; at++) {
      await giveFolder(data, account).catch((error: unknown) => expect(error).toBeInstanceOf(StartError));
    }
    for (const name of ['foreign', 'elsewhere', 'elsewhere/foreign'])
      expect(await ownerOf(name), name).toBe(0);
  });
});
