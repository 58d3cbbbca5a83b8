/** The self-signed certificate of a gateway that was given none: made once, kept in the data folder. */
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../config/log.ts';
import { createSelfSigned } from './self-signed.ts';
import { readCertificate, type ServerCertificate } from './tls-certificate.ts';

/** A self-signed certificate is made anew when less than this is left. */
const renewalMs = 30 * 86_400_000;

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
  const kept = await readCertificate(files).catch(() => undefined);
  if (kept !== undefined && isGood(kept, names, nowMs)) return kept;
  const pair = createSelfSigned(names, nowMs);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await replaceFile(files.privateKey, pair.privateKey, 0o600);
  await replaceFile(files.certificate, pair.certificate, 0o644);
  log.warn('serving with a self-signed certificate: browsers will ask before they trust it', {
    file: files.certificate,
  });
  return readCertificate(files);
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

/** Whole or not at all: a half-written key would keep the gateway from starting. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await chmod(`${file}.new`, mode);
  await rename(`${file}.new`, file);
}
