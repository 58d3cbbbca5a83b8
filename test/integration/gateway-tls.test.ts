/** What a gateway serves by TLS, looked at with openssl: versions, suites, certificates by name, client certificates. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { CertificateAuthority, type IssuedPair } from '../harness/certificate-authority.ts';
import { type GatewayProcess, mainFile, startGatewayProcess } from '../harness/gateway-process.ts';
import { shakeHands } from '../harness/openssl-client.ts';
import { bunPath, runToEnd } from '../harness/processes.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe.skipIf(!needs('tls-tools'))('a gateway that speaks TLS', () => {
  let authority: CertificateAuthority;
  let folder: TempFolder;
  let standard: IssuedPair;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    folder = await makeTempFolder('tls');
    standard = await authority.issue('standard', { names: ['gate.example'] });
  });

  afterAll(async () => {
    await authority[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const keys = (pair: IssuedPair) => ({ certificate: pair.certificate, private_key: pair.privateKey });

  const start = (tls: object): Promise<GatewayProcess> => startGatewayProcess({ sessions: [], tls });

  const oldClient = ['-cipher', 'ALL:@SECLEVEL=0'];

  async function versionsOf(port: number): Promise<string[]> {
    const found: string[] = [];
    for (const version of ['tls1', 'tls1_1', 'tls1_2', 'tls1_3']) {
      const { cipher } = await shakeHands(port, [`-${version}`, ...oldClient]);
      if (cipher !== undefined) found.push(version);
    }
    return found;
  }

  test('speaks the versions of its profile, and no others', async () => {
    const cases = [
      [{ profile: 'modern' }, ['tls1_3']],
      [{}, ['tls1_2', 'tls1_3']],
      [{ profile: 'legacy' }, ['tls1', 'tls1_1', 'tls1_2', 'tls1_3']],
      [{ minimum_version: '1.1', maximum_version: '1.2', profile: 'legacy' }, ['tls1_1', 'tls1_2']],
    ] as const;
    for (const [tls, versions] of cases) {
      await using gateway = await start({ ...keys(standard), ...tls });
      expect(await versionsOf(gateway.port)).toEqual([...versions]);
    }
  });

  test('takes no suite with CBC or without forward secrecy, unless it is told to', async () => {
    const rsa = await authority.issue('rsa', { names: ['rsa.example'], rsa: true });
    const weak = [
      '-tls1_2',
      '-cipher',
      'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-SHA256:AES128-GCM-SHA256:AES256-SHA',
    ];
    {
      await using gateway = await start(keys(rsa));
      expect((await shakeHands(gateway.port, weak)).alert).toBe('handshake failure');
      expect((await shakeHands(gateway.port, ['-tls1_2'])).cipher).toStartWith('ECDHE-RSA-');
    }
    await using legacy = await start({ ...keys(rsa), profile: 'legacy' });
    expect((await shakeHands(legacy.port, ['-tls1_2', '-cipher', 'AES256-SHA'])).cipher).toBe('AES256-SHA');
  });

  test('holds to suites and curves that are given, in their order', async () => {
    const ciphers = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'];
    await using gateway = await start({ ...keys(standard), ciphers, curves: ['P-384'] });
    const other = ['-tls1_2', '-cipher', [...ciphers].reverse().join(':')];
    const answer = await shakeHands(gateway.port, other);
    expect(answer.cipher).toBe(ciphers[0]);
    expect(answer.output).toContain('secp384r1');
    expect((await shakeHands(gateway.port, ['-curves', 'X25519'])).alert).toBe('handshake failure');
  });

  test('offers http/1.1 and refuses a client that speaks only HTTP/2, with the alert for that', async () => {
    await using gateway = await start(keys(standard));
    expect((await shakeHands(gateway.port, ['-alpn', 'h2,http/1.1'])).protocol).toBe('http/1.1');
    expect((await shakeHands(gateway.port, ['-alpn', 'h2'])).alert).toBe('no application protocol');
    const silent = await shakeHands(gateway.port);
    expect(silent).toMatchObject({ version: 'TLSv1.3', protocol: undefined, asked: false });
  });

  test('agrees on a key that is safe from quantum computers with clients that can', async () => {
    await using gateway = await start(keys(standard));
    const socket = connect({ port: gateway.port, rejectUnauthorized: false, ecdhCurve: 'X25519MLKEM768' });
    const version = await new Promise((resolve, reject) => {
      socket.on('secureConnect', () => resolve(socket.authorizationError === undefined ? '' : 'connected'));
      socket.on('error', reject);
    });
    socket.destroy();
    expect(version).toBe('connected');
  });

  test('sends the whole chain of its file, with a key that a passphrase opens', async () => {
    const pair = await authority.issue('chained', { names: ['chained.example'] });
    const files = { certificate: folder.file('chain.pem'), passphrase_file: folder.file('passphrase') };
    await writeFile(files.certificate, await authority.chainOf(pair));
    await writeFile(files.passphrase_file, 'open sesame\n');
    const encrypted = folder.file('encrypted.key');
    const options = ['-v2', 'aes-256-cbc', '-passout', `file:${files.passphrase_file}`, '-out', encrypted];
    await runToEnd(['openssl', 'pkcs8', '-topk8', '-in', pair.privateKey, ...options]);
    await using gateway = await start({ ...files, private_key: encrypted });
    expect(await shakeHands(gateway.port)).toMatchObject({ commonName: 'chained', chainLength: 2 });
  });

  test('resumes sessions, in TLS 1.2 and 1.3', async () => {
    await using gateway = await start(keys(standard));
    const session = folder.file('session.pem');
    for (const version of ['-tls1_2', '-tls1_3']) {
      const first = await shakeHands(gateway.port, [version, '-sess_out', session], get('/'));
      expect(first.resumed).toBe(false);
      expect((await shakeHands(gateway.port, [version, '-sess_in', session], get('/'))).resumed).toBe(true);
    }
  });

  describe('with several certificates', () => {
    let wildcard: IssuedPair;
    let exact: IssuedPair;
    let certificates: object[];

    beforeAll(async () => {
      wildcard = await authority.issue('wildcard', { names: ['*.lab.example', 'lab.example'] });
      exact = await authority.issue('exact', { names: ['other.example'] });
      certificates = [keys(wildcard), { ...keys(exact), names: ['special.lab.example', 'other.example'] }];
    });

    const nameShown = async (port: number, name: string): Promise<string | undefined> =>
      (await shakeHands(port, name === '' ? ['-noservername'] : ['-servername', name])).commonName;

    test('shows each host its own: the exact name before a wildcard, and a default for the rest', async () => {
      await using gateway = await start({ ...keys(standard), certificates });
      const shown = async (name: string) => nameShown(gateway.port, name);
      expect(await shown('a.lab.example')).toBe('wildcard');
      expect(await shown('A.LAB.example')).toBe('wildcard');
      expect(await shown('lab.example')).toBe('wildcard');
      expect(await shown('special.lab.example')).toBe('exact');
      expect(await shown('other.example')).toBe('exact');
      for (const name of ['b.a.lab.example', 'gate.example', 'nobody.example', ''])
        expect(await shown(name)).toBe('standard');
    });

    test('holds every one of them to the same profile', async () => {
      await using gateway = await start({ ...keys(standard), certificates, profile: 'modern' });
      const answer = await shakeHands(gateway.port, ['-servername', 'other.example', '-tls1_2']);
      expect(answer.alert).toBe('protocol version');
    });

    test('sends clients away that ask for a host of none, if it is told to', async () => {
      await using gateway = await start({ certificates, unknown_name: 'refuse' });
      const status = async (name: string): Promise<number> =>
        statusOf((await shakeHands(gateway.port, ['-servername', name], get('/'))).answer);
      expect(await status('a.lab.example')).toBe(200);
      expect(await status('other.example')).toBe(200);
      expect(await status('nobody.example')).toBe(421);
      expect(statusOf((await shakeHands(gateway.port, ['-noservername'], get('/'))).answer)).toBe(421);
    });

    test('tells in metrics when each expires', async () => {
      await using gateway = await start({ ...keys(standard), certificates });
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
      const values = [...metrics.matchAll(/^sluice_certificate_not_after_seconds\{name="(\S+)"\} (\d+)$/gm)];
      expect(values.map(match => match[1])).toEqual(['default', '*.lab.example', 'special.lab.example']);
      for (const [, , seconds] of values)
        expect(Number(seconds) * 1000).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    });
  });

  describe('with client certificates', () => {
    let anna: IssuedPair;
    let revoked: IssuedPair;
    let expired: IssuedPair;
    let stranger: IssuedPair;
    let strangers: CertificateAuthority;
    let rules: { authorities: string; revocation_list: string; paths: string[] };

    beforeAll(async () => {
      strangers = await CertificateAuthority.create();
      anna = await authority.issue('anna');
      revoked = await authority.issue('revoked');
      expired = await authority.issue('expired', { days: -1 });
      stranger = await strangers.issue('stranger');
      rules = {
        authorities: authority.certificateFile,
        revocation_list: await authority.revoke(revoked),
        paths: ['/desktop/', '/private/'],
      };
    });

    afterAll(() => strangers[Symbol.asyncDispose]());

    async function ask(
      port: number,
      path: string,
      pair?: IssuedPair,
      options: string[] = [],
    ): Promise<string> {
      const shown = pair === undefined ? [] : ['-cert', pair.certificate, '-key', pair.privateKey];
      return (await shakeHands(port, [...shown, ...options], get(path))).answer;
    }

    test('asks for one in the handshake, and needs it on the paths that are named', async () => {
      await using gateway = await start({ ...keys(standard), client_certificates: rules });
      expect((await shakeHands(gateway.port)).asked).toBe(true);
      for (const version of ['-tls1_2', '-tls1_3']) {
        expect(statusOf(await ask(gateway.port, '/', undefined, [version]))).toBe(200);
        expect(statusOf(await ask(gateway.port, '/private/x', anna, [version]))).toBe(404);
        const refused = await ask(gateway.port, '/private/x', undefined, [version]);
        expect(statusOf(refused)).toBe(403);
        expect(refused).toContain('needs a client certificate');
      }
    });

    test('refuses one that expired, was revoked or is of a stranger, and says which and counts it', async () => {
      await using gateway = await start({ ...keys(standard), client_certificates: rules });
      for (const [pair, words] of [
        [expired, 'has expired'],
        [revoked, 'has been revoked'],
        [stranger, 'not signed by an authority'],
      ] as const) {
        const answer = await ask(gateway.port, '/private/x', pair);
        expect([statusOf(answer), answer]).toEqual([403, expect.stringContaining(words)]);
      }
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
      for (const reason of ['expired', 'revoked', 'untrusted'])
        expect(metrics).toContain(`sluice_client_certificates_refused_total{reason="${reason}"} 1\n`);
    });

    test('judges every request of a connection, not only the first', async () => {
      await using gateway = await start({ ...keys(standard), client_certificates: rules });
      const two = (path: string): string => `GET / HTTP/1.1\r\nHost: a\r\n\r\n${get(path)}`;
      const { answer } = await shakeHands(gateway.port, [], two('/x/..//%70rivate/y'));
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403']);
    });

    test('writes into the audit trail who a verified certificate names', async () => {
      await using gateway = await start({ ...keys(standard), client_certificates: rules });
      const upgrade = [
        'GET /desktop/11111111-1111-4111-8111-111111111111/vnc/websockify HTTP/1.1',
        ...['Host: a', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
        ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''],
      ].join('\r\n');
      const { answer } = await shakeHands(
        gateway.port,
        ['-cert', anna.certificate, '-key', anna.privateKey],
        upgrade,
      );
      expect(statusOf(answer)).toBe(404);
      const trail = await readFile(join(gateway.folder, 'data', 'audit-refused.ndjson'), 'utf8');
      expect(JSON.parse(trail)).toMatchObject({ event: 'stream_refused', subject: 'CN=anna, O=Example' });
    });

    test('refuses a resumed session of a bad certificate like the first', async () => {
      await using gateway = await start({ ...keys(standard), client_certificates: rules });
      const session = folder.file('bad-session.pem');
      const options = ['-sess_out', session];
      expect(statusOf(await ask(gateway.port, '/private/', revoked, options))).toBe(403);
      const again = await shakeHands(gateway.port, ['-sess_in', session], get('/private/'));
      expect([again.resumed, statusOf(again.answer)]).toEqual([true, 403]);
    });

    test('lets clients without one in where it is optional, but none with a bad one', async () => {
      await using gateway = await start({
        ...keys(standard),
        client_certificates: { ...rules, mode: 'optional' },
      });
      expect(statusOf(await ask(gateway.port, '/private/x'))).toBe(404);
      expect(statusOf(await ask(gateway.port, '/private/x', stranger))).toBe(403);
    });
  });

  test('is refused by --check at the line of each file that does not fit', async () => {
    const late = await authority.issue('late', { names: ['late.example'], days: -1 });
    const config = folder.file('gateway.yaml');
    const text = [
      'sessions: []',
      'tls:',
      `  certificate: ${standard.certificate}`,
      `  private_key: ${late.privateKey}`,
      '  certificates:',
      `    - certificate: ${late.certificate}`,
      `      private_key: ${late.privateKey}`,
      '    - { certificate: none.pem, private_key: none.key }',
    ];
    await writeFile(config, `${text.join('\n')}\n`);
    const { exitCode, stderr } = await runToEnd([bunPath, mainFile, '--config', config, '--check']);
    expect(exitCode).toBe(1);
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toStartWith(`${config}:4:3: private key ${late.privateKey} does not belong to`);
    expect(lines[1]).toMatch(/gateway\.yaml:6:7: certificate .*late\.pem expired at /);
    expect(lines[2]).toMatch(/gateway\.yaml:8:9: certificate .*none\.pem can not be read/);
  });

  test('starts with a certificate that expired, and says so', async () => {
    const late = await authority.issue('overdue', { names: ['late.example'], days: -1 });
    await using gateway = await start(keys(late));
    expect((await shakeHands(gateway.port)).commonName).toBe('overdue');
    expect(gateway.logLines()).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'a certificate has expired', name: 'default' }),
    );
  });

  test('warns of a certificate that expires within days', async () => {
    const soon = await authority.issue('soon', { names: ['soon.example'], days: 10 });
    await using gateway = await start({ certificates: [keys(soon)] });
    await waitFor('the warning', () =>
      gateway
        .logLines()
        .some(line => line.message === 'a certificate expires soon' && line.name === 'soon.example'),
    );
    expect(await readFile(soon.certificate, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
