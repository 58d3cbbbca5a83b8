/** Certificates that change under a running gateway. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { CertificateAuthority, type IssuedPair } from '../harness/certificate-authority.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { shakeHands } from '../harness/openssl-client.ts';
import { needs } from '../harness/requirements.ts';
import { keyEvent } from '../harness/rfb-viewer.ts';
import { openStream } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';

describe.skipIf(!needs('tls-tools'))('a gateway whose certificates change', () => {
  let authority: CertificateAuthority;
  let server: KasmvncServer;
  let first: IssuedPair;
  let second: IssuedPair;
  let folder: TempFolder;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    server = await KasmvncServer.start({ width: 256, height: 256 });
    first = await authority.issue('first', { names: ['first.example'] });
    second = await authority.issue('second', { names: ['second.example'] });
  });

  afterAll(async () => {
    await authority[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    folder = await makeTempFolder('certificates');
    await place(first);
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  /** Where the gateway reads its pair. */
  const files = () => ({ certificate: folder.file('live.pem'), private_key: folder.file('live.key') });

  async function place(pair: IssuedPair, key = pair.privateKey): Promise<void> {
    await copyFile(key, files().private_key);
    await copyFile(pair.certificate, files().certificate);
  }

  const session = { id: sessionId, token, protocol: 'rfb' };

  const start = (tls: object = files()): Promise<GatewayProcess> =>
    startGatewayProcess({ tls, sessions: [{ ...session, upstream: `ws://127.0.0.1:${server.port}/` }] });

  const shown = async (gateway: GatewayProcess, name = 'nobody.example'): Promise<string | undefined> =>
    (await shakeHands(gateway.port, ['-servername', name])).commonName;

  const logged = (gateway: GatewayProcess, message: string) =>
    waitFor(`the line "${message}"`, () => gateway.logLines().find(line => line.message === message));

  const metricsOf = async (gateway: GatewayProcess): Promise<string> =>
    (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();

  async function hangUp(gateway: GatewayProcess, message: string): Promise<void> {
    gateway.process.kill('SIGHUP');
    await logged(gateway, message);
  }

  test('serves the new one after SIGHUP, while a stream goes on and loses no byte in either direction', async () => {
    await using gateway = await start({ ...files(), watch: false });
    const [up, down, wanted] = [createHash('sha256'), createHash('sha256'), createHash('sha256')];
    const index = server.desktops.length;
    let received = Buffer.alloc(0);
    let counted = -1;
    await using stream = await openStream({
      port: gateway.port,
      sessionId,
      token,
      onPayload: payload => {
        if (counted < 0) received = Buffer.concat([received, payload]);
        else {
          counted += payload.length;
          down.update(payload);
        }
      },
    });
    stream.send(Buffer.from('RFB 003.008\n\u0001\u0001'));
    const desktop = await server.desktop(index);
    await waitFor('ServerInit', () => received.includes('kasm'));
    counted = 0;
    const before = desktop.receivedBytes;
    let sentUp = 0;
    let sentDown = 0;
    const traffic = setInterval(() => {
      const key = keyEvent(0x61 + (sentUp % 26), sentUp % 2 === 0);
      sentUp += key.length;
      up.update(key);
      stream.send(key);
      const update = rawUpdate(256, 256, sentDown % 251);
      sentDown += update.length;
      wanted.update(update);
      desktop.send(update);
    }, 2);
    try {
      for (const [pair, name] of [
        [second, 'second'],
        [first, 'first'],
        [second, 'second'],
      ] as const) {
        const at = counted;
        await place(pair);
        gateway.process.kill('SIGHUP');
        await waitFor('the new certificate', async () => (await shown(gateway)) === name);
        await waitFor('the stream to go on', () => counted > at + 1_000_000);
      }
    } finally {
      clearInterval(traffic);
    }
    await waitFor('every byte down', () => counted >= sentDown);
    await waitFor('every byte up', () => desktop.receivedBytes - before >= sentUp);
    expect([counted, down.digest('hex')]).toEqual([sentDown, wanted.digest('hex')]);
    expect(desktop.receivedBytes - before).toBe(sentUp);
    expect(stream.closed).toBe(false);
    expect(await metricsOf(gateway)).toContain('sluice_certificate_reloads_total{result="taken"} 3\n');
  }, 60_000);

  test('notices by itself that files were replaced', async () => {
    await using gateway = await start();
    expect(await shown(gateway)).toBe('first');
    await place(second);
    await logged(gateway, 'serving new certificates');
    expect(await shown(gateway)).toBe('second');
  });

  test('notices symbolic links that are swapped, as ACME clients do it', async () => {
    const live = folder.file('live');
    await mkdir(live);
    const tls = {
      certificate: folder.file('live', 'fullchain.pem'),
      private_key: folder.file('live', 'privkey.pem'),
    };
    const point = async (pair: IssuedPair): Promise<void> => {
      for (const [file, target] of [
        [tls.private_key, pair.privateKey],
        [tls.certificate, pair.certificate],
      ] as const) {
        await rm(`${file}.new`, { force: true });
        await symlink(target, `${file}.new`);
        await rename(`${file}.new`, file);
      }
    };
    await point(first);
    await using gateway = await start(tls);
    await point(second);
    await logged(gateway, 'serving new certificates');
    expect(await shown(gateway)).toBe('second');
  });

  test('refuses a key of another certificate, an expired one and no certificate at all, and serves the old one on', async () => {
    const late = await authority.issue('late', { names: ['late.example'], days: -1 });
    await using gateway = await start();
    const refused = 'a certificate is refused, the one before it is served on';
    const reasons = (): string[] =>
      gateway
        .logLines()
        .filter(line => line.message === refused)
        .map(line => String(line.error));
    const steps: readonly [change: () => Promise<void>, reason: string][] = [
      [() => place(second, first.privateKey), 'does not belong to'],
      [() => place(late), 'expired at'],
      [() => writeFile(files().certificate, 'half a cert'), 'is no PEM certificate'],
    ];
    for (const [change, reason] of steps) {
      await change();
      await waitFor(`the reason "${reason}"`, () => reasons().some(each => each.includes(reason)));
      expect(await shown(gateway)).toBe('first');
    }
    expect(await metricsOf(gateway)).toMatch(/^sluice_certificate_reloads_total\{result="refused"\} [3-9]$/m);
    await place(second);
    await logged(gateway, 'serving new certificates');
    expect(await shown(gateway)).toBe('second');
  });

  test('of several takes the good ones and keeps the old one of the pair that is bad', async () => {
    const other = await authority.issue('other', { names: ['other.example'] });
    const renewed = await authority.issue('renewed', { names: ['other.example'] });
    const named = { certificate: folder.file('other.pem'), private_key: folder.file('other.key') };
    await copyFile(other.certificate, named.certificate);
    await copyFile(other.privateKey, named.private_key);
    await using gateway = await start({ ...files(), certificates: [named], watch: false });
    expect(await shown(gateway, 'other.example')).toBe('other');
    await writeFile(files().certificate, 'broken');
    await copyFile(renewed.certificate, named.certificate);
    await copyFile(renewed.privateKey, named.private_key);
    await hangUp(gateway, 'refused, all goes on as it was');
    expect([await shown(gateway), await shown(gateway, 'other.example')]).toEqual(['first', 'other']);
    await place(second);
    await hangUp(gateway, 'serving new certificates');
    expect([await shown(gateway), await shown(gateway, 'other.example')]).toEqual(['second', 'renewed']);
  });

  test('resumes sessions of the new certificate, and shakes hands anew with those of the old one', async () => {
    await using gateway = await start();
    const ticket = folder.file('ticket.pem');
    const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    await shakeHands(gateway.port, ['-sess_out', ticket], ask);
    expect((await shakeHands(gateway.port, ['-sess_in', ticket], ask)).resumed).toBe(true);
    await place(second);
    await logged(gateway, 'serving new certificates');
    const anew = await shakeHands(gateway.port, ['-sess_in', ticket, '-sess_out', ticket], ask);
    expect(anew).toMatchObject({
      resumed: false,
      commonName: 'second',
      answer: expect.stringContaining('200'),
    });
    expect((await shakeHands(gateway.port, ['-sess_in', ticket], ask)).resumed).toBe(true);
  });

  test('keeps asking for client certificates, and believes a new list of revoked ones at once', async () => {
    const anna = await authority.issue('anna');
    const list = folder.file('revoked.pem');
    await copyFile(await authority.revoke(first), list);
    const clients = { authorities: authority.certificateFile, revocation_list: list };
    await using gateway = await start({ ...files(), client_certificates: clients });
    const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const ticket = folder.file('anna.pem');
    const shows = ['-cert', anna.certificate, '-key', anna.privateKey];
    const before = await shakeHands(gateway.port, [...shows, '-sess_out', ticket], ask);
    expect(before.answer).toStartWith('HTTP/1.1 200');
    await copyFile(await authority.revoke(anna), list);
    await logged(gateway, 'serving new certificates');
    for (const options of [[], ['-sess_in', ticket]]) {
      const after = await shakeHands(gateway.port, [...shows, ...options], ask);
      expect(after.answer).toContain('has been revoked');
    }
  });

  test('ends what is open by a client certificate that is believed no more, and nothing else', async () => {
    const [zoe, yves] = [await authority.issue('zoe'), await authority.issue('yves')];
    const list = folder.file('revoked.pem');
    await copyFile(await authority.revoke(await authority.issue('nobody')), list);
    const authorities = folder.file('authorities.pem');
    await copyFile(authority.certificateFile, authorities);
    const clients = { authorities, revocation_list: list };
    await using gateway = await start({ ...files(), client_certificates: clients });
    const credentials = async (pair: IssuedPair) => ({
      cert: await readFile(pair.certificate, 'utf8'),
      key: await readFile(pair.privateKey, 'utf8'),
    });
    const open = async (pair: IssuedPair) =>
      openStream({ port: gateway.port, sessionId, token, certificate: await credentials(pair) });
    await using revoked = await open(zoe);
    await using kept = await open(yves);
    const idle = connect({
      ...{ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false },
      ...(await credentials(zoe)),
    });
    idle.on('error', () => {});
    idle.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    const closed = new Promise<void>(resolve => idle.on('close', () => resolve()));
    await copyFile(await authority.revoke(zoe), list);
    expect(await revoked.ended()).toEqual({
      code: 1008,
      reason: 'the client certificate has been revoked',
    });
    await closed;
    kept.sendFrame(9, Buffer.from('still here'));
    await waitFor('the pong', () => kept.pongs.length === 1);
    await using stranger = await CertificateAuthority.create();
    await copyFile(await stranger.revoke(await stranger.issue('nobody')), list);
    await copyFile(stranger.certificateFile, authorities);
    expect(await kept.ended()).toEqual({
      code: 1008,
      reason: 'the client certificate is not signed by an authority this gateway trusts',
    });
    const line = gateway.logLines().find(({ closeReason }) => closeReason === 'token_revoked');
    expect(JSON.stringify(line)).toContain('has been revoked');
  });

  test('changes in every process that serves the port', async () => {
    const listen = { host: '127.0.0.1', port: 0, workers: 2 };
    const tls = { ...files(), watch: false };
    await using gateway = await startGatewayProcess({ listen, tls, sessions: [] });
    await place(second);
    gateway.process.kill('SIGHUP');
    const changed = () => gateway.logLines().filter(line => line.message === 'serving new certificates');
    await waitFor('both workers to change', () => changed().length === 2);
    expect(new Set(changed().map(line => line.worker))).toEqual(new Set([1, 2]));
    const names = await Promise.all(Array.from({ length: 8 }, () => shown(gateway)));
    expect(new Set(names)).toEqual(new Set(['second']));
    const metrics = await metricsOf(gateway);
    expect(metrics.match(/^sluice_certificate_not_after_seconds\{name="default"\} \d+$/gm)).toHaveLength(1);
  });

  test('serves no more for a name what is in no certificate for it any more', async () => {
    const pair = await authority.issue('both', { names: ['one.example', 'two.example'] });
    const fewer = await authority.issue('fewer', { names: ['one.example'] });
    const named = { certificate: folder.file('named.pem'), private_key: folder.file('named.key') };
    await copyFile(pair.privateKey, named.private_key);
    await copyFile(pair.certificate, named.certificate);
    await using gateway = await start({ ...files(), certificates: [named] });
    expect(await shown(gateway, 'two.example')).toBe('both');
    await copyFile(fewer.privateKey, named.private_key);
    await copyFile(fewer.certificate, named.certificate);
    await waitFor('the new certificate', async () => (await shown(gateway, 'one.example')) === 'fewer');
    expect(await shown(gateway, 'two.example')).toBe('first');
  });
});
