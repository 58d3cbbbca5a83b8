import { expect, test } from 'bun:test';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { bunPath, startProcess } from '../test/harness/processes.ts';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { openDataFolder } from './data-folder.ts';

const holderScript = `
  const { openDataFolder } = await import(process.argv[1]);
  globalThis.kept = await openDataFolder(process.argv[2]);
  console.log('holding');
  setInterval(() => {}, 1000);
`;

function startHolder(folder: string) {
  return startProcess([bunPath, '-e', holderScript, `${import.meta.dir}/data-folder.ts`, folder]);
}

test('a folder is made with its inner ones, which only this user enters', async () => {
  await using temp = await makeTempFolder('data');
  await using folder = await openDataFolder(temp.file('a', 'b'));
  expect(folder.path).toBe(temp.file('a', 'b'));
  for (const inner of [folder.configFolder, folder.logFolder, folder.runFolder]) {
    expect(statSync(inner).mode & 0o777).toBe(0o700);
  }
});

test('a second process is refused and told who holds the folder', async () => {
  await using temp = await makeTempFolder('data');
  await using holder = await startHolder(temp.path);
  await holder.printed('holding');
  await expect(openDataFolder(temp.path)).rejects.toThrow(
    `the data folder ${temp.path} is in use by another Sluice (pid ${holder.pid})`,
  );
});

test('a holder that was killed leaves nothing in the way', async () => {
  await using temp = await makeTempFolder('data');
  await using holder = await startHolder(temp.path);
  await holder.printed('holding');
  holder.kill('SIGKILL');
  await holder.exited();
  await using folder = await openDataFolder(temp.path);
  expect(folder.path).toBe(temp.path);
});

test('after dispose the folder is free', async () => {
  await using temp = await makeTempFolder('data');
  for (let times = 0; times < 2; times++) {
    await using folder = await openDataFolder(temp.path);
    expect(folder.path).toBe(temp.path);
  }
});

test('a folder that cannot be made is a sentence', async () => {
  await using temp = await makeTempFolder('data');
  writeFileSync(temp.file('taken'), '');
  mkdirSync(temp.file('free'));
  await expect(openDataFolder(temp.file('taken'))).rejects.toThrow(
    `can't use the data folder ${temp.file('taken')}: `,
  );
});
