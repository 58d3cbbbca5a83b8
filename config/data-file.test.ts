import { describe, expect, test } from 'bun:test';
import { closeSync, writeSync } from 'node:fs';
import { link, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { DataFileError, openToAppend, readDataFile, replaceDataFile } from './data-file.ts';

/** A data folder, and a file of somebody else beside it. */
async function makeFolders() {
  const folder = await makeTempFolder('data-file');
  await mkdir(folder.file('data'));
  await writeFile(folder.file('foreign'), 'foreign');
  return {
    ours: (name: string) => folder.file('data', name),
    foreign: folder.file('foreign'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('a file of a data folder', () => {
  test('is made with its mode, appended to, replaced as a whole and read', async () => {
    await using folders = await makeFolders();
    const file = folders.ours('a');
    for (const text of ['one ', 'two']) {
      const descriptor = openToAppend(file, 0o600);
      writeSync(descriptor, text);
      closeSync(descriptor);
    }
    expect(readDataFile(file)).toBe('one two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    replaceDataFile(file, 'three', 0o644);
    expect(readDataFile(file)).toBe('three');
    expect((await stat(file)).mode & 0o777).toBe(0o644);
    expect(() => readDataFile(folders.ours('none'))).toThrow('ENOENT');
  });

  test('is no link to another: nothing is appended to that, read from it, or replaced through it', async () => {
    await using folders = await makeFolders();
    const file = folders.ours('a');
    await symlink(folders.foreign, file);
    await symlink(folders.foreign, `${file}.new`);
    expect(() => openToAppend(file, 0o600)).toThrow(DataFileError);
    expect(() => readDataFile(file)).toThrow(DataFileError);
    replaceDataFile(file, 'ours', 0o604);
    expect((await lstat(file)).isSymbolicLink()).toBeFalse();
    expect(readDataFile(file)).toBe('ours');
    expect(await readFile(folders.foreign, 'utf8')).toBe('foreign');
    expect((await stat(folders.foreign)).mode & 0o777).not.toBe(0o604);
  });

  test('is no second name of another', async () => {
    await using folders = await makeFolders();
    await link(folders.foreign, folders.ours('a'));
    expect(() => openToAppend(folders.ours('a'), 0o600)).toThrow(DataFileError);
    expect(() => readDataFile(folders.ours('a'))).toThrow(DataFileError);
  });

  test('is no pipe and no folder: opening one would wait for ever', async () => {
    await using folders = await makeFolders();
    expect(Bun.spawnSync(['mkfifo', folders.ours('pipe')]).exitCode).toBe(0);
    await mkdir(folders.ours('folder'));
    expect(() => openToAppend(folders.ours('pipe'), 0o600)).toThrow(DataFileError);
    expect(() => readDataFile(folders.ours('pipe'))).toThrow(DataFileError);
    expect(() => readDataFile(folders.ours('folder'))).toThrow(DataFileError);
    expect(() => openToAppend(folders.ours('folder'), 0o600)).toThrow('EISDIR');
  });
});
