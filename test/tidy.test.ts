/** House rules that a program can check. Each failure lists every place, as `file:line: what`. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { agentSchema } from '../config/agent.ts';
import { controlSchema } from '../config/control.ts';
import { gatewaySchema } from '../config/gateway.ts';
import { readConfig } from '../config/read-config.ts';
import { runToEnd } from './harness/processes.ts';
import { makeTempFolder } from './harness/temp-folder.ts';
import * as files from './tidy/file-rules.ts';
import * as imports from './tidy/import-rules.ts';
import * as purity from './tidy/purity-rules.ts';
import { listFiles, readSourceTree, repositoryRoot } from './tidy/source-tree.ts';

const paths = listFiles();
const sources = readSourceTree();

/** Fails with one line per place. */
function expectNone(places: readonly string[]): void {
  expect(places.join('\n')).toBe('');
}

describe('imports', () => {
  test('the three programs meet in config/ and nowhere else', () =>
    expectNone(imports.findRoomCrossings(sources)));
  test('the gateway imports no package', () => expectNone(imports.findGatewayPackages(sources)));
  test('every package has one place, and stays there', () => expectNone(imports.findPackageStrays(sources)));
  test("the gateway's layers import downwards only", () => expectNone(imports.findLayerCrossings(sources)));
  test('relative imports carry the extension', () => expectNone(imports.findBareImports(sources)));
});

describe('pure rooms', () => {
  test('import nothing that touches the world', () => expectNone(purity.findImpureImports(sources)));
  test('read no clock, no randomness, no environment', () => expectNone(purity.findImpureWords(sources)));
});

describe('sources', () => {
  test('only config/ and tools read the environment', () => expectNone(purity.findEnvironmentReads(sources)));
  test('nothing writes to the console', () => expectNone(purity.findConsoleUses(sources)));
  test('the type any does not occur', () => expectNone(purity.findAnyTypes(sources)));
  test('SQL stands in stores only', () => expectNone(purity.findStraySql(sources)));
  test(`a file has at most ${files.fileLinesMax} lines`, () => expectNone(files.findLongFiles(sources)));
  test('nothing is marked as unfinished', () => expectNone(files.findUnfinishedMarks(sources)));
});

describe('files', () => {
  test('are named in kebab-case, and for what they are', () => expectNone(files.findMisnamedFiles(paths)));
  test('name no folder of one machine and no package server', () =>
    expectNone(files.findForeignPlaces(paths)));

  test('a documented command exists', () => {
    expectNone(
      files.findDeadCommands(
        paths.filter(path => path.endsWith('.md')),
        paths,
      ),
    );
  });

  test('the example configurations are valid', async () => {
    const schemas = { agent: agentSchema, control: controlSchema, gateway: gatewaySchema };
    const examples = paths.filter(path => path.startsWith('config/example/'));
    expect(examples.length).toBeGreaterThanOrEqual(Object.keys(schemas).length);
    for (const path of examples) {
      const [, program] = /^config\/example\/(agent|control|gateway)[\w-]*\.yaml$/.exec(path) ?? [];
      expect(program, path).toBeDefined();
      const schema: z.ZodType<unknown> = schemas[program as keyof typeof schemas];
      await readConfig(join(repositoryRoot, path), schema);
    }
  });

  test("the link's generated code is what its contract generates", async () => {
    await using folder = await makeTempFolder('generate');
    const command = ['node', 'config/link/generate.mjs', folder.path];
    const { exitCode, stderr } = await runToEnd(command, { cwd: repositoryRoot, timeMs: 60_000 });
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    for (const name of ['link.js', 'link.d.ts']) {
      const kept = readFileSync(join(repositoryRoot, 'config/link/generated', name), 'utf8');
      expect(readFileSync(folder.file(name), 'utf8') === kept, `${name}: run npm run generate`).toBe(true);
    }
  }, 60_000);
});
