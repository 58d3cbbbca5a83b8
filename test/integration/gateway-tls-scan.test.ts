/** What scanners that auditors use find at a gateway with the default profile. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { CertificateAuthority } from '../harness/certificate-authority.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { runToEnd } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';

interface Finding {
  readonly id: string;
  readonly severity: 'DEBUG' | 'INFO' | 'WARN' | 'OK' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' | 'FATAL';
  readonly finding: string;
}

const scanMs = 180_000;
/** What a certificate of a test can not have: a public authority behind it that tells what it revoked. */
const ofTheCertificate = new Set(['cert_revocation', 'cert_chain_of_trust']);

describe.skipIf(!needs('tls-tools'))('a gateway with the profile intermediate', () => {
  let authority: CertificateAuthority;
  let folder: TempFolder;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    folder = await makeTempFolder('scan');
    const pair = await authority.issue('localhost', { names: ['localhost'] });
    gateway = await startGatewayProcess({
      sessions: [],
      tls: { certificate: pair.certificate, private_key: pair.privateKey },
    });
  });

  afterAll(async () => {
    for (const each of [gateway, authority, folder]) await each?.[Symbol.asyncDispose]();
  });

  test(
    'has nothing that testssl.sh rates above LOW',
    async () => {
      const report = folder.file('testssl.json');
      // Protocols, suites, their order, the certificate, vulnerabilities; the rest repeats them or simulates clients.
      const checks = ['-p', '-s', '-P', '-S', '-U'];
      const quiet = ['--quiet', '--color', '0', '--warnings', 'batch', '--nodns', 'none'];
      const target = `localhost:${gateway.port}`;
      await runToEnd(['testssl', ...quiet, ...checks, '--ip', '127.0.0.1', '--jsonfile', report, target], {
        timeMs: scanMs,
      });
      const findings = JSON.parse(await readFile(report, 'utf8')) as Finding[];
      const byId = new Map(findings.map(each => [each.id, each]));
      // All parts of the scan took place.
      for (const id of ['TLS1_3', 'cert_notAfter', 'heartbleed', 'ROBOT', 'LUCKY13']) {
        expect([id, byId.get(id)?.severity]).toEqual([id, 'OK']);
      }
      const bad = findings.filter(
        ({ id, severity }) =>
          ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'].includes(severity) && !ofTheCertificate.has(id),
      );
      expect(bad).toEqual([]);
    },
    scanMs + 10_000,
  );

  test(
    'shows sslscan TLS 1.2 and 1.3, suites with forward secrecy and AEAD alone, and no weakness',
    async () => {
      const { stdout } = await runToEnd(['sslscan', '--no-colour', '--xml=-', `127.0.0.1:${gateway.port}`], {
        timeMs: scanMs,
      });
      const enabled = [...stdout.matchAll(/<protocol type="(\w+)" version="([\d.]+)" enabled="1"/g)];
      expect(enabled.map(match => `${match[1]} ${match[2]}`)).toEqual(['tls 1.2', 'tls 1.3']);
      const suites = [...stdout.matchAll(/<cipher [^>]*cipher="([^"]+)"/g)].map(match => match[1]);
      expect(suites.sort()).toEqual([
        'ECDHE-ECDSA-AES128-GCM-SHA256',
        'ECDHE-ECDSA-AES256-GCM-SHA384',
        'ECDHE-ECDSA-CHACHA20-POLY1305',
        'TLS_AES_128_GCM_SHA256',
        'TLS_AES_256_GCM_SHA384',
        'TLS_CHACHA20_POLY1305_SHA256',
      ]);
      expect(stdout).not.toMatch(/vulnerable="1"|<compression supported="1"/);
      expect(stdout).toMatch(/<renegotiation supported="0"/);
    },
    scanMs,
  );
});
