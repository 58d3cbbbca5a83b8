import { describe, expect, test } from 'bun:test';
import { findLongFiles, findMisnamedFiles, findUnfinishedMarks } from './file-rules.ts';
import * as imports from './import-rules.ts';
import * as purity from './purity-rules.ts';
import { parseSource } from './source-tree.ts';

const found = (rule: (sources: ReturnType<typeof parseSource>[]) => string[], path: string, text: string) =>
  rule([parseSource(path, text)]);

describe('imports', () => {
  test.each([
    ['gateway/relay/relay.ts', "import { a } from '../../control/http/app.ts';"],
    ['control/control.ts', "import type { A } from '../agent/agent.ts';"],
    ['agent/agent.ts', "export type { A } from '../gateway/gateway.ts';"],
    ['config/limits.ts', "type A = import('../gateway/gateway.ts').A;"],
    ['gateway/main.ts', "await import('../test/harness/ports.ts');"],
  ])('%s may not say: %s', (path, text) => {
    expect(found(imports.findRoomCrossings, path, text)).toHaveLength(1);
  });

  test('a room may import itself and config, a test also the harness', () => {
    const text = "import '../wire/byte-queue.ts';\nimport '../../config/limits.ts';";
    expect(found(imports.findRoomCrossings, 'gateway/rfb/tight.ts', text)).toEqual([]);
    const harness = "import '../../test/harness/ports.ts';";
    expect(found(imports.findRoomCrossings, 'gateway/rfb/tight.test.ts', harness)).toEqual([]);
  });

  test.each([
    ['gateway/wire/byte-queue.ts', '../rfb/numbers.ts'],
    ['gateway/rfb/tight.ts', '../policy/verdict.ts'],
    ['gateway/relay/relay.ts', '../session/grant.ts'],
    ['gateway/session/registry.ts', '../edge/listener.ts'],
    ['gateway/http/request-head.ts', './http-side.ts'],
  ])('the layer of %s lies below %s', (path, specifier) => {
    expect(found(imports.findLayerCrossings, path, `import type { A } from '${specifier}';`)).toHaveLength(1);
  });

  test('what only looks like an import is none', () => {
    const text = "Buffer.from('a');\nconst t = 'import \"b\"';\n// import 'c';\nimport.meta.dir;";
    expect(parseSource('gateway/a.ts', text).imports).toEqual([]);
  });

  test('a gateway file in no layer is found', () => {
    expect(found(imports.findLayerCrossings, 'gateway/other/file.ts', '')).toHaveLength(1);
  });

  test('packages stay in their place, and out of the gateway', () => {
    const dockerode = "import Docker from 'dockerode';";
    expect(found(imports.findPackageStrays, 'agent/agent.ts', dockerode)).toHaveLength(1);
    expect(found(imports.findPackageStrays, 'agent/runtime/docker-connection.ts', dockerode)).toEqual([]);
    expect(
      found(imports.findPackageStrays, 'agent/agent.ts', "import a from 'never-heard-of';"),
    ).toHaveLength(1);
    expect(found(imports.findGatewayPackages, 'gateway/wire/a.ts', "import { z } from 'zod';")).toHaveLength(
      1,
    );
    expect(found(imports.findGatewayPackages, 'gateway/wire/a.ts', "import net from 'node:net';")).toEqual(
      [],
    );
  });
});

describe('sources', () => {
  test.each([
    'const t = Date.now();',
    'const t = performance.now();',
    'const r = Math.random();',
    'setTimeout(f, 1);',
    'Bun.write(a, b);',
    'process.exit(1);',
  ])('a pure room may not say: %s', text => {
    expect(found(purity.findImpureWords, 'gateway/wire/a.ts', text)).not.toEqual([]);
    expect(found(purity.findImpureWords, 'gateway/relay/a.ts', text)).toEqual([]);
  });

  test('a pure room imports no file system, and no log', () => {
    expect(found(purity.findImpureImports, 'gateway/policy/a.ts', "import 'node:fs';")).toHaveLength(1);
    const log = "import type { Log } from '../../config/log.ts';";
    expect(found(purity.findImpureImports, 'gateway/policy/a.ts', log)).toHaveLength(1);
  });

  test.each(['let a: any;', 'f(a as any);', 'let a: Map<string, any>;', 'let a: any[];', '// @ts-ignore'])(
    'types are not switched off by: %s',
    text => expect(found(purity.findAnyTypes, 'gateway/a.ts', text)).toHaveLength(1),
  );

  test('the word any is free where it is no type', () => {
    expect(
      found(purity.findAnyTypes, 'gateway/a.ts', "const a = 'x: any'; const any = 1; f({ any: 2 });"),
    ).toEqual([]);
  });

  test('the environment, the console and SQL have their places', () => {
    expect(found(purity.findEnvironmentReads, 'control/a.ts', 'process.env.A')).toHaveLength(1);
    expect(found(purity.findEnvironmentReads, 'config/a.ts', 'process.env.A')).toEqual([]);
    expect(found(purity.findConsoleUses, 'agent/a.ts', 'console.log(1)')).toHaveLength(1);
    expect(
      found(purity.findStraySql, 'control/users/user-routes.ts', 'await sql<Row[]>`select 1`'),
    ).toHaveLength(1);
    expect(found(purity.findStraySql, 'control/users/user-store.ts', 'await sql`select 1`')).toEqual([]);
  });

  test('long files, unfinished marks and empty names are found', () => {
    expect(found(findLongFiles, 'gateway/a.ts', 'a\n'.repeat(401))).toHaveLength(1);
    expect(found(findLongFiles, 'gateway/a.ts', 'a\n'.repeat(400))).toEqual([]);
    expect(found(findUnfinishedMarks, 'gateway/a.ts', `// ${'TO'}${'DO'}: later`)).toHaveLength(1);
    const names = ['gateway/utils/a.ts', 'control/index.ts', 'agent/myFile.ts', 'agent/string-helpers.ts'];
    expect(findMisnamedFiles(names)).toEqual(names);
    expect(
      findMisnamedFiles(['control/db/migrations/0001_users.sql', 'config/link/link.proto', '.ci/run']),
    ).toEqual([]);
  });
});
