import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Socket, TCPSocketListener } from 'bun';
import { HungWay } from '../../test/harness/hung-way.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import { createSelfSigned } from '../certificate/self-signed.ts';
import { type Receiver, Transport, transportHandlers } from './transport.ts';

const graceMs = 50;

/** Told of a transport, in the order in which it is told. */
class Told implements Receiver {
  readonly events: string[] = [];
  onData: (chunk: Uint8Array) => void = () => {};

  data(chunk: Uint8Array): void {
    this.events.push(`data ${Buffer.from(chunk)}`);
    this.onData(chunk);
  }

  drain(): void {
    this.events.push('drain');
  }

  close(): void {
    this.events.push('close');
  }
}

for (const kind of ['plain', 'tls'] as const) {
  describe(`an accepted ${kind} connection`, () => {
    let listener: TCPSocketListener<Transport>;
    let way: HungWay;
    let accepted: Transport[];
    let client: Socket<undefined>;
    let heard: string;
    let clientClosed: boolean;
    /** Connections of which the system still has a descriptor here. */
    let open: number;

    beforeEach(async () => {
      accepted = [];
      heard = '';
      clientClosed = false;
      open = 0;
      const { certificate, privateKey } = createSelfSigned(['localhost'], Date.now());
      listener = Bun.listen<Transport>({
        hostname: '127.0.0.1',
        port: 0,
        ...(kind === 'tls' ? { tls: { cert: certificate, key: privateKey } } : {}),
        socket: {
          ...transportHandlers,
          open(socket) {
            open += 1;
            socket.data = new Transport(socket);
            accepted.push(socket.data);
          },
          close(socket, error) {
            open -= 1;
            transportHandlers.close(socket, error);
          },
        },
      });
      way = await HungWay.to(listener.port);
      client = await Bun.connect<undefined>({
        hostname: '127.0.0.1',
        port: way.port,
        ...(kind === 'tls' ? { tls: { rejectUnauthorized: false } } : {}),
        socket: {
          open(socket) {
            if (kind === 'plain') socket.write('hello');
          },
          handshake: socket => void socket.write('hello'),
          data(_, chunk) {
            heard += chunk.toString();
          },
          close() {
            clientClosed = true;
          },
          drain() {},
          error() {},
        },
      });
    });

    afterEach(async () => {
      client.terminate();
      for (const each of accepted) each.terminate();
      await way[Symbol.asyncDispose]();
      listener.stop(true);
    });

    /** The client has said hello, and the receiver has heard it. */
    async function greeted(): Promise<{ readonly transport: Transport; readonly told: Told }> {
      const transport = await waitFor('the connection', () => accepted[0]);
      const told = new Told();
      transport.attach(told);
      await waitFor('the hello', () => told.events.length > 0);
      return { transport, told };
    }

    for (const state of ['read', 'paused', 'left by its receiver'] as const) {
      const settle = (transport: Transport): void => {
        if (state === 'paused') transport.pause();
        if (state === 'left by its receiver') transport.detach();
      };

      test(`that is ${state} ends with a peer that takes part, after all that was written`, async () => {
        const { transport, told } = await greeted();
        settle(transport);
        transport.write(Buffer.from('bye'));
        transport.end(60_000);
        await waitFor('both ends to close', () => clientClosed && transport.closed && open === 0);
        expect(heard).toBe('bye');
        expect(told.events.filter(event => event === 'close').length).toBe(state.startsWith('left') ? 0 : 1);
      });

      test(`that is ${state} is cut off when its peer never answers the end`, async () => {
        const { transport } = await greeted();
        way.hang('fromClient', 'fromServer');
        settle(transport);
        transport.write(Buffer.from('bye'));
        transport.end(graceMs);
        await waitFor('the connection to be gone', () => transport.closed && open === 0, 2_000);
        expect(transport.write(Buffer.from('more'))).toBe(-1);
      });
    }

    test('is cut off although its peer goes on talking', async () => {
      const { transport } = await greeted();
      transport.detach();
      const talk = setInterval(() => client.write('and another thing'), 1);
      try {
        transport.end(graceMs);
        await waitFor('the connection to be gone', () => transport.closed && open === 0, 2_000);
      } finally {
        clearInterval(talk);
      }
    });

    test('that is paused hears of a reset that a write found first', async () => {
      await greeted();
      const near = await Bun.connect<undefined>({
        hostname: '127.0.0.1',
        port: listener.port,
        ...(kind === 'tls' ? { tls: { rejectUnauthorized: false } } : {}),
        socket: { data() {}, drain() {} },
      });
      const transport = await waitFor('the connection', () => accepted[1]);
      const told = new Told();
      transport.attach(told);
      await waitFor('the hello', () => near.write('hello') > 0 && told.events.length > 0);
      transport.pause();
      near.terminate();
      // No turn of the event loop between: it would have told.
      const isGone = (): boolean => transport.write(Buffer.alloc(9)) < 0 && transport.closed;
      for (let count = 0; count < 2; count++) isGone();
      await waitFor('the connection to be gone', isGone, 2_000);
      expect(told.events).toContain('close');
    });

    test('is told of its close once, and of nothing after it', async () => {
      const { transport, told } = await greeted();
      transport.terminate();
      await waitFor('the close', () => open === 0);
      transport.drained();
      transport.received(Buffer.from('late'));
      transport.lost(undefined);
      expect(told.events).toEqual(['data hello', 'close']);
    });
  });
}

describe('a receiver that comes to what arrived before it', () => {
  let paused: boolean;
  let transport: Transport;
  let told: Told;

  beforeEach(() => {
    paused = false;
    const socket = {
      pause() {
        paused = true;
      },
      resume() {
        paused = false;
      },
      terminate: () => transport.lost(undefined),
    };
    transport = new Transport(socket as unknown as Socket<Transport>);
    told = new Told();
    transport.received(Buffer.from('one'));
    transport.received(Buffer.from('two'));
    expect(paused).toBe(true);
  });

  test('is told of it in order, and reads on', () => {
    transport.attach(told);
    expect(told.events).toEqual(['data one', 'data two']);
    expect(paused).toBe(false);
  });

  test('keeps the pause that it asks for meanwhile', () => {
    told.onData = () => transport.pause();
    transport.attach(told);
    expect(told.events.length).toBe(2);
    expect(paused).toBe(true);
  });

  test('leaves the rest to the next one when it leaves', () => {
    told.onData = chunk => {
      transport.detach();
      transport.unread(chunk.subarray(2));
    };
    transport.attach(told);
    expect(told.events).toEqual(['data one']);
    const next = new Told();
    transport.attach(next);
    expect(next.events).toEqual(['data e', 'data two']);
  });

  test('hears of the close once when it ends the connection itself', () => {
    told.onData = () => transport.terminate();
    transport.attach(told);
    expect(told.events).toEqual(['data one', 'close']);
  });

  test('hears what a peer said that is gone already, and then of the close', () => {
    transport.lost(undefined);
    transport.attach(told);
    expect(told.events).toEqual(['data one', 'data two', 'close']);
  });
});
