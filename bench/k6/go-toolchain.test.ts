import { describe, expect, test } from 'bun:test';
import { deflateRawSync } from 'node:zlib';
import { isNewEnough, moduleHash } from './go-toolchain.mjs';
import { readZip } from './zip-archive.mjs';

/** A zip archive of one file, with the fields that the reader reads. */
function zipOf(name: string, content: Buffer, method: 0 | 8): Buffer {
  const packed = method === 8 ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('the Go that builds k6', () => {
  test("comes from the machine when that is new enough, and Debian 12's is not", () => {
    expect(['go1.19.8', 'go1.24.13', '', 'devel'].map(isNewEnough)).toEqual([false, false, false, false]);
    expect(['go1.25.0', 'go1.26.8\n', 'go2.0'].map(isNewEnough)).toEqual([true, true, true]);
  });

  test('is unpacked from a zip archive, stored or deflated', () => {
    const content = Buffer.from('package main\n'.repeat(50));
    for (const method of [0, 8] as const) {
      const files = [...readZip(zipOf('m@v1/main.go', content, method))];
      expect(files.map(file => [file.name, file.content.toString()])).toEqual([
        ['m@v1/main.go', content.toString()],
      ]);
    }
    expect(() => [...readZip(Buffer.alloc(64))]).toThrow('this is no zip archive');
  });

  test("is checked by Go's own hash of a module, whatever the order of its files", () => {
    const files = ['b', 'a'].map(name => ({ name: `m@v1/${name}`, content: Buffer.from(`${name}\n`) }));
    const hash = moduleHash(files);
    expect(hash).toBe('h1:MWSSXcbrBPE25cl41I8+R7Y9hAxuY9Be76nDJvg0pks=');
    expect(moduleHash(files.toReversed())).toBe(hash);
    expect(moduleHash([...files, { name: 'm@v1/c', content: Buffer.alloc(0) }])).not.toBe(hash);
  });
});
