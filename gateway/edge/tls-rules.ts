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
  /** Whether the order of the suites is ours; with strong suites only, the client knows best what it is fast at. */
  readonly serverOrder: boolean;
  /** Every handshake asks for a client certificate; what it is worth is judged when the request is known. */
  readonly asksForCertificate: boolean;
}

const forwardSecretAead = tlsCiphers.filter(name => /^ECDHE-.*(GCM|POLY1305)/.test(name));

/** The hybrid first: what is recorded today stays closed to a quantum computer of later (FIPS 203). */
const curvesByDefault = ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'];

export function tlsRulesOf(config: TlsConfig): TlsRules {
  const isLegacy = config.profile === 'legacy';
  const ciphers = config.ciphers ?? (isLegacy ? tlsCiphers : forwardSecretAead);
  return {
    ...versionRange(config),
    ciphers: ciphers.join(':'),
    curves: (config.curves ?? curvesByDefault).join(':'),
    serverOrder: isLegacy || config.ciphers !== undefined,
    asksForCertificate: config.client_certificates !== undefined,
  };
}

/** The options of rules that Bun.listen and node:tls spell alike. */
export function contextOptions(rules: TlsRules) {
  return {
    ciphers: rules.ciphers,
    ecdhCurve: rules.curves,
    honorCipherOrder: rules.serverOrder,
    secureOptions: rules.serverOrder ? constants.SSL_OP_CIPHER_SERVER_PREFERENCE : 0,
    sessionTimeout: sessionSeconds,
    requestCert: rules.asksForCertificate,
    rejectUnauthorized: false,
  };
}

/** How long a client may resume its session: a working day. */
const sessionSeconds = 8 * 3600;
