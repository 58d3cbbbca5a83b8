/** All that TLS needs from files: the certificates by name, and whose client certificates are believed. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsConfig } from '../../config/gateway-tls.ts';
import { errorText } from '../../config/log.ts';
import {
  CertificateError,
  type CertificateSource,
  readCertificate,
  type ServerCertificate,
  validityProblem,
} from './tls-certificate.ts';
import { contextOptions, tlsRulesOf } from './tls-rules.ts';

export interface NamedCertificate {
  /** Lower case; `*.` may begin one. */
  readonly names: readonly string[];
  readonly certificate: ServerCertificate;
}

/** PEM texts. */
export interface ClientAuthorities {
  readonly authorities: string;
  readonly revocationList: string | undefined;
}

export interface TlsMaterial {
  /** For clients that name no host, or none of the others'. */
  readonly standard: ServerCertificate;
  readonly named: readonly NamedCertificate[];
  readonly clients: ClientAuthorities | undefined;
}

export interface TlsProblem {
  /** Keys from the top of the configuration. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The certificate can be served, but is not valid at this time. */
  readonly untimely: boolean;
}

export interface ReadMaterial {
  /** Undefined when a piece could not be read and there was none before. */
  readonly material: TlsMaterial | undefined;
  readonly problems: readonly TlsProblem[];
}

export interface ReadMaterialOptions {
  readonly config: TlsConfig;
  /** Called when the configuration names no certificate at all. */
  readonly selfSigned: () => Promise<ServerCertificate | undefined>;
  readonly nowMs: number;
  /** What is served now: a piece that can't be read, or is not valid now, is taken from here. */
  readonly previous?: TlsMaterial | undefined;
}

/** Never throws for what is in the configured files: each problem is told, and the pieces without one are taken. */
export async function readMaterial(options: ReadMaterialOptions): Promise<ReadMaterial> {
  const { config, previous } = options;
  const reading = new Reading(options);
  const pairs = config.certificates ?? [];
  const own = sourceOf(config);
  const standard =
    own !== undefined
      ? await reading.pair(own, ['tls'], previous?.standard)
      : pairs.length === 0
        ? await options.selfSigned()
        : undefined;
  const named: NamedCertificate[] = [];
  for (const [index, entry] of pairs.entries()) {
    const path = ['tls', 'certificates', index];
    const source = sourceOf(entry)!;
    const certificate = await reading.pair(source, path, previous?.named[index]?.certificate);
    if (certificate === undefined) continue;
    const names = entry.names ?? certificate.names;
    if (names.length === 0)
      reading.tell(path, `certificate ${source.certificate} names no host: give its names`);
    // Which of two is served would hang on the order of the file.
    const twice = names.filter(name => named.some(other => other.names.includes(name)));
    if (twice.length > 0)
      reading.tell(path, `${twice.join(', ')} is in an earlier certificate too: give names`);
    named.push({ names, certificate });
  }
  const clients = await reading.clients(config, previous?.clients);
  const first = standard ?? named[0]?.certificate;
  const fatal = reading.problems.some(problem => !problem.untimely);
  const whole = first !== undefined && named.length === pairs.length && (previous !== undefined || !fatal);
  return {
    material: whole ? { standard: first, named, clients } : undefined,
    problems: reading.problems,
  };
}

type PairKeys = Pick<TlsConfig, 'certificate' | 'private_key' | 'passphrase_file'>;

/** Undefined when the configuration names no certificate. */
export function sourceOf(keys: PairKeys): CertificateSource | undefined {
  const { certificate, private_key: privateKey, passphrase_file: passphraseFile } = keys;
  if (certificate === undefined || privateKey === undefined) return undefined;
  return { certificate, privateKey, passphraseFile };
}

class Reading {
  readonly problems: TlsProblem[] = [];
  readonly #options: ReadMaterialOptions;

  constructor(options: ReadMaterialOptions) {
    this.#options = options;
  }

  tell(path: readonly (string | number)[], message: string, untimely = false): void {
    this.problems.push({ path, message, untimely });
  }

  async pair(
    source: CertificateSource,
    path: readonly (string | number)[],
    previous: ServerCertificate | undefined,
  ): Promise<ServerCertificate | undefined> {
    try {
      const read = await readCertificate(source);
      this.#tryOut(read, source);
      const untimely = validityProblem(read, source.certificate, this.#options.nowMs);
      if (untimely === undefined) return read;
      this.tell([...path, 'certificate'], untimely, true);
      return previous ?? read;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      this.tell([...path, error.file], error.message);
      return previous;
    }
  }

  async clients(
    config: TlsConfig,
    previous: ClientAuthorities | undefined,
  ): Promise<ClientAuthorities | undefined> {
    const rules = config.client_certificates;
    if (rules === undefined) return undefined;
    const path = ['tls', 'client_certificates'];
    const authorities = await this.#pem(rules.authorities, [...path, 'authorities'], 'CERTIFICATE');
    const list = rules.revocation_list;
    const revocationList =
      list === undefined ? undefined : await this.#pem(list, [...path, 'revocation_list'], 'X509 CRL');
    if (authorities === undefined || (list !== undefined && revocationList === undefined)) return previous;
    try {
      for (const block of authorities.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ??
        [])
        new X509Certificate(block);
      createSecureContext({
        ca: authorities,
        ...(revocationList === undefined ? {} : { crl: revocationList }),
      });
      return { authorities, revocationList };
    } catch (error) {
      const names = list === undefined ? rules.authorities : `${rules.authorities} or ${list}`;
      this.tell([...path, 'authorities'], `the runtime does not take ${names}: ${errorText(error)}`);
      return previous;
    }
  }

  /** What parses may still be too weak for the runtime (RSA of 512 bits, SHA-1). */
  #tryOut(read: ServerCertificate, source: CertificateSource): void {
    const {
      requestCert: _,
      rejectUnauthorized: __,
      ...rules
    } = contextOptions(tlsRulesOf(this.#options.config));
    try {
      createSecureContext({ ...rules, cert: read.certificate, key: read.privateKey });
    } catch (error) {
      const message = `the runtime can not serve certificate ${source.certificate}: ${errorText(error)}`;
      throw new CertificateError('certificate', message);
    }
  }

  async #pem(file: string, path: readonly (string | number)[], label: string): Promise<string | undefined> {
    try {
      const text = await readFile(file, 'utf8');
      if (text.includes(`-----BEGIN ${label}-----`)) return text;
      this.tell(path, `${file} holds no PEM block of ${label}`);
    } catch (error) {
      this.tell(path, `${file} can not be read: ${errorText(error)}`);
    }
    return undefined;
  }
}
