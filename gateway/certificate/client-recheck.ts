/**
 * Client certificates of connections that are open when the authorities or the list of revoked ones change. TLS judges
 * at the handshake only; here the same is asked again, of the certificate that was shown then.
 */
import { X509Certificate } from 'node:crypto';
import type { CertificateRefusal } from './client-certificate.ts';
import { type DerValue, readValues } from './der-reader.ts';
import type { ClientAuthorities } from './tls-material.ts';

/** Why a certificate (DER) that was believed is not any more; undefined: it still is. */
export type Recheck = (certificate: Uint8Array) => Exclude<CertificateRefusal, 'missing'> | undefined;

const tag = { integer: 0x02, sequence: 0x30, version: 0xa0 } as const;
const chainLengthMax = 8;

/** @returns undefined when nothing has changed that a certificate hangs on */
export function createRecheck(
  before: ClientAuthorities | undefined,
  now: ClientAuthorities | undefined,
): Recheck | undefined {
  if (now === undefined || before === undefined) return undefined;
  const sameAuthorities = before.authorities === now.authorities;
  if (sameAuthorities && before.revocationList === now.revocationList) return undefined;
  const revoked = new Set(pemBlocks(now.revocationList ?? '', 'X509 CRL').flatMap(readRevoked));
  const authorities = pemBlocks(now.authorities, 'CERTIFICATE').map(der => new X509Certificate(der));
  return certificate => {
    try {
      const chain = chainOf(new X509Certificate(certificate), authorities);
      if (chain.some(({ raw }) => revoked.has(readSerial(raw)))) return 'revoked';
      const last = chain.at(-1);
      const isWhole = last !== undefined && isIssuedBy(last, last) && isAmong(last, authorities);
      // Certificates between it and its authority, which the client sent along, are not kept: with the same
      // authorities it is believed as before, with others it has to be shown again.
      return isWhole || sameAuthorities ? undefined : 'untrusted';
    } catch {
      return 'untrusted';
    }
  };
}

const isIssuedBy = (one: X509Certificate, by: X509Certificate): boolean =>
  one.checkIssued(by) && one.verify(by.publicKey);

const isAmong = (one: X509Certificate, all: readonly X509Certificate[]): boolean =>
  all.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256);

/** From the certificate to the last authority that is known. */
function chainOf(certificate: X509Certificate, authorities: readonly X509Certificate[]): X509Certificate[] {
  const chain = [certificate];
  while (chain.length < chainLengthMax) {
    const last = chain.at(-1)!;
    if (isIssuedBy(last, last)) break;
    const issuer = authorities.find(authority => isIssuedBy(last, authority));
    if (issuer === undefined) break;
    chain.push(issuer);
  }
  return chain;
}

function pemBlocks(text: string, label: string): Buffer[] {
  const block = new RegExp(`-----BEGIN ${label}-----([^-]+)-----END ${label}-----`, 'g');
  return [...text.matchAll(block)].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
}

/** RFC 5280 section 5.1: who is on the list, as `readSerial` names them. @throws RangeError */
function readRevoked(list: Uint8Array): string[] {
  const parts = membersOf(membersOf(readValues(list)[0])[0]);
  const start = parts[0]?.tag === tag.integer ? 1 : 0;
  const issuer = nameText(parts[start + 1]);
  // Behind the issuer stand one time or two, then the list, if anybody is on it.
  const entries = parts.slice(start + 2).find(part => part.tag === tag.sequence);
  return membersOf(entries).map(entry => `${issuer} ${serialText(membersOf(entry)[0])}`);
}

/** RFC 5280 section 4.1: a certificate's issuer and number. @throws RangeError */
function readSerial(certificate: Uint8Array): string {
  const parts = membersOf(membersOf(readValues(certificate)[0])[0]);
  const start = parts[0]?.tag === tag.version ? 1 : 0;
  return `${nameText(parts[start + 2])} ${serialText(parts[start])}`;
}

function membersOf(value: DerValue | undefined): DerValue[] {
  return value === undefined ? [] : readValues(value.content);
}

const serialText = (value: DerValue | undefined): string =>
  Buffer.from(value?.content ?? [])
    .toString('hex')
    .replace(/^(00)+/, '');

/** Names are the same in capitals and small letters, and in any kind of string (RFC 5280 section 7.1). */
function nameText(name: DerValue | undefined): string {
  return membersOf(name)
    .flatMap(membersOf)
    .map(attribute => {
      const [type, text] = membersOf(attribute);
      const value = Buffer.from(text?.content ?? [])
        .toString()
        .toLowerCase();
      return `${Buffer.from(type?.content ?? []).toString('hex')}=${JSON.stringify(value)}`;
    })
    .join();
}
