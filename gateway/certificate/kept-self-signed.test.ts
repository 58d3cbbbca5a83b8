import { afterEach, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../config/log.ts';
import { keepSelfSigned } from './kept-self-signed.ts';
import { createSelfSigned } from './self-signed.ts';

const folders: string[] = [];

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const nowMs = Date.UTC(2026, 10, 21);

test('a self-signed certificate names the machine, verifies against itself and lives 397 days', () => {
  const pair = createSelfSigned(['localhost', 'desk.example', '127.0.0.1', '::1', 'fd00::12:3'], nowMs);
  const certificate = new X509Certificate(pair.certificate);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe('CN=localhost');
  expect(certificate.checkHost('desk.example')).toBe('desk.example');
  for (const address of ['127.0.0.1', '::1', 'fd00::12:3'])
    expect(certificate.checkIP(address)).toBe(address);
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  expect(certificate.ca).toBe(false);
  const lifetimeMs = Date.parse(certificate.validTo) - Date.parse(certificate.validFrom);
  expect(lifetimeMs).toBe(397 * 86_400_000);
});

test('a client that trusts the self-signed certificate completes a TLS handshake with it', async () => {
  const pair = createSelfSigned(['localhost', '127.0.0.1'], Date.now());
  using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { cert: pair.certificate, key: pair.privateKey },
    fetch: () => new Response('hello'),
  });
  const url = `https://127.0.0.1:${server.port}/`;
  const trusting = await fetch(url, { tls: { ca: pair.certificate } });
  expect(await trusting.text()).toBe('hello');
  expect(fetch(url)).rejects.toThrow();
});

test('the pair is kept over starts, its key is readable by its owner only', async () => {
  const folder = join(await createFolder(), 'gateway');
  const first = await keepSelfSigned(folder, silentLog, nowMs);
  const second = await keepSelfSigned(folder, silentLog, nowMs + 86_400_000);
  expect(second).toEqual(first);
  expect((await stat(join(folder, 'tls-private-key.pem'))).mode & 0o777).toBe(0o600);
});

test('the pair is made anew a month before it expires, and when it was damaged', async () => {
  const folder = await createFolder();
  const first = await keepSelfSigned(folder, silentLog, nowMs);
  const renewed = await keepSelfSigned(folder, silentLog, nowMs + 370 * 86_400_000);
  expect(renewed).not.toEqual(first);
  await writeFile(join(folder, 'tls-private-key.pem'), 'half a k');
  const repaired = await keepSelfSigned(folder, silentLog, nowMs + 370 * 86_400_000);
  expect(repaired).not.toEqual(renewed);
});

test('processes that start together show the same certificate, also when one before them was killed', async () => {
  const folder = await createFolder();
  const lock = join(folder, 'tls-certificate.lock');
  await writeFile(lock, '');
  await utimes(lock, 0, 0);
  const script = `
    import { keepSelfSigned } from ${JSON.stringify(new URL('./kept-self-signed.ts', import.meta.url).pathname)};
    import { silentLog } from ${JSON.stringify(new URL('../../config/log.ts', import.meta.url).pathname)};
    const kept = await keepSelfSigned(${JSON.stringify(folder)}, silentLog, ${nowMs});
    process.stdout.write(kept.certificate);`;
  const shown = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' });
      return new Response(child.stdout).text();
    }),
  );
  expect(shown[0]).toStartWith('-----BEGIN CERTIFICATE-----');
  expect(new Set(shown).size).toBe(1);
});

test('links that stand in for its files are neither read nor written through', async () => {
  const folder = await createFolder();
  const foreign = join(folder, 'foreign');
  for (const name of ['tls-private-key.pem', 'tls-certificate.pem']) {
    await writeFile(foreign, 'foreign', { mode: 0o640 });
    await rm(join(folder, name), { force: true });
    await symlink(foreign, join(folder, name));
    await symlink(foreign, join(folder, `${name}.new`));
    await symlink(foreign, join(folder, 'tls-certificate.lock.clearing'));
    await keepSelfSigned(folder, silentLog, nowMs);
    expect(await readFile(foreign, 'utf8')).toBe('foreign');
    expect((await stat(foreign)).mode & 0o777).toBe(0o640);
    await rm(join(folder, 'tls-certificate.lock.clearing'));
  }
  const own = await createFolder();
  const pair = await keepSelfSigned(own, silentLog, nowMs);
  const lured = await createFolder();
  for (const name of ['tls-private-key.pem', 'tls-certificate.pem'])
    await symlink(join(own, name), join(lured, name));
  expect((await keepSelfSigned(lured, silentLog, nowMs)).privateKey).not.toBe(pair.privateKey);
});
