import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../config/log.ts';
import type { DoorTls } from './door-tls.ts';
import { createSelfSigned } from './self-signed.ts';
import { CertificateKeeper } from './tls-keeper.ts';

const startMs = Date.UTC(2026, 10, 21);
const dayMs = 86_400_000;

let folder: string;
let nowMs: number;
let lines: { level: string; message: string; limit?: number; error?: string }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-keeper-'));
  nowMs = startMs;
  lines = [];
});

afterEach(() => rm(folder, { recursive: true }));

const log = createLog({
  program: 'test',
  level: 'info',
  now: () => nowMs,
  write: line => lines.push(JSON.parse(line)),
});
const config = () => ({
  certificate: join(folder, 'c.pem'),
  private_key: join(folder, 'k.pem'),
  watch: false,
});

async function place(madeMs: number): Promise<string> {
  const pair = createSelfSigned(['desk.example'], madeMs);
  await writeFile(config().private_key, pair.privateKey);
  await writeFile(config().certificate, pair.certificate);
  return pair.certificate;
}

const open = (options: Partial<Parameters<typeof CertificateKeeper.open>[0]> = {}) =>
  CertificateKeeper.open({ config: config(), dataDir: folder, log, now: () => nowMs, ...options });

test('warns at 30, 14, 7 and 1 days before the end, once each, and daily after it', async () => {
  await place(startMs);
  await using keeper = await open();
  const warned: number[] = [];
  // The certificate ends 396 days after it was made.
  for (let day = 360; day <= 398; day++) {
    nowMs = startMs + day * dayMs;
    lines = [];
    await keeper.reload();
    await keeper.reload();
    warned.push(
      ...lines
        .filter(line => /expire/.test(line.message) && line.limit !== undefined)
        .map(line => line.limit!),
    );
  }
  expect(warned).toEqual([30, 14, 7, 1, 0, -1, -2].map(limit => limit));
});

test('finds a changed pair without watching, and gives it to every listener', async () => {
  await place(startMs);
  await using keeper = await open({ pollMs: 5 });
  const given: DoorTls[] = [];
  const taken = Promise.withResolvers<void>();
  keeper.serve({
    reload(tls) {
      given.push(tls);
      taken.resolve();
    },
  });
  const text = await place(startMs + dayMs / 2);
  keeper.start();
  await taken.promise;
  expect(given.map(tls => tls.material.standard.certificate)).toContain(text);
  expect(keeper.tls.material.standard.certificate).toBe(text);
});

test('serves the pair before on when a listener can not take one, and tries again at the next read', async () => {
  const old = await place(startMs);
  await using keeper = await open();
  const serving = [old, old];
  let isBroken = true;
  for (const index of serving.keys()) {
    keeper.serve({
      reload(tls) {
        const text = tls.material.standard.certificate;
        if (index === 1 && isBroken && text !== old) throw new Error('no more contexts');
        serving[index] = text;
      },
    });
  }
  const text = await place(startMs + dayMs / 2);
  expect(await keeper.reload()).toBe('refused');
  expect([serving, keeper.tls.material.standard.certificate]).toEqual([[old, old], old]);
  expect(lines.at(-1)).toMatchObject({ level: 'error', error: 'no more contexts' });
  isBroken = false;
  expect(await keeper.reload()).toBe('taken');
  expect([serving, keeper.tls.material.standard.certificate]).toEqual([[text, text], text]);
});

test('tells of a pair it refuses once, and again when somebody asks', async () => {
  const text = await place(startMs);
  await using keeper = await open();
  await writeFile(config().private_key, 'nothing');
  lines = [];
  expect(await keeper.reload()).toBe('refused');
  expect(await keeper.reload()).toBe('refused');
  expect(lines).toHaveLength(1);
  expect(await keeper.reload('SIGHUP')).toBe('refused');
  expect(lines).toHaveLength(2);
  expect(keeper.tls.material.standard.certificate).toBe(text);
});

test('renews its self-signed certificate while it runs', async () => {
  await using keeper = await open({ config: undefined });
  const before = keeper.tls.material.standard.certificate;
  expect(await keeper.reload()).toBe('unchanged');
  nowMs = startMs + 370 * dayMs;
  expect(await keeper.reload()).toBe('taken');
  expect(keeper.tls.material.standard.certificate).not.toBe(before);
  expect(await readFile(join(folder, 'tls-certificate.pem'), 'utf8')).toBe(
    keeper.tls.material.standard.certificate,
  );
});

test('takes another configuration as a whole, or not at all', async () => {
  await place(startMs);
  await using keeper = await open();
  const next = { ...config(), profile: 'modern' as const };
  expect(await keeper.reload('SIGHUP', { tls: { ...next, certificates: [config(), config()] } })).toBe(
    'refused',
  );
  expect(keeper.tls.rules.minimum).toBe('1.2');
  expect(await keeper.reload('SIGHUP', { tls: next })).toBe('taken');
  expect(keeper.tls.rules.minimum).toBe('1.3');
});

test('makes nothing for a gateway that listens without TLS', async () => {
  await using keeper = await open({ config: undefined, plain: true });
  expect(await keeper.reload()).toBe('unchanged');
  expect([lines, await readdir(folder)]).toEqual([[], []]);
  expect(keeper.metrics.map(metric => metric.render()).join('')).not.toContain('{name=');
});

test('does not start with a pair that can not be served, and names every problem', async () => {
  await place(startMs);
  const broken = { ...config(), private_key: join(folder, 'none.pem') };
  await expect(open({ config: { ...broken, certificates: [broken] } })).rejects.toThrow(
    /none\.pem.*; .*none\.pem/,
  );
});
