/** One certificate with its chain and its private key, as files of PEM: read and checked before anything serves it. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorText } from '../../config/log.ts';
import type { CertificatePair } from './self-signed.ts';

/** The file of a pair that a problem is about, by its key in the configuration. */
export type CertificateFile = 'certificate' | 'private_key' | 'passphrase_file';

/** The certificate or its key can't be used; the message names the file and what is wrong with it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly file: CertificateFile;

  constructor(file: CertificateFile, message: string) {
    super(message);
    this.file = file;
  }
}

export interface CertificateSource {
  readonly certificate: string;
  readonly privateKey: string;
  /** Its first line opens the private key. */
  readonly passphraseFile?: string | undefined;
}

/** The key is free of its passphrase: it stays in memory. */
export interface ServerCertificate extends CertificatePair {
  /** Host names it is good for, lower case; `*.` may begin one. */
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** What clients may stumble over, though it can be served. */
  readonly doubts: readonly string[];
}

const fileBytesMax = 1024 * 1024;
const pemBlocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const namePattern = /^(\*\.)?[0-9a-z_]([0-9a-z_.-]{0,251}[0-9a-z_])?$/;

/** @throws Error when it can't be read. */
type ReadText = (file: string) => string | Promise<string>;

const readAnyFile: ReadText = file => readFile(file, 'utf8');

/**
 * @param read how the files are read.
 * @throws CertificateError when a file can't be read or parsed, the passphrase is missing or wrong, or key and
 * certificate do not belong together. Whether it is valid now is not looked at: see `validityProblem`.
 */
export async function readCertificate(
  source: CertificateSource,
  read: ReadText = readAnyFile,
): Promise<ServerCertificate> {
  const certificate = await readText(source.certificate, 'certificate', read);
  const keyText = await readText(source.privateKey, 'private_key', read);
  const chain = parseChain(certificate, source.certificate);
  const leaf = chain[0]!;
  const { key, encrypted } = await openKey(keyText, source);
  if (!leaf.checkPrivateKey(key)) {
    const message = `private key ${source.privateKey} does not belong to certificate ${source.certificate}`;
    throw new CertificateError('private_key', message);
  }
  return {
    certificate,
    privateKey: encrypted ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : keyText,
    names: hostNames(leaf),
    notBeforeMs: Date.parse(leaf.validFrom),
    notAfterMs: Date.parse(leaf.validTo),
    doubts: chainDoubts(chain, source.certificate),
  };
}

/** Why a certificate must not be served at this time; undefined when it may. */
export function validityProblem(
  certificate: ServerCertificate,
  file: string,
  nowMs: number,
): string | undefined {
  const date = (ms: number): string => new Date(ms).toISOString();
  if (nowMs >= certificate.notAfterMs)
    return `certificate ${file} expired at ${date(certificate.notAfterMs)}`;
  if (nowMs >= certificate.notBeforeMs) return undefined;
  return `certificate ${file} is not valid before ${date(certificate.notBeforeMs)}`;
}

function parseChain(text: string, file: string): X509Certificate[] {
  const blocks = text.match(pemBlocks) ?? [];
  try {
    if (blocks.length > 0) return blocks.map(block => new X509Certificate(block));
  } catch {
    // Told below, like a file without any.
  }
  throw new CertificateError('certificate', `${file} is no PEM certificate`);
}

async function openKey(
  text: string,
  source: CertificateSource,
): Promise<{ readonly key: KeyObject; readonly encrypted: boolean }> {
  const { privateKey: file, passphraseFile } = source;
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (!encrypted) {
    try {
      return { key: createPrivateKey(text), encrypted };
    } catch {
      throw new CertificateError('private_key', `${file} is no PEM private key`);
    }
  }
  if (passphraseFile === undefined) {
    const message = `private key ${file} is encrypted: name the file with its passphrase in passphrase_file`;
    throw new CertificateError('private_key', message);
  }
  const [passphrase = ''] = (await readText(passphraseFile, 'passphrase_file', readAnyFile)).split(
    /\r?\n/,
    1,
  );
  try {
    return { key: createPrivateKey({ key: text, passphrase }), encrypted };
  } catch {
    const message = `the passphrase in ${passphraseFile} does not open private key ${file}`;
    throw new CertificateError('passphrase_file', message);
  }
}

/** The DNS names of the subject alternative name (RFC 5280 section 4.2.1.6); odd ones can choose no certificate. */
function hostNames(leaf: X509Certificate): string[] {
  return (leaf.subjectAltName ?? '')
    .split(', ')
    .filter(entry => entry.startsWith('DNS:'))
    .map(entry => entry.slice('DNS:'.length).toLowerCase())
    .filter(name => namePattern.test(name));
}

/** RFC 8446 section 4.4.2: each certificate should certify the one before it. */
function chainDoubts(chain: readonly X509Certificate[], file: string): string[] {
  const doubts: string[] = [];
  for (let index = 1; index < chain.length; index++) {
    if (chain[index - 1]!.checkIssued(chain[index]!)) continue;
    doubts.push(
      `certificate ${index + 1} of ${file} did not issue the one before it: some clients refuse that`,
    );
  }
  return doubts;
}

async function readText(file: string, kind: CertificateFile, read: ReadText): Promise<string> {
  const what = kind.replace('_', ' ');
  try {
    const text = await read(file);
    if (text.length <= fileBytesMax) return text;
  } catch (error) {
    throw new CertificateError(kind, `${what} ${file} can not be read: ${errorText(error)}`);
  }
  throw new CertificateError(kind, `${what} ${file} is over ${fileBytesMax} bytes`);
}
