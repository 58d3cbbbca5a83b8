import { describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { runToEnd } from '../test/harness/processes.ts';
import { makeTempFolder, type TempFolder } from '../test/harness/temp-folder.ts';
import { checkNodeVersion } from './install.mjs';

/** A repository without packages: start.mjs and a lockfile. */
async function makeBareRepository(lock: string): Promise<TempFolder> {
  const folder = await makeTempFolder('install');
  mkdirSync(folder.file('supervisor'));
  for (const name of ['start.mjs', 'install.mjs']) {
    cpSync(`${import.meta.dir}/${name}`, folder.file('supervisor', name));
  }
  writeFileSync(folder.file('package.json'), '{"name":"bare","version":"1.0.0"}');
  writeFileSync(folder.file('package-lock.json'), lock);
  return folder;
}

const emptyLock = JSON.stringify({
  name: 'bare',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'bare', version: '1.0.0' } },
});

async function start(folder: TempFolder, env: Record<string, string | undefined> = {}) {
  const node = Bun.which('node') ?? 'node';
  const clean = { npm_execpath: undefined, npm_lifecycle_event: undefined };
  return runToEnd([node, folder.file('supervisor', 'start.mjs')], {
    env: { ...clean, ...env },
    timeMs: 60_000,
  });
}

describe('npm start without packages', () => {
  test('says that npm is missing', async () => {
    await using folder = await makeBareRepository(emptyLock);
    const { exitCode, stderr } = await start(folder, { PATH: folder.path });
    expect(stderr).toBe('npm was not found: it comes with Node.js, install it and try again\n');
    expect(exitCode).toBe(1);
  });

  test("shows npm's own words when it fails", async () => {
    await using folder = await makeBareRepository('{');
    const { exitCode, stdout, stderr } = await start(folder);
    expect(stdout).toContain('Installing packages with npm');
    expect(stderr).toStartWith('npm ci failed with exit code 1. It said:\nnpm ');
    expect(exitCode).toBe(1);
  });

  test('says so when the packages bring no Bun for this machine', async () => {
    await using folder = await makeBareRepository(emptyLock);
    const { exitCode, stderr } = await start(folder);
    expect(stderr).toBe(`the npm package bun brought no program for ${process.platform} ${process.arch}\n`);
    expect(exitCode).toBe(1);
  });
});

test('Node.js 20 is the oldest that will do', () => {
  expect(() => checkNodeVersion('18.20.4')).toThrow('Node.js 18.20.4 is too old: 20 or newer is needed');
  checkNodeVersion('20.0.0');
  checkNodeVersion('26.1.0');
});
