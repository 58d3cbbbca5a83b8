import { describe, expect, test } from 'bun:test';
import { waitForRfb } from './rfb-probe.ts';

function serve(greeting: string | undefined): { port: number } & Disposable {
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        if (greeting !== undefined) socket.write(greeting);
      },
      data() {},
    },
  });
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) };
}

describe('waiting for a VNC server', () => {
  test('ends with its greeting', async () => {
    using server = serve('RFB 003.008\n');
    await waitForRfb('127.0.0.1', server.port, AbortSignal.timeout(5_000));
  });

  test('goes on while nobody listens, until the signal', async () => {
    const closed = serve(undefined);
    closed[Symbol.dispose]();
    const ended = await waitForRfb('127.0.0.1', closed.port, AbortSignal.timeout(250)).catch(error => error);
    expect(ended).toBeInstanceOf(Error);
  });

  test.each([
    ['says nothing', undefined],
    ['speaks something else', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('is not satisfied by a server that %s', async (_, greeting) => {
    using server = serve(greeting);
    const ended = await waitForRfb('127.0.0.1', server.port, AbortSignal.timeout(250)).catch(error => error);
    expect(ended).toBeInstanceOf(Error);
  });
});
