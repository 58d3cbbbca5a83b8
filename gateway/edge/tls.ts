/**
 * The certificate of the front door: the files the configuration names, checked before anything
 * listens, or a self-signed pair made once and kept in the data folder.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorText, type Log } from '../../config/log.ts';
import { type CertificatePair, createSelfSigned } from './self-signed.ts';

/** The certificate or its key can't be used; the message names the file and what is wrong with it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** A self-signed certificate is made anew when less than this is left. */
const renewalMs = 30 * 86_400_000;

/**
 * Reads a certificate (chain) and its private key, both PEM.
 * @throws CertificateError when a file can't be read or parsed, or the two do not belong together.
 */
export async function readCertificate(certificateFile: string, keyFile: string): Promise<CertificatePair> {
  const certificate = await readText(certificateFile, 'certificate');
  const privateKey = await readText(keyFile, 'private key');
  const parsed = parse(() => new X509Certificate(certificate), certificateFile, 'certificate');
  const key = parse(() => createPrivateKey(privateKey), keyFile, 'private key without a passphrase');
  if (!parsed.checkPrivateKey(key)) {
    throw new CertificateError(`private key ${keyFile} does not belong to certificate ${certificateFile}`);
  }
  return { certificate, privateKey };
}

/**
 * The pair kept in the data folder (tls-certificate.pem, tls-private-key.pem; the key mode 0600), made anew
 * when it is missing, damaged, about to expire, or names another machine.
 */
export async function keepSelfSigned(dataDir: string, log: Log, nowMs: number): Promise<CertificatePair> {
  const certificateFile = join(dataDir, 'tls-certificate.pem');
  const keyFile = join(dataDir, 'tls-private-key.pem');
  const names = ['localhost', ...machineNames(), '127.0.0.1', '::1'];
  const kept = await readCertificate(certificateFile, keyFile).catch(() => undefined);
  if (kept !== undefined && isGood(kept, names, nowMs)) return kept;
  const pair = createSelfSigned(names, nowMs);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await replaceFile(keyFile, pair.privateKey, 0o600);
  await replaceFile(certificateFile, pair.certificate, 0o644);
  log.warn('serving with a self-signed certificate: browsers will ask before they trust it', {
    file: certificateFile,
  });
  return pair;
}

function machineNames(): string[] {
  const name = hostname();
  return /^[0-9A-Za-z][0-9A-Za-z.-]{0,62}$/.test(name) && name !== 'localhost' ? [name] : [];
}

function isGood(pair: CertificatePair, names: readonly string[], nowMs: number): boolean {
  const certificate = new X509Certificate(pair.certificate);
  const name = names[1] ?? 'localhost';
  return Date.parse(certificate.validTo) - nowMs > renewalMs && certificate.checkHost(name) !== undefined;
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CertificateError(`${what} ${file} can not be read: ${errorText(error)}`);
  }
}

function parse<T>(read: () => T, file: string, what: string): T {
  try {
    return read();
  } catch {
    throw new CertificateError(`${file} is no PEM ${what}`);
  }
}

/** Whole or not at all: a half-written key would keep the gateway from starting. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await chmod(`${file}.new`, mode);
  await rename(`${file}.new`, file);
}
