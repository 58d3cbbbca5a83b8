/** The self-signed certificate of a gateway that was given none: made once, kept in the data folder. */
import { X509Certificate } from 'node:crypto';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StartError } from '../../config/command-line.ts';
import { readDataFile, replaceDataFile } from '../../config/data-file.ts';
import type { Log } from '../../config/log.ts';
import { createSelfSigned } from './self-signed.ts';
import { readCertificate, type ServerCertificate } from './tls-certificate.ts';

/** A self-signed certificate is made anew when less than this is left. */
const renewalMs = 30 * 86_400_000;
const lockPauseMs = 20;
const lockTimeMs = 3_000;

/**
 * The pair kept in the data folder (tls-certificate.pem, tls-private-key.pem; the key mode 0600), made anew
 * when it is missing, damaged, about to expire, or names another machine.
 */
export async function keepSelfSigned(dataDir: string, log: Log, nowMs: number): Promise<ServerCertificate> {
  const files = {
    certificate: join(dataDir, 'tls-certificate.pem'),
    privateKey: join(dataDir, 'tls-private-key.pem'),
  };
  const names = ['localhost', ...machineNames(), '127.0.0.1', '::1'];
  const readKept = async (): Promise<ServerCertificate | undefined> => {
    const kept = await readCertificate(files, readDataFile).catch(() => undefined);
    return kept !== undefined && isGood(kept, names, nowMs) ? kept : undefined;
  };
  const kept = await readKept();
  if (kept !== undefined) return kept;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return alone(join(dataDir, 'tls-certificate.lock'), async () => {
    const made = await readKept();
    if (made !== undefined) return made;
    const pair = createSelfSigned(names, nowMs);
    replaceDataFile(files.privateKey, pair.privateKey, 0o600);
    replaceDataFile(files.certificate, pair.certificate, 0o644);
    log.warn('serving with a self-signed certificate: browsers will ask before they trust it', {
      file: files.certificate,
    });
    return readCertificate(files, readDataFile);
  });
}

/**
 * One process at a time: the workers of a gateway start together, and are to show the same certificate.
 * @throws StartError when another one does not get done.
 */
async function alone<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const giveUpMs = Date.now() + 3 * lockTimeMs;
  while (!(await take(lockFile))) {
    // Left behind by a process that was killed, for making a pair takes milliseconds. Only one clears it away, or it
    // would be the lock of who took it next.
    if (await isStale(lockFile)) await clearAway(lockFile);
    if (Date.now() > giveUpMs) throw new StartError(`${lockFile} is in the way: delete it and start again`);
    await setTimeout(lockPauseMs);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function clearAway(lockFile: string): Promise<void> {
  const ownLock = `${lockFile}.clearing`;
  if (!(await take(ownLock))) return;
  if (await isStale(lockFile)) await rm(lockFile, { force: true });
  await rm(ownLock, { force: true });
}

/** @returns false when somebody has it. */
async function take(lockFile: string): Promise<boolean> {
  try {
    await (await open(lockFile, 'wx')).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(lockFile: string): Promise<boolean> {
  const found = await lstat(lockFile).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > lockTimeMs;
}

function machineNames(): string[] {
  const name = hostname();
  return /^[0-9A-Za-z][0-9A-Za-z.-]{0,62}$/.test(name) && name !== 'localhost' ? [name] : [];
}

function isGood(kept: ServerCertificate, names: readonly string[], nowMs: number): boolean {
  const name = names[1] ?? 'localhost';
  const certificate = new X509Certificate(kept.certificate);
  return kept.notAfterMs - nowMs > renewalMs && certificate.checkHost(name) !== undefined;
}
