import { expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import type { GatewayConfig } from '../../config/gateway.ts';
import { createLog } from '../../config/log.ts';
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { readDescriptorLimit, warnOfFewDescriptors } from './descriptor-limit.ts';

const configOf = (connections: number | 'unlimited') => ({ limits: { connections } }) as GatewayConfig;

function warnings(connections: number | 'unlimited', limit: number | undefined): string[] {
  const lines: string[] = [];
  const log = createLog({ program: 'gateway', level: 'info', write: line => lines.push(line), now: () => 0 });
  warnOfFewDescriptors(configOf(connections), log, limit);
  return lines;
}

test('the soft limit is read from the system', async () => {
  await using folder = await makeTempFolder('limits');
  const file = folder.file('limits');
  const write = (soft: string) =>
    writeFile(file, `Max processes  7  8  processes\nMax open files            ${soft}  99  files\n`);
  await write('1024');
  expect(readDescriptorLimit(file)).toBe(1024);
  await write('unlimited');
  expect(readDescriptorLimit(file)).toBe(Number.POSITIVE_INFINITY);
  expect(readDescriptorLimit(folder.file('none'))).toBeUndefined();
});

test('too few for the connections that are allowed is a warning with what to do', () => {
  const [line = ''] = warnings(50_000, 1024);
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', limit: 1024, count: 512 });
  expect(line).toContain('100000: LimitNOFILE= in systemd, ulimit -n in a shell');
  expect(warnings('unlimited', 65_535)).toHaveLength(1);
});

test('enough, or no knowing, is none', () => {
  expect(warnings(50_000, 100_000)).toEqual([]);
  expect(warnings('unlimited', Number.POSITIVE_INFINITY)).toEqual([]);
  // Where the system does not tell.
  expect(warnings(1, undefined)).toEqual([]);
});
