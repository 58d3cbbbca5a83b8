import { describe, expect, test } from 'bun:test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../../test/harness/processes.ts';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { encodeTar, fileOfTar } from './tar-archive.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an archive', () => {
  test('is what tar understands: names, modes, root as the owner, and content', async () => {
    await using folder = await makeTempFolder();
    const file = join(folder.path, 'a.tar');
    const content = 'x'.repeat(513);
    const made = encodeTar([
      { name: 'etc/', mode: 0o755 },
      { name: 'etc/a.yaml', mode: 0o444, bytes: bytes(content) },
    ]);
    await Bun.write(file, made);
    const listed = await runToEnd(['tar', '--numeric-owner', '-tvf', file]);
    const [first, second, ...more] = listed.stdout.trim().split('\n');
    expect(first).toMatch(/^drwxr-xr-x 0\/0 +0 .* etc\/$/);
    expect(second).toMatch(/^-r--r--r-- 0\/0 +513 .* etc\/a\.yaml$/);
    expect(more).toEqual([]);
    expect((await runToEnd(['tar', '-xOf', file, 'etc/a.yaml'])).stdout).toBe(content);
  });

  test('that tar made gives its one file, whatever stands before it', async () => {
    await using folder = await makeTempFolder();
    const long = `${'n'.repeat(120)}.yaml`;
    await Bun.write(join(folder.path, long), 'a: b\n');
    for (const format of ['ustar', 'pax', 'gnu']) {
      const name = format === 'ustar' ? 'short.yaml' : long;
      if (format === 'ustar') await Bun.write(join(folder.path, name), 'a: b\n');
      const file = join(folder.path, `${format}.tar`);
      await runToEnd(['tar', `--format=${format}`, '-C', folder.path, '-cf', file, name]);
      const found = fileOfTar(await Bun.file(file).bytes());
      expect([format, new TextDecoder().decode(found)]).toEqual([format, 'a: b\n']);
    }
  });

  test('of a folder, a link or nothing has no file', async () => {
    await using folder = await makeTempFolder();
    await mkdir(join(folder.path, 'inner'));
    await runToEnd(['ln', '-s', 'inner', join(folder.path, 'link')]);
    for (const name of ['inner', 'link']) {
      const file = join(folder.path, `${name}.tar`);
      await runToEnd(['tar', '-C', folder.path, '-cf', file, name]);
      const made = await Bun.file(file).bytes();
      expect(() => fileOfTar(made)).toThrow('no plain file');
    }
    expect(() => fileOfTar(new Uint8Array(1024))).toThrow('no plain file');
  });

  test('that is cut off, or no archive, is refused at every length', () => {
    const whole = encodeTar([{ name: 'a', mode: 0o444, bytes: bytes('content') }]);
    for (let length = 0; length < 512 + 7; length += 1) {
      expect(() => fileOfTar(whole.subarray(0, length))).toThrow();
    }
    expect(fileOfTar(whole.subarray(0, 512 + 7))).toEqual(bytes('content'));
    expect(() => fileOfTar(new Uint8Array(1024).fill(0x41))).toThrow('no archive');
  });
});
