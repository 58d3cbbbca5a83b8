/** What the listener needs to know of TLS: what is served, and who is sent away once a request's head is known. */
import type { Socket } from 'bun';
import type { TlsConfig } from '../../config/gateway-tls.ts';
import { Counter } from '../audit/metric.ts';
import { ClientGate, readShownCertificate, type ShownCertificate } from './client-certificate.ts';
import { isNamed } from './tls-contexts.ts';
import type { TlsMaterial } from './tls-material.ts';
import { type TlsRules, tlsRulesOf } from './tls-rules.ts';

export interface CertificateCounters {
  readonly clientsRefused: Counter;
}

export interface DoorTls {
  readonly rules: TlsRules;
  readonly material: TlsMaterial;
  /** Undefined: no client is asked for a certificate. */
  readonly clientGate: ClientGate | undefined;
  /** Whether a client that names a host of no certificate is sent away. */
  readonly refusesUnknownNames: boolean;
}

export type TlsRefusal = { readonly status: 403 | 421; readonly message: string };

export function createCounters(): CertificateCounters {
  const name = 'sluice_client_certificates_refused_total';
  return { clientsRefused: new Counter(name, 'Requests refused for their client certificate, by reason.') };
}

/** @param now milliseconds since the epoch. */
export function doorTlsOf(
  config: TlsConfig,
  material: TlsMaterial,
  { clientsRefused }: CertificateCounters,
  now: () => number,
): DoorTls {
  const clients = config.client_certificates;
  return {
    rules: tlsRulesOf(config),
    material,
    clientGate: clients === undefined ? undefined : new ClientGate(clients, clientsRefused, now),
    refusesUnknownNames: config.unknown_name === 'refuse',
  };
}

/** What the client of a finished handshake showed; undefined when nobody asked. */
export function shownCertificate(tls: DoorTls, socket: Socket<unknown>): ShownCertificate | undefined {
  return tls.clientGate === undefined ? undefined : readShownCertificate(socket);
}

/** Why the first request of a connection is refused; undefined when it may go on. */
export function judgeRequest(
  tls: DoorTls,
  socket: Socket<unknown>,
  shown: ShownCertificate | undefined,
  path: string,
): TlsRefusal | undefined {
  if (tls.refusesUnknownNames) {
    const name = socket.getServername();
    if (typeof name !== 'string' || !isNamed(tls.material, name)) {
      return { status: 421, message: 'this gateway has no certificate for the host that was asked for' };
    }
  }
  return shown === undefined ? undefined : tls.clientGate?.judge(shown, path);
}
