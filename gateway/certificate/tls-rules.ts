/** What a configuration asks of every handshake, in the runtime's terms (docs/tls.md has the table for operators). */
import { constants } from 'node:crypto';
import { type TlsConfig, type TlsVersion, tlsCiphers, versionRange } from '../../config/gateway-tls.ts';

export interface TlsRules {
  readonly minimum: TlsVersion;
  readonly maximum: TlsVersion;
  /** Suites of TLS 1.2 and below in order of preference, joined by colons. */
  readonly ciphers: string;
  /** In order of preference, joined by colons. */
  readonly curves: string;
  /** Every handshake asks for a client certificate; what it is worth is judged when the request is known. */
  readonly asksForCertificate: boolean;
}

/**
 * With forward secrecy and without CBC. The order is ours, but between those in brackets the client's choice counts
 * (BoringSSL's equal-preference groups): a phone without AES in hardware is faster with ChaCha20.
 */
const forwardSecret = ['ECDSA', 'RSA'].map(
  kind => `[ECDHE-${kind}-AES128-GCM-SHA256|ECDHE-${kind}-CHACHA20-POLY1305]:ECDHE-${kind}-AES256-GCM-SHA384`,
);

/** The hybrid first: what is recorded today stays closed to a quantum computer of later (FIPS 203). */
const curvesByDefault = ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'];

export function tlsRulesOf(config: TlsConfig): TlsRules {
  const isLegacy = config.profile === 'legacy';
  const others = tlsCiphers.filter(name => !/^ECDHE-.*(GCM|POLY1305)/.test(name));
  const ciphers = config.ciphers ?? (isLegacy ? [...forwardSecret, ...others] : forwardSecret);
  return {
    ...versionRange(config),
    ciphers: ciphers.join(':'),
    curves: (config.curves ?? curvesByDefault).join(':'),
    asksForCertificate: config.client_certificates !== undefined,
  };
}

/** The options of rules that Bun.listen and node:tls spell alike. */
export function contextOptions(rules: TlsRules) {
  return {
    ciphers: rules.ciphers,
    ecdhCurve: rules.curves,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
    sessionTimeout: sessionSeconds,
    requestCert: rules.asksForCertificate,
    rejectUnauthorized: false,
  };
}

/** How long a client may resume its session: a working day. */
const sessionSeconds = 8 * 3600;
