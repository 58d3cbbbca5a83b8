import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { type FrontProxy, type FrontProxyOptions, startHaproxy, startNginx } from '../harness/front-proxy.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { needs } from '../harness/requirements.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, type StreamClient } from '../harness/stream-client.ts';
import { makeTempFolder, type TempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

setDefaultTimeout(20_000);

const sessionId = '11111111-1111-4111-8111-111111111111';
const token = 'stream-token-of-alice';
/** The client's, and the one it claims to have. */
const client = '127.0.0.5';
const spoofed = ['X-Forwarded-For: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'X-Real-IP: 6.6.6.6'];

let folder: TempFolder;
let desktop: KasmvncServer;
let control: LinkControl;
const started: AsyncDisposable[] = [];

beforeAll(async () => {
  folder = await makeTempFolder('proxies');
  const pair = createSelfSigned(['gateway.example.com', '127.0.0.1'], Date.now());
  await writeFile(folder.file('gateway.pem'), pair.certificate);
  await writeFile(folder.file('gateway.key'), pair.privateKey);
  await writeFile(folder.file('token'), `${enrolmentToken}\n`);
  desktop = await KasmvncServer.start();
  control = LinkControl.start();
  control.pages = request => Response.json(Object.fromEntries(request.headers));
  const policyJson = JSON.stringify({ access: 'full', settings: {} });
  control.answers.set(token, {
    grant: {
      ...{ sessionId, userId: 'user-alice', username: 'alice', protocol: 'rfb', upstreamTlsVerify: true },
      ...{ upstream: `ws://127.0.0.1:${desktop.port}/`, policyJson, policyVersion: 1, access: 'full' },
      tokenId: 'token-1',
    },
  });
});

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

afterAll(async () => {
  for (const each of [control, desktop, folder]) await each?.[Symbol.asyncDispose]();
});

async function startGateway(config: Readonly<Record<string, unknown>>): Promise<GatewayProcess> {
  const { listen = {}, ...further } = config;
  const gateway = await startGatewayProcess({
    control: { url: control.url, enrolment_token_file: folder.file('token') },
    tls: { certificate: folder.file('gateway.pem'), private_key: folder.file('gateway.key') },
    trusted_proxies: ['127.0.0.1'],
    upstreams: { allow: ['127.0.0.0/8'] },
    listen: { host: '127.0.0.1', port: 0, ...(listen as object) },
    ...further,
  });
  started.push(gateway);
  return gateway;
}

const behind = (gateway: GatewayProcess) => ({
  gatewayPort: gateway.port,
  gatewayCertificate: folder.file('gateway.pem'),
});

function keep<T extends AsyncDisposable>(each: T): T {
  started.push(each);
  return each;
}

async function open(port: number, headers: readonly string[] = spoofed): Promise<StreamClient> {
  const stream = keep(await openStream({ port, sessionId, token, headers, localAddress: client }));
  await handshakeRfb(stream);
  return stream;
}

/** What control is told of a request through this port. */
async function askControl(
  port: number,
  headers: readonly string[] = spoofed,
): Promise<Record<string, string>> {
  const answer = await exchange(port, [
    'GET /told HTTP/1.1',
    'Host: desk.example.com',
    'Connection: close',
    ...headers,
  ]);
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Record<string, string>;
}

async function exchange(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect({
    ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
    ...{ localAddress: client },
  });
  let text = '';
  socket.on('data', chunk => {
    text += chunk;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => {
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
  return text;
}

const openedFrom = (gateway: GatewayProcess): unknown[] =>
  gateway.logLines().flatMap(line => (line.message === 'stream opened' ? [line.address] : []));

type StartProxy = (gateway: GatewayProcess, changes?: FrontProxyOptions['changes']) => Promise<FrontProxy>;

/** As long as a proxy with short timeouts needs to cut an idle stream, the documented one does not. */
async function outlast(gateway: GatewayProcess, startProxy: StartProxy): Promise<void> {
  const documented = keep(await startProxy(gateway));
  const hasty = keep(await startProxy(gateway, [['1d', '1s']]));
  const stream = await open(documented.port);
  const other = await open(hasty.port);
  await waitFor('the hasty proxy to cut its stream', () => other.closed);
  stream.sendFrame(9, Buffer.from('still here'));
  await waitFor('the pong through the proxy', () => stream.pongs.length > 0);
}

describe.skipIf(!needs('proxies'))('behind', () => {
  const reuse = (gateway: GatewayProcess) =>
    [
      [
        'server {\n  listen',
        `upstream kept { server 127.0.0.1:${gateway.port}; keepalive 8; }\nserver {\n  listen`,
      ],
      [`proxy_pass https://127.0.0.1:${gateway.port}`, 'proxy_pass https://kept'],
      ["''      close", "''      ''"],
    ] as const;
  const httpProxies: readonly (readonly [string, StartProxy])[] = [
    ['nginx as documented', (gateway, changes = []) => startNginx('nginx', { ...behind(gateway), changes })],
    [
      'HAProxy as documented',
      (gateway, changes = []) => startHaproxy('haproxy', { ...behind(gateway), changes }),
    ],
    [
      'nginx that keeps its connections to the gateway',
      (gateway, changes = []) =>
        startNginx('nginx', { ...behind(gateway), changes: [...reuse(gateway), ...changes] }),
    ],
  ];

  for (const [name, startProxy] of httpProxies) {
    test(`${name} a client is known by its own address, whatever it claims`, async () => {
      const gateway = await startGateway({});
      const proxy = keep(await startProxy(gateway));
      const told = await askControl(proxy.port);
      expect(told['x-forwarded-for']).toBe(client);
      expect(told['x-forwarded-proto']).toBe('https');
      expect(told['x-forwarded-host']).toBe('desk.example.com');
      expect(told.forwarded).toBeUndefined();
      await open(proxy.port, [...spoofed, `Origin: https://127.0.0.1:${proxy.port}`]);
      await waitFor('the stream in the log', () => openedFrom(gateway).length > 0);
      expect(openedFrom(gateway)).toEqual([client]);
      await waitFor('control to be told', () =>
        control.frames.some(({ streamOpened }) => streamOpened?.address === client),
      );
    });

    test(`${name} a stream that is idle stays`, async () => {
      const gateway = await startGateway({});
      await outlast(gateway, startProxy);
    });
  }

  const tcpProxies: readonly (readonly [string, StartProxy])[] = [
    ['nginx', (gateway, changes = []) => startNginx('nginx-stream', { ...behind(gateway), changes })],
    ['HAProxy', (gateway, changes = []) => startHaproxy('haproxy-tcp', { ...behind(gateway), changes })],
  ];

  for (const [name, startProxy] of tcpProxies) {
    test(`${name} that passes TLS through, a client is known by the PROXY protocol`, async () => {
      const gateway = await startGateway({ listen: { proxy_protocol: true } });
      const proxy = keep(await startProxy(gateway));
      const told = await askControl(proxy.port);
      expect(told['x-forwarded-for']).toBe(client);
      expect(told['x-forwarded-proto']).toBe('https');
      const stream = await open(proxy.port);
      await waitFor('the stream in the log', () => openedFrom(gateway).length > 0);
      expect(openedFrom(gateway)).toEqual([client]);
      await stream.close();
    });

    test(`${name} that passes TLS through, a stream that is idle stays`, async () => {
      await outlast(await startGateway({ listen: { proxy_protocol: true } }), startProxy);
    });
  }

  test('nginx that ends TLS a gateway can do without', async () => {
    const gateway = await startGateway({ tls: undefined, listen: { plain_http: true } });
    const proxy = keep(
      await startNginx('nginx', {
        ...behind(gateway),
        changes: [
          [`https://127.0.0.1:${gateway.port}`, `http://127.0.0.1:${gateway.port}`],
          ['proxy_ssl_verify on;', ''],
        ],
      }),
    );
    expect(await askControl(proxy.port)).toMatchObject({
      'x-forwarded-for': client,
      'x-forwarded-proto': 'https',
    });
    await open(proxy.port);
    expect(openedFrom(gateway)).toEqual([client]);
  });

  test('a proxy that writes Forwarded, that header is read and the other is not', async () => {
    const gateway = await startGateway({ forwarded_header: 'forwarded' });
    const proxy = keep(
      await startHaproxy('haproxy', {
        ...behind(gateway),
        changes: [
          ['option forwardfor', 'http-request set-header Forwarded for=%[src];proto=https;host=desk.example'],
        ],
      }),
    );
    const told = await askControl(proxy.port);
    expect(told).toMatchObject({ 'x-forwarded-for': client, 'x-forwarded-host': 'desk.example' });
  });

  test('a proxy that appends to Forwarded, what a client wrote into it changes nothing', async () => {
    const gateway = await startGateway({ forwarded_header: 'forwarded' });
    const proxy = keep(
      await startHaproxy('haproxy', {
        ...behind(gateway),
        changes: [['option forwardfor', 'http-request add-header Forwarded for=%[src];proto=https']],
      }),
    );
    for (const claim of ['for="', 'for=6.6.6.6,', 'rubbish', 'for=127.0.0.1;for=127.0.0.1']) {
      expect(await askControl(proxy.port, [`Forwarded: ${claim}`]), claim).toMatchObject({
        'x-forwarded-for': client,
      });
      await open(proxy.port, [`Forwarded: ${claim}`]);
    }
    await waitFor('the streams in the log', () => openedFrom(gateway).length === 4);
    expect(openedFrom(gateway)).toEqual([client, client, client, client]);
  });

  test('a proxy that names nobody, requests are refused and counted, and not taken for its own', async () => {
    const gateway = await startGateway({ forwarded_header: 'forwarded' });
    const proxy = keep(
      await startHaproxy('haproxy', {
        ...behind(gateway),
        changes: [['option forwardfor', 'http-request add-header Forwarded for=_hidden']],
      }),
    );
    const lines = ['GET /told HTTP/1.1', 'Host: desk.example.com', 'Connection: close'];
    expect(await exchange(proxy.port, lines)).toStartWith('HTTP/1.1 400');
    const stream = await requestStream({ port: proxy.port, sessionId, token, localAddress: client });
    expect(stream).toMatchObject({ status: 400 });
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    expect(metrics).toContain('sluice_admission_refused_total{kind="forwarded_header"} 2');
  });

  test('a proxy the limits of an address are those of each client, not of the proxy', async () => {
    const gateway = await startGateway({ limits: { unlimited_addresses: [], connections_per_address: 1 } });
    const proxy = keep(await startNginx('nginx', behind(gateway)));
    await open(proxy.port);
    const second = await requestStream({ port: proxy.port, sessionId, token, localAddress: client });
    expect(second).toMatchObject({ status: 503, head: expect.stringContaining('Retry-After') });
    keep(await openStream({ port: proxy.port, sessionId, token, localAddress: '127.0.0.6' }));
    await waitFor('both streams in the log', () => openedFrom(gateway).length === 2);
    expect(openedFrom(gateway)).toEqual([client, '127.0.0.6']);
  });
});

describe('a client that is no trusted proxy', () => {
  test('is who its connection says, whatever its headers say', async () => {
    const gateway = await startGateway({});
    expect((await askControl(gateway.port))['x-forwarded-for']).toBe(client);
    await open(gateway.port);
    expect(openedFrom(gateway)).toEqual([client]);
  });

  test('needs no PROXY header and is believed none', async () => {
    const gateway = await startGateway({ listen: { proxy_protocol: true } });
    expect((await askControl(gateway.port))['x-forwarded-for']).toBe(client);
    const socket = connectPlain({ host: '127.0.0.1', port: gateway.port, localAddress: client });
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.write('PROXY TCP4 6.6.6.6 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor('the connection to end', () => socket.closed || socket.readableEnded);
    socket.destroy();
    expect(text).not.toContain('HTTP/1.1 200');
  });

  test('gets nothing from a port without TLS', async () => {
    const gateway = await startGateway({ tls: undefined, listen: { plain_http: true } });
    const socket = connectPlain({ host: '127.0.0.1', port: gateway.port, localAddress: client });
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor('the connection to end', () => socket.closed || socket.destroyed);
    expect(text).toBe('');
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    expect(metrics).toContain('sluice_admission_refused_total{kind="untrusted_peer"} 1');
  });
});

test.skipIf(!needs('proxies'))('of several workers each reads PROXY headers', async () => {
  const gateway = await startGateway({ listen: { proxy_protocol: true, workers: 2 } });
  const proxy = keep(await startHaproxy('haproxy-tcp', behind(gateway)));
  const both = new Set<unknown>();
  await waitFor('streams on both workers', async () => {
    await using _stream = await openStream({ port: proxy.port, sessionId, token, localAddress: client });
    for (const line of gateway.logLines()) if (line.message === 'stream opened') both.add(line.worker);
    return both.size === 2;
  });
  expect(new Set(openedFrom(gateway))).toEqual(new Set([client]));
});

test('a trusted proxy without a PROXY header, or with a broken one, is cut off and counted', async () => {
  const gateway = await startGateway({ listen: { proxy_protocol: true } });
  for (const start of ['GET / HTTP/1.1\r\n', 'PROXY TCP4 nonsense\r\n']) {
    const socket = connectPlain({ host: '127.0.0.1', port: gateway.port });
    socket.on('error', () => {});
    socket.resume();
    socket.write(start);
    await waitFor('the connection to end', () => socket.closed || socket.destroyed);
  }
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  expect(metrics).toContain('sluice_admission_refused_total{kind="proxy_header"} 2');
});
