import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer, rawUpdate } from '../harness/kasmvnc-server.ts';
import { handshakeRfb } from '../harness/rfb-viewer.ts';
import { openStream, requestStream, StreamClient } from '../harness/stream-client.ts';
import { waitFor } from '../harness/wait-for.ts';

const id = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));
const token = 'a-token-of-some-length';
const everyAddress = { unlimited_addresses: [] };

let desktop: KasmvncServer;
const started: AsyncDisposable[] = [];

beforeEach(async () => {
  desktop = await KasmvncServer.start();
});

afterEach(async () => {
  for (const each of [...started.splice(0).reverse(), desktop]) await each[Symbol.asyncDispose]();
});

async function start(config: Readonly<Record<string, unknown>>): Promise<GatewayProcess> {
  const session = { token, protocol: 'kasmvnc', upstream: `ws://127.0.0.1:${desktop.port}/` };
  const sessions = [1, 2].map(digit => ({ ...session, id: id(digit) }));
  const gateway = await startGatewayProcess({ sessions, ...config });
  started.push(gateway);
  return gateway;
}

async function open(
  gateway: GatewayProcess,
  digit = 1,
  headers: readonly string[] = [],
): Promise<StreamClient> {
  const stream = await openStream({ port: gateway.port, sessionId: id(digit), token, headers });
  started.push(stream);
  await handshakeRfb(stream);
  return stream;
}

const ask = (gateway: GatewayProcess, digit = 1, headers: readonly string[] = []) =>
  requestStream({ port: gateway.port, sessionId: id(digit), token, headers });

/** An idle connection with TLS done. */
function dial(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  started.push({
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  });
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

async function request(
  port: number,
  head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  let text = '';
  socket.on('data', chunk => {
    text += chunk;
  });
  socket.write(head);
  await new Promise<void>((resolve, reject) => {
    socket.on('end', resolve);
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
  socket.destroy();
  return text;
}

async function refusals(gateway: GatewayProcess, kind: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  return Number(
    new RegExp(`^sluice_admission_refused_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
  );
}

describe('a limit on connections', () => {
  test('in total closes what comes over it before TLS, and leaves running streams alone', async () => {
    const gateway = await start({ limits: { connections: 3 } });
    const stream = await open(gateway);
    const idle = [await dial(gateway.port), await dial(gateway.port)];
    const over = connectPlain({ host: '127.0.0.1', port: gateway.port });
    let got = 0;
    over.on('data', chunk => {
      got += chunk.length;
    });
    over.on('error', () => {});
    await new Promise<void>(resolve => over.on('close', () => resolve()));
    expect(got).toBe(0);
    expect(await refusals(gateway, 'connections')).toBe(1);
    stream.sendFrame(9, Buffer.from('still here'));
    await waitFor('the pong', () => stream.pongs.length === 1);
    idle[0]?.destroy();
    await waitFor('the place to be free again', async () => {
      const answer = await request(gateway.port).catch(() => '');
      return answer.startsWith('HTTP/1.1 200');
    });
  });

  test('of an address is told by 503 with Retry-After, once TLS is done', async () => {
    const gateway = await start({ limits: { ...everyAddress, connections_per_address: 2 } });
    await open(gateway);
    const idle = await dial(gateway.port);
    const answer = await request(gateway.port);
    expect(answer).toStartWith('HTTP/1.1 503 Service Unavailable\r\n');
    expect(answer).toContain('\r\nRetry-After: 5\r\n');
    expect(answer).toContain('there are too many connections from your address at once, the limit is 2');
    expect(await ask(gateway)).toMatchObject({ status: 503 });
    expect(await refusals(gateway, 'address_connections')).toBe(2);
    idle.destroy();
    await waitFor('the place to be free again', async () =>
      (await request(gateway.port)).startsWith('HTTP/1.1 200'),
    );
  });

  test('of an address ends those who stay on to be refused, at twice as many', async () => {
    const gateway = await start({ limits: { ...everyAddress, connections_per_address: 2 } });
    for (let count = 0; count < 4; count++) await dial(gateway.port);
    await expect(dial(gateway.port)).rejects.toThrow();
    const lines = gateway.logLines().filter(line => line.message === 'admission refused');
    expect(lines, 'a flood does not fill the log').toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'warn',
      reason: 'address_connections',
      address: '127.0.0.1',
      limit: 2,
    });
  });

  test('of an address is not one of loopback unless it is said so', async () => {
    const gateway = await start({ limits: { connections_per_address: 1 } });
    await open(gateway);
    expect(await request(gateway.port)).toStartWith('HTTP/1.1 200');
  });

  test('accepted in a second closes what comes faster', async () => {
    const gateway = await start({ limits: { accept_rate: { per_second: 0.001, burst: 1 } } });
    expect(await request(gateway.port)).toStartWith('HTTP/1.1 200');
    await open(gateway);
    await expect(dial(gateway.port)).rejects.toThrow();
    expect(await refusals(gateway, 'accept_rate')).toBe(1);
  });
});

describe('a limit on streams of a session', () => {
  test('is told programs by 503, pages by a close frame they can read, and frees its places', async () => {
    const gateway = await start({ limits: { streams_per_session: 1 } });
    const first = await open(gateway, 1);
    await open(gateway, 2);
    const refused = await ask(gateway, 1);
    expect(refused).toMatchObject({ status: 503, head: expect.stringContaining('Retry-After: 5') });
    const page = await ask(gateway, 1, [`Origin: https://127.0.0.1:${gateway.port}`]);
    if (!(page instanceof StreamClient)) throw new Error(`refused by ${page.status}`);
    started.push(page);
    expect(await page.ended()).toEqual({
      code: 1013,
      reason: 'there are too many streams of this session at once, the limit is 1',
    });
    expect(await refusals(gateway, 'session_streams')).toBe(2);
    expect(desktop.desktops).toHaveLength(2);
    await first.close();
    const again = await waitFor('a place', async () => {
      const answer = await ask(gateway, 1);
      return answer instanceof StreamClient ? answer : undefined;
    });
    started.push(again);
  });

  test('is not held before the token is right', async () => {
    const gateway = await start({ limits: { streams_per_session: 1 } });
    await open(gateway, 1);
    const wrong = { port: gateway.port, sessionId: id(1), token: 'not-the-right-token' };
    expect(await requestStream(wrong)).toMatchObject({ status: 401 });
  });
});

describe('a rate of an address', () => {
  const slow = { per_second: 0.001, burst: 1 };

  test('answers requests over it with 429 and Retry-After, on a kept connection too', async () => {
    const gateway = await start({ limits: everyAddress, rate_limits: { address: { requests: slow } } });
    const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    const answers = await request(
      gateway.port,
      get + get + get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 429']);
    expect(answers.toLowerCase()).toMatch(/\r\nretry-after: (999|1000)\r\n/);
    expect(answers).toContain('there are too many requests from your address in a short time');
    expect(await refusals(gateway, 'address_requests')).toBe(1);
    const person = get.replace('\r\n\r\n', '\r\nAccept: text/html\r\nConnection: close\r\n\r\n');
    const page = await request(gateway.port, person);
    expect(page).toStartWith('HTTP/1.1 429');
    expect(page).toContain('<p>There are too many requests from your address in a short time, try again in ');
  });

  test('of logins holds for logins only', async () => {
    const gateway = await start({
      limits: everyAddress,
      rate_limits: { address: { logins: { ...slow, burst: 0 } } },
    });
    const post = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    expect(await request(gateway.port, post('/api/public/login'))).toStartWith('HTTP/1.1 404');
    for (const path of ['/api/authenticate', '/api//public/%6Cogin', '/API/public/login'])
      expect(await request(gateway.port, post(path)), path).toStartWith('HTTP/1.1 429');
    expect(await request(gateway.port)).toStartWith('HTTP/1.1 200');
    expect(await refusals(gateway, 'address_logins')).toBe(3);
  });

  test('of wrong tokens is told with Retry-After wherever a token is shown', async () => {
    const rates = { address: { wrong_tokens: { ...slow, burst: 0 } } };
    const gateway = await start({ limits: everyAddress, rate_limits: rates });
    const wrong = { port: gateway.port, sessionId: id(1), token: 'not-the-right-token' };
    for (let count = 0; count < 2; count++) expect(await requestStream(wrong)).toMatchObject({ status: 401 });
    const stream = await ask(gateway);
    if (stream instanceof StreamClient) throw new Error('the gateway let us in');
    const headers = `Host: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    const answers = [stream.head];
    for (const path of ['events', 'policy', 'vnc/'])
      answers.push(await request(gateway.port, `GET /desktop/${id(1)}/${path} HTTP/1.1\r\n${headers}`));
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 429/);
      expect(answer.toLowerCase()).toMatch(/\r\nretry-after: (999|1000)(\r\n|$)/);
    }
  });

  test('of upgrades is told before the token is looked at, and running streams go on', async () => {
    const gateway = await start({ limits: everyAddress, rate_limits: { address: { upgrades: slow } } });
    const stream = await open(gateway);
    await ask(gateway, 1).then(answer => started.push(answer as StreamClient));
    expect(await ask(gateway)).toMatchObject({
      status: 429,
      head: expect.stringContaining('Retry-After: '),
    });
    const page = await ask(gateway, 1, [`Origin: https://127.0.0.1:${gateway.port}`]);
    if (!(page instanceof StreamClient)) throw new Error(`refused by ${page.status}`);
    started.push(page);
    expect(await page.ended()).toMatchObject({
      code: 1013,
      reason: expect.stringMatching(
        /^there are too many streams opened from your address in a short time, try/,
      ),
    });
    expect(desktop.desktops).toHaveLength(2);
    stream.sendFrame(9, Buffer.from('still here'));
    await waitFor('the pong', () => stream.pongs.length === 1);
  });
});

describe('a page of a foreign origin', () => {
  const none = { per_second: 0.001, burst: 0 };
  const foreign = ['Origin: https://elsewhere.example'];

  test('opens no stream and spends no rate of its visitor', async () => {
    const gateway = await start({ limits: everyAddress, rate_limits: { address: { upgrades: none } } });
    for (let count = 0; count < 3; count++)
      expect(await ask(gateway, 1, foreign)).toMatchObject({ status: 403 });
    await open(gateway);
    expect(await refusals(gateway, 'address_upgrades')).toBe(0);
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
    expect(metrics).toContain('sluice_streams_refused_total{refusal="foreign_origin"} 3');
  });

  test('shows no wrong tokens and no wrong passwords in the name of its visitor', async () => {
    const rates = { wrong_tokens: none, logins: none };
    const gateway = await start({ limits: everyAddress, rate_limits: { address: rates } });
    const site = 'Host: x\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nConnection: close\r\n';
    const events = `/desktop/${id(1)}/events?token=wrong`;
    const login = `POST /api/public/login HTTP/1.1\r\n${site}${foreign[0]}\r\nContent-Length: 0\r\n\r\n`;
    for (let count = 0; count < 3; count++) {
      expect(await request(gateway.port, `GET ${events} HTTP/1.1\r\n${site}\r\n`)).toStartWith(
        'HTTP/1.1 403',
      );
      expect(await request(gateway.port, login)).toStartWith('HTTP/1.1 403');
    }
    await open(gateway);
    const own = `POST /api/public/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    expect(await request(gateway.port, own)).toStartWith('HTTP/1.1 404');
    expect(await refusals(gateway, 'foreign_origin')).toBe(6);
    expect(await refusals(gateway, 'address_logins')).toBe(0);
  });
});

describe('a rate of bytes', () => {
  test('slows a stream down by reading less often, and loses nothing', async () => {
    const rate = { per_second: 8 * 1024 * 1024, burst: 100_000 };
    const gateway = await start({ rate_limits: { stream: { bytes: rate } } });
    const stream = await open(gateway);
    const update = rawUpdate(512, 512, 7);
    desktop.desktops[0]?.send(update);
    desktop.desktops[0]?.send(update);
    for (let count = 0; count < 2; count++)
      expect((await stream.read(update.length)).equals(update)).toBeTrue();
  });
});
