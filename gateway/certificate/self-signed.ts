/**
 * A self-signed certificate (RFC 5280) for a gateway that was given none: ECDSA on P-256, good for a
 * machine's own names, so that a first start needs no certificate authority and no openssl.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import * as der from './der.ts';

export interface CertificatePair {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
}

const oid = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** RFC 5280 section 4.2.1.6: numbers of the two kinds of name we write. */
const generalName = { dns: 2, address: 7 } as const;

const dayMs = 86_400_000;
/** Browsers refuse server certificates that live longer. */
const lifetimeDays = 397;
/** Clocks differ: valid a day before it was made. */
const backdateDays = 1;

/**
 * @param names host names and IP addresses for the subject alternative name; the first is the common name.
 */
export function createSelfSigned(names: readonly string[], nowMs: number): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256));
  const commonName = der.sequence(
    der.objectIdentifier(oid.commonName),
    der.utf8String(names[0] ?? 'localhost'),
  );
  const name = der.sequence(der.set(commonName));
  const body = der.sequence(
    der.contextOf(0, der.integer(Uint8Array.of(2))), // version 3
    der.integer(serialNumber()),
    algorithm,
    name,
    der.sequence(
      der.generalizedTime(new Date(nowMs - backdateDays * dayMs)),
      der.generalizedTime(new Date(nowMs + (lifetimeDays - backdateDays) * dayMs)),
    ),
    name,
    publicKeyInfo,
    der.contextOf(3, extensions(names, publicKeyInfo)),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der.sequence(body, algorithm, der.bitString(signature));
  return {
    certificate: pem('CERTIFICATE', certificate),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** 16 random bytes, positive (section 4.1.2.2). */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function extensions(names: readonly string[], publicKeyInfo: Uint8Array): Uint8Array {
  const keyIdentifier = createHash('sha256').update(publicKeyInfo).digest().subarray(0, 20);
  // Section 4.2.1.3: bit 0, digitalSignature; seven bits of the byte are unused.
  const digitalSignature = Uint8Array.of(0x03, 0x02, 0x07, 0x80);
  return der.sequence(
    extension(oid.basicConstraints, true, der.sequence()),
    extension(oid.keyUsage, true, digitalSignature),
    extension(oid.extendedKeyUsage, false, der.sequence(der.objectIdentifier(oid.serverAuth))),
    extension(oid.subjectAltName, false, der.sequence(...names.map(alternativeName))),
    extension(oid.subjectKeyIdentifier, false, der.octetString(keyIdentifier)),
  );
}

function extension(id: string, critical: boolean, content: Uint8Array): Uint8Array {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(id), ...flag, der.octetString(content));
}

function alternativeName(name: string): Uint8Array {
  if (isIPv4(name)) return der.context(generalName.address, Uint8Array.from(name.split('.').map(Number)));
  if (isIPv6(name)) return der.context(generalName.address, ipv6Bytes(name));
  return der.context(generalName.dns, Buffer.from(name));
}

/** The sixteen bytes of an IPv6 address without an embedded IPv4 part. */
function ipv6Bytes(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...left, ...zeros, ...right].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}

function pem(label: string, content: Uint8Array): string {
  const lines =
    Buffer.from(content)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
