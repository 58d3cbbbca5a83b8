import { expect, test } from 'bun:test';
import { connect, createServer } from 'node:net';
import { waitFor } from '../../test/harness/wait-for.ts';
import { listenTarget } from '../edge/endpoint.ts';
import { duplicate, openListeningSocket, refuseSharedPort } from './listening-socket.ts';

/** Serves the socket until it is stopped: says its name to who comes. */
function serve(socket: { host: string; port: number; fd: number }, name: string) {
  return Bun.listen({
    ...listenTarget({ ...socket, fd: duplicate(socket.fd) }),
    socket: {
      open(client) {
        client.end(name);
      },
      data() {},
    },
  });
}

function call(port: number): { text: string; error: string } {
  const heard = { text: '', error: '' };
  connect(port, '127.0.0.1')
    .on('data', chunk => {
      heard.text += chunk;
    })
    .on('error', error => {
      heard.error = error.message;
    });
  return heard;
}

test('who connects while nobody serves is served by the next one that does', async () => {
  const socket = openListeningSocket('127.0.0.1', 0);
  const first = serve(socket, 'first');
  const early = call(socket.port);
  await waitFor('the first answer', () => early.text === 'first');
  first.stop(true);
  const between = call(socket.port);
  const second = serve(socket, 'second');
  await waitFor('the second answer', () => between.text === 'second');
  expect(between.error).toBe('');
  second.stop(true);
  socket.close();
  socket.close();
  const late = call(socket.port);
  await waitFor('the refusal', () => late.error !== '');
});

test('several share one port', () => {
  const one = openListeningSocket('127.0.0.1', 0);
  const two = openListeningSocket('127.0.0.1', one.port);
  expect(two.port).toBe(one.port);
  expect(() => refuseSharedPort('127.0.0.1', one.port)).toThrow('the port is in use');
  one.close();
  two.close();
  refuseSharedPort('127.0.0.1', one.port);
});

test('a port that is taken, and an address that is not ours, are told as they are', async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(() => openListeningSocket('127.0.0.1', port)).toThrow(
    `can not listen on 127.0.0.1:${port}: the port is in use`,
  );
  expect(() => openListeningSocket('192.0.2.1', 0)).toThrow('can not listen on 192.0.2.1:0');
  await new Promise(resolve => server.close(resolve));
});
