/**
 * Which certificate a handshake gets. `Bun.listen` takes one; the others are added to the running listener the way
 * the runtime's own node:tls server does it, which chooses by the name in the client's hello, natively and before
 * any of our code runs. The same way replaces certificates under running connections: each keeps what its handshake
 * began with (docs/decisions/0008-certificates-by-name.md).
 */
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:tls';
import type { TCPSocketListener, TLSOptions } from 'bun';
import type { TlsVersion } from '../../config/gateway-tls.ts';
import type { ServerCertificate } from './tls-certificate.ts';
import type { TlsMaterial } from './tls-material.ts';
import { contextOptions, type TlsRules } from './tls-rules.ts';

/** ProtocolVersion as it stands in a hello, RFC 8446 section 4.1.2. */
const versionNumbers: Readonly<Record<TlsVersion, number>> = {
  '1.0': 0x0301,
  '1.1': 0x0302,
  '1.2': 0x0303,
  '1.3': 0x0304,
};

/** As node:tls spells them. */
const versionNames = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
} as const satisfies Record<TlsVersion, string>;

/** RFC 7301 section 3.1: each name behind its length. Who offers only others gets no_application_protocol. */
const http1Only = Buffer.from('\x08http/1.1', 'latin1');

/** For `tls` of Bun.listen. */
export function listenOptions(rules: TlsRules, material: TlsMaterial): TLSOptions {
  return {
    ...contextOptions(rules),
    ...pieces(material.standard, material),
    minVersion: versionNumbers[rules.minimum],
    maxVersion: versionNumbers[rules.maximum],
    ALPNProtocols: http1Only,
  } as TLSOptions;
}

/** The certificates of one running listener. */
export class ListenerCertificates {
  readonly #listener: TCPSocketListener<unknown>;
  readonly #names = new Set<string>();

  /** @param material as its standard certificate was given to Bun.listen. */
  constructor(listener: TCPSocketListener<unknown>, rules: TlsRules, material: TlsMaterial) {
    this.#listener = listener;
    if (material.named.length > 0) this.#nameAll(this.#carrier(rules), rules, material);
  }

  /** For handshakes from now on. @param material that has been tried out. */
  replace(rules: TlsRules, material: TlsMaterial): void {
    const carrier = this.#carrier(rules);
    carrier.setSecureContext(contextFor(rules, material.standard, material));
    this.#nameAll(carrier, rules, material);
  }

  /** A server that never listens: it lends its methods, which work on the listener in `_handle`. */
  #carrier(rules: TlsRules): Server {
    const { requestCert, rejectUnauthorized } = contextOptions(rules);
    const carrier = createServer({ requestCert, rejectUnauthorized, ALPNProtocols: http1Only });
    return Object.assign(carrier, { _handle: this.#listener });
  }

  #nameAll(carrier: Server, rules: TlsRules, material: TlsMaterial): void {
    const names = new Set(material.named.flatMap(each => each.names));
    for (const { names: own, certificate } of material.named) {
      for (const name of own) carrier.addContext(name, contextFor(rules, certificate, material));
    }
    // A name can't be taken back: one that is in no certificate any more gets what unknown names get.
    for (const name of this.#names) {
      if (!names.has(name)) carrier.addContext(name, contextFor(rules, material.standard, material));
    }
    for (const name of names) this.#names.add(name);
  }
}

/** As node:tls takes it. */
function contextFor(rules: TlsRules, certificate: ServerCertificate, material: TlsMaterial) {
  return {
    ...contextOptions(rules),
    ...pieces(certificate, material),
    minVersion: versionNames[rules.minimum],
    maxVersion: versionNames[rules.maximum],
  };
}

function pieces({ certificate, privateKey }: ServerCertificate, { clients }: TlsMaterial) {
  return {
    cert: certificate,
    key: privateKey,
    ...authorities(certificate, clients?.authorities),
    ...(clients?.revocationList === undefined ? {} : { crl: clients.revocationList }),
  };
}

/**
 * For a certificate without a chain the TLS library looks for its issuer in every handshake, among the system's
 * authorities: files that it opens, in vain for one that issued itself. Named as its own authority it is found at
 * once. Where no client is asked for a certificate, the authorities serve nothing else.
 */
function authorities(certificate: string, ofClients: string | undefined): { readonly ca?: string } {
  if (ofClients !== undefined) return { ca: ofClients };
  const { issuer, subject } = new X509Certificate(certificate);
  return issuer === subject ? { ca: certificate } : {};
}

/** Whether a certificate was chosen for this name, by the runtime's rule: exact, or one label under a `*.`. */
export function isNamed(material: TlsMaterial, name: string): boolean {
  const lower = name.toLowerCase();
  const wildcard = `*.${lower.slice(lower.indexOf('.') + 1)}`;
  const matches = (own: string): boolean => own === lower || (lower.includes('.') && own === wildcard);
  return material.named.some(({ names }) => names.some(matches)) || material.standard.names.some(matches);
}
