/** Clients that fall silent while the gateway ends their connection, as a suspended machine does or an attacker. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { HungWay } from '../harness/hung-way.ts';
import { SequenceDesktop } from '../harness/sequence-desktop.ts';
import { openStream } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'a-token-of-some-length';
const atOnce = 8;

describe('a client that takes part no more while its connection is ended', () => {
  let desktop: SequenceDesktop;
  let gateway: GatewayProcess;
  let way: HungWay;
  let descriptorsBefore: number;

  beforeAll(async () => {
    desktop = await SequenceDesktop.start();
    const upstream = `tcp://127.0.0.1:${desktop.port}`;
    gateway = await startGatewayProcess({
      sessions: [{ id: sessionId, token, protocol: 'rfb', upstream }],
    });
    // The first stream of a process opens files of its own.
    await using stream = await openStream({ port: gateway.port, sessionId, token });
    await stream.close();
  });

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await desktop?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    way = await HungWay.to(gateway.port);
    await isEmpty();
    descriptorsBefore = await descriptors();
  });

  afterEach(() => way[Symbol.asyncDispose]());

  const descriptors = async (): Promise<number> => (await readdir(`/proc/${gateway.process.pid}/fd`)).length;

  async function gauge(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`, { keepalive: false });
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await response.text())?.[1]);
  }

  const isEmpty = (): Promise<true> =>
    waitFor('the gateway to hold nothing of them', async () => {
      return (await gauge('sluice_streams')) === 0 && (await gauge('sluice_connections')) === 0;
    });

  /** Nothing is left in the counts, and no descriptor. */
  async function isAsBefore(): Promise<void> {
    await isEmpty();
    await waitFor('their descriptors to be closed', async () => (await descriptors()) <= descriptorsBefore);
  }

  test('keeps no stream that it closed itself', async () => {
    const streams = await Promise.all(
      Array.from({ length: atOnce }, () => openStream({ port: way.port, sessionId, token })),
    );
    await Promise.all(streams.map(stream => stream.read(12)));
    expect(await gauge('sluice_streams')).toBe(atOnce);
    way.hang('fromServer');
    for (const stream of streams) stream.sendFrame(8, Buffer.from([0x03, 0xe8]));
    await isAsBefore();
  });

  test('keeps no connection that was refused', async () => {
    const clients: TLSSocket[] = Array.from({ length: atOnce }, () =>
      connect({ host: '127.0.0.1', port: way.port, rejectUnauthorized: false }),
    );
    try {
      await Promise.all(clients.map(client => once(client, 'secureConnect')));
      way.hang('fromServer');
      clients.forEach((client, index) => {
        client.on('error', () => {});
        client.write(requests[index % requests.length]!);
      });
      await isAsBefore();
    } finally {
      for (const client of clients) client.destroy();
    }
  });
});

const upgrade = [
  `GET /desktop/${sessionId}/vnc/websockify HTTP/1.1`,
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Authorization: Bearer of-nobody',
];

/** Answered 401, and 400 before anything is read of it. */
const requests = [`${upgrade.join('\r\n')}\r\n\r\n`, 'no HTTP at all\r\n\r\n'];
