import { expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { waitFor } from '../../test/harness/wait-for.ts';
import { Transport, transportHandlers } from '../relay/transport.ts';
import { ProxyFrontGate } from './proxy-front.ts';

test('who comes from a port of 127.0.0.1 is the visitor of it, and nobody from that port of another address', async () => {
  const gate = new ProxyFrontGate();
  const came = new Map<string, Transport>();
  const listener = Bun.listen<Transport>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      ...transportHandlers,
      open(socket) {
        socket.data = new Transport(socket);
        came.set(socket.remoteAddress, socket.data);
      },
    },
  });
  const sockets: Socket[] = [];
  const come = async (localAddress: string, localPort: number): Promise<Transport> => {
    sockets.push(connect({ host: '127.0.0.1', port: listener.port, localAddress, localPort }));
    return waitFor(`a connection from ${localAddress}`, () => came.get(localAddress));
  };
  try {
    const spliced = await come('127.0.0.1', 0);
    gate.came(spliced.remotePort, { address: '198.51.100.7', refusal: undefined });
    expect(gate.visitorOf(spliced)?.address).toBe('198.51.100.7');
    const stranger = await come('127.0.0.2', spliced.remotePort);
    expect(stranger.remotePort).toBe(spliced.remotePort);
    expect(gate.visitorOf(stranger)).toBeUndefined();
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.stop(true);
  }
});
