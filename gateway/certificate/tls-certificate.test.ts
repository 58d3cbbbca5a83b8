import { afterEach, expect, test } from 'bun:test';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from './self-signed.ts';
import { readCertificate, validityProblem } from './tls-certificate.ts';

const folders: string[] = [];
const nowMs = Date.UTC(2026, 10, 21);
const dayMs = 86_400_000;

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Writes files into a folder of their own; answers with their paths. */
async function writeFiles<Name extends string>(texts: Record<Name, string>): Promise<Record<Name, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
  folders.push(folder);
  const files = {} as Record<Name, string>;
  for (const [name, text] of Object.entries(texts) as [Name, string][]) {
    files[name] = join(folder, name);
    await writeFile(files[name], text);
  }
  return files;
}

test('a pair is read with the host names it is good for and the time until which it is', async () => {
  const pair = createSelfSigned(['Desk.Example', '*.lab.example', '127.0.0.1'], nowMs);
  const files = await writeFiles({ certificate: pair.certificate, privateKey: pair.privateKey });
  const read = await readCertificate(files);
  expect(read).toMatchObject({ ...pair, names: ['desk.example', '*.lab.example'], doubts: [] });
  expect(read.notAfterMs - nowMs).toBe(396 * dayMs);
});

test('a key of another certificate, a missing file and a file that is no PEM are refused by name', async () => {
  const pair = createSelfSigned(['localhost'], nowMs);
  const files = await writeFiles({
    certificate: pair.certificate,
    privateKey: pair.privateKey,
    other: createSelfSigned(['localhost'], nowMs).privateKey,
  });
  const { certificate, privateKey, other } = files;
  await expect(readCertificate({ certificate, privateKey: other })).rejects.toMatchObject({
    file: 'private_key',
    message: `private key ${other} does not belong to certificate ${certificate}`,
  });
  await expect(readCertificate({ certificate, privateKey: `${other}.none` })).rejects.toMatchObject({
    file: 'private_key',
    message: expect.stringContaining('can not be read'),
  });
  await expect(readCertificate({ certificate: privateKey, privateKey })).rejects.toMatchObject({
    file: 'certificate',
    message: `${privateKey} is no PEM certificate`,
  });
});

test('a key with a passphrase is opened with the first line of a file, and kept without it', async () => {
  const pair = createSelfSigned(['localhost'], nowMs);
  const encrypted = createPrivateKey(pair.privateKey)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    .toString();
  const files = await writeFiles({
    certificate: pair.certificate,
    privateKey: encrypted,
    passphraseFile: 'open sesame\n',
    wrong: 'open sesam\n',
  });
  expect((await readCertificate(files)).privateKey).toBe(pair.privateKey);
  await expect(readCertificate({ ...files, passphraseFile: files.wrong })).rejects.toMatchObject({
    file: 'passphrase_file',
    message: `the passphrase in ${files.wrong} does not open private key ${files.privateKey}`,
  });
  await expect(readCertificate({ ...files, passphraseFile: undefined })).rejects.toMatchObject({
    file: 'private_key',
    message: expect.stringContaining('name the file with its passphrase in passphrase_file'),
  });
});

test('a chain whose next certificate did not issue the one before it is served with a doubt', async () => {
  const pair = createSelfSigned(['localhost'], nowMs);
  const stranger = createSelfSigned(['stranger.example'], nowMs);
  const files = await writeFiles({
    certificate: pair.certificate + stranger.certificate,
    privateKey: pair.privateKey,
  });
  const { doubts } = await readCertificate(files);
  expect(doubts).toEqual([
    `certificate 2 of ${files.certificate} did not issue the one before it: some clients refuse that`,
  ]);
});

test('before its first and after its last second a certificate is not valid', async () => {
  const pair = createSelfSigned(['localhost'], nowMs);
  const read = await readCertificate(await writeFiles(pair));
  expect(validityProblem(read, 'c.pem', nowMs)).toBeUndefined();
  expect(validityProblem(read, 'c.pem', nowMs - 2 * dayMs)).toBe(
    'certificate c.pem is not valid before 2026-11-20T00:00:00.000Z',
  );
  expect(validityProblem(read, 'c.pem', nowMs + 396 * dayMs)).toBe(
    'certificate c.pem expired at 2027-12-22T00:00:00.000Z',
  );
});
