import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

const root = join(import.meta.dir, '..', '..');
const source = join(root, 'deploy', 'systemd');
const units = readdirSync(source).filter(name => name.endsWith('.service'));

/** Of 10, as `systemd-analyze security` counts it. A change that opens something has to be meant. */
const exposureMax: Readonly<Record<string, number>> = {
  'sluice-agent.service': 1.4,
  'sluice-control.service': 1.2,
  'sluice-gateway.service': 1.6,
};

let folder: TempFolder;

/** Where the programs of a unit are installed is where this repository is. */
beforeAll(async () => {
  folder = await makeTempFolder('units');
  for (const unit of units) {
    const text = readFileSync(join(source, unit), 'utf8').replaceAll('/opt/sluice/', `${root}/`);
    await writeFile(folder.file(unit), text);
  }
});

afterAll(async () => {
  await folder?.[Symbol.asyncDispose]();
});

test('there is a unit for each program', () => {
  expect([...units].sort()).toEqual(Object.keys(exposureMax));
});

describe.skipIf(!needs('systemd'))('a unit', () => {
  for (const unit of units) {
    test(`is understood by systemd, its programs included: ${unit}`, async () => {
      const answer = await runToEnd(['systemd-analyze', 'verify', '--man=no', folder.file(unit)]);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    });

    test(`exposes no more than it did: ${unit}`, async () => {
      const command = ['systemd-analyze', 'security', '--offline=true', '--no-pager', folder.file(unit)];
      const { stdout } = await runToEnd(command);
      const figure = /Overall exposure level for \S+: (\d+\.\d+)/.exec(stdout)?.[1];
      expect(Number(figure)).toBeLessThanOrEqual(exposureMax[unit] ?? 0);
    });

    test(`starts no program as root and hands it no secret: ${unit}`, () => {
      const text = readFileSync(join(source, unit), 'utf8');
      expect(text).toMatch(/^User=sluice-[a-z]+$/m);
      expect(text).toMatch(/^NoNewPrivileges=yes$/m);
      expect(text).not.toMatch(/^Environment=/m);
      expect(readFileSync(join(source, 'sluice.sysusers.conf'), 'utf8')).toContain(
        `u ${/^User=(\S+)$/m.exec(text)?.[1]} `,
      );
    });
  }
});
