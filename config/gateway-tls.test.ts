import { describe, expect, test } from 'bun:test';
import { createSecureContext } from 'node:tls';
import { tlsCiphers, tlsCurves, tlsSchema } from './gateway-tls.ts';
import { ConfigError, parseConfig } from './read-config.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig('tls.yaml', text, tlsSchema);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the section tls', () => {
  test('takes a certificate and its key alone, as it always did', () => {
    expect(parseConfig('/etc/tls.yaml', '{certificate: c.pem, private_key: k.pem}', tlsSchema)).toEqual({
      certificate: '/etc/c.pem',
      private_key: '/etc/k.pem',
    });
  });

  test('takes paths that count from its own folder, also for passphrases and client authorities', () => {
    const text = `certificates: [{certificate: c.pem, private_key: k.pem, passphrase_file: p, names: [A.Example]}]
client_certificates: {authorities: ca.pem, revocation_list: crl.pem}`;
    expect(parseConfig('/etc/tls.yaml', text, tlsSchema)).toMatchObject({
      certificates: [{ passphrase_file: '/etc/p', names: ['a.example'] }],
      client_certificates: {
        authorities: '/etc/ca.pem',
        revocation_list: '/etc/crl.pem',
        mode: 'required',
        paths: ['/'],
      },
    });
  });

  test('is refused with a reason for what the runtime can not do', () => {
    const cases: readonly [text: string, sentence: string][] = [
      ['ocsp_stapling: true', 'can not staple OCSP answers'],
      ['dh_parameters: dh.pem', 'no finite-field Diffie-Hellman'],
      ['session_ticket_keys: [a]', 'makes its ticket keys itself'],
      ['ciphers: [DHE-RSA-AES128-GCM-SHA256]', 'finite-field Diffie-Hellman'],
      ['ciphers: [TLS_AES_128_GCM_SHA256]', 'belongs to TLS 1.3'],
      ['ciphers: [RC4-SHA]', 'is not served'],
      ['ciphers: [ECDHE-RSA-CAMELLIA128-SHA256]', 'no cipher suite the runtime has'],
      ['curves: [X448]', 'curves.0'],
      ['minimum_version: "0.9"', 'minimum_version'],
    ];
    for (const [text, sentence] of cases) {
      expect(problemsOf(text), text).toEqual([expect.stringContaining(sentence)]);
    }
  });

  test('is refused where its keys contradict each other', () => {
    const cases: readonly [text: string, sentence: string][] = [
      ['certificate: c.pem', 'a certificate needs its private_key'],
      ['private_key: k.pem', 'private_key belongs to a certificate, and there is none'],
      [
        '{profile: modern, maximum_version: "1.2"}',
        'no version is left between 1.3 (minimum) and 1.2 (maximum)',
      ],
      ['{profile: modern, ciphers: [AES128-SHA]}', 'chosen for TLS 1.2 and below'],
      ['{maximum_version: "1.2", curves: [X25519MLKEM768]}', 'needs TLS 1.3'],
      ['certificates: [{certificate: c, private_key: k, names: [a.b, A.b]}]', 'a.b is named twice'],
      ['certificates: [{certificate: c, private_key: k, names: [10.0.0.1]}]', 'clients name no IP addresses'],
      ['certificates: [{certificate: c, private_key: k, names: [a.*.b]}]', 'must be a host name'],
      ['client_certificates: {authorities: ca, paths: [api]}', 'must begin with a slash'],
      ...['/a;b/', '/a//b', '//', '/a/../b', '/a/..', '/./a', '/a#b'].map(
        path =>
          [`client_certificates: {authorities: ca, paths: ["${path}"]}`, 'would cover nothing'] as [
            string,
            string,
          ],
      ),
    ];
    for (const [text, sentence] of cases) {
      expect(problemsOf(text), text).toEqual([expect.stringContaining(sentence)]);
    }
  });

  test('takes paths with dots that are names', () => {
    for (const path of ['/', '/api', '/api/', '/.well-known/', '/a..b/c.d', '/a/...']) {
      expect(problemsOf(`client_certificates: {authorities: ca, paths: ["${path}"]}`), path).toEqual([]);
    }
  });

  test('lists only suites and curves that the runtime takes', () => {
    for (const ciphers of tlsCiphers) expect(() => createSecureContext({ ciphers })).not.toThrow();
    for (const ecdhCurve of tlsCurves) expect(() => createSecureContext({ ecdhCurve })).not.toThrow();
    expect(() => createSecureContext({ ecdhCurve: 'X448' })).toThrow();
  });
});
