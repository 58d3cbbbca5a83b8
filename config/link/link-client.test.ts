import { afterEach, describe, expect, test } from 'bun:test';
import { silentLog } from '../log.ts';
import { decodeFrame, encodeFrame, type Frame } from './link.ts';
import { LinkClient, type Welcome } from './link-client.ts';

type Socket = Bun.ServerWebSocket<{ authorization: string }>;

/** A real WebSocket server that speaks the link: what a test does with each frame is its own. */
function startPeer(onFrame: (socket: Socket, frame: Frame) => void): {
  url: string;
  sockets: Socket[];
  stop(): void;
} {
  const sockets: Socket[] = [];
  const server = Bun.serve<{ authorization: string }>({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, self) =>
      self.upgrade(request, { data: { authorization: request.headers.get('authorization') ?? '' } })
        ? undefined
        : new Response('no', { status: 400 }),
    websocket: {
      open: socket => void sockets.push(socket),
      message: (socket, message) => {
        if (typeof message !== 'string') onFrame(socket, decodeFrame(new Uint8Array(message)));
      },
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, sockets, stop: () => void server.stop(true) };
}

const stops: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function connect(
  url: string,
  overrides: Partial<{
    token: () => string;
    onFrame: (frame: Frame) => void;
    onRefused: (reason: string) => void;
  }> = {},
): { client: LinkClient; welcomes: Promise<Welcome>[] } {
  const waits = Array.from({ length: 3 }, () => Promise.withResolvers<Welcome>());
  let count = 0;
  const client = new LinkClient({
    url,
    token: overrides.token ?? (() => 'enrolment-token'),
    hello: { role: 'gateway', name: 'test', version: '0', instance: 'i' },
    onWelcome: welcome => waits[count++]?.resolve(welcome),
    onFrame: overrides.onFrame ?? (() => {}),
    ...(overrides.onRefused ? { onRefused: overrides.onRefused } : {}),
    log: silentLog,
  });
  stops.push(() => client[Symbol.asyncDispose]());
  return { client, welcomes: waits.map(wait => wait.promise) };
}

const welcome = (socket: Socket): void =>
  void socket.send(encodeFrame({ welcome: { nodeId: 'n1', credential: 'c' } }));

describe('the link client', () => {
  test('shows its token, says hello and hands over what control welcomes it with', async () => {
    const heard: (string | null | undefined)[] = [];
    const peer = startPeer((socket, frame) => {
      heard.push(socket.data.authorization, frame.hello?.role);
      if (frame.hello) welcome(socket);
    });
    stops.push(peer.stop);
    const { welcomes, client } = connect(peer.url);
    expect(await welcomes[0]).toEqual({ nodeId: 'n1', credential: 'c' });
    expect(client.connected).toBe(true);
    expect(heard).toEqual(['Bearer enrolment-token', 'gateway']);
  });

  test('matches each answer to its request, whatever the order they come back in', async () => {
    const requests: Frame[] = [];
    const peer = startPeer((socket, frame) => {
      if (frame.hello) welcome(socket);
      if (frame.authoriseRequest) requests.push(frame);
      if (requests.length < 2) return;
      for (const request of requests.splice(0).reverse()) {
        const refusal = request.authoriseRequest?.sessionId ?? '';
        socket.send(encodeFrame({ replyTo: request.id ?? 0, authoriseReply: { refusal } }));
      }
    });
    stops.push(peer.stop);
    const { client, welcomes } = connect(peer.url);
    await welcomes[0];
    const ask = (sessionId: string): Promise<Frame> => client.request({ authoriseRequest: { sessionId } });
    const answers = await Promise.all([ask('first'), ask('second')]);
    expect(answers.map(answer => answer.authoriseReply?.refusal)).toEqual(['first', 'second']);
  });

  test('dials again when the connection is lost, and fails the requests that were waiting', async () => {
    const peer = startPeer((socket, frame) => {
      if (frame.hello) welcome(socket);
      if (frame.authoriseRequest) socket.close();
    });
    stops.push(peer.stop);
    const { client, welcomes } = connect(peer.url);
    await welcomes[0];
    const failure = client.request({ authoriseRequest: {} }).catch((error: Error) => error.message);
    expect(await failure).toBe('the link to control was lost');
    await welcomes[1];
    expect(client.connected).toBe(true);
  });

  test('refuses a request while the link is down, at once', async () => {
    const { client } = connect('http://127.0.0.1:1');
    const failure = client.request({ authoriseRequest: {} }).catch((error: Error) => error.message);
    expect(await failure).toBe('the link to control is down');
    expect(client.send({ gatewayState: {} })).toBe(false);
  });

  test('tells why control refused it', async () => {
    const refused = Promise.withResolvers<string>();
    const peer = startPeer((socket, frame) => {
      if (frame.hello) socket.send(encodeFrame({ refused: { reason: 'bad enrolment token' } }));
    });
    stops.push(peer.stop);
    connect(peer.url, { onRefused: refused.resolve });
    expect(await refused.promise).toBe('bad enrolment token');
  });

  test('hangs up on a text frame and on bytes that are no frame, then dials again', async () => {
    let hellos = 0;
    const peer = startPeer((socket, frame) => {
      if (!frame.hello) return;
      hellos++;
      if (hellos === 1) socket.send('text');
      else if (hellos === 2) socket.send(new Uint8Array([0xff, 0xff, 0xff]));
      else welcome(socket);
    });
    stops.push(peer.stop);
    const { welcomes } = connect(peer.url);
    await welcomes[0];
    expect(hellos).toBe(3);
  });
});
