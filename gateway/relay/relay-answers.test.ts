/** A side that asks for answers and does not read them, in a whole relay. */
import { expect, test } from 'bun:test';
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import { Relay } from './relay.ts';
import { SpanList } from './span-list.ts';
import { Transport } from './transport.ts';

class End {
  /** How much of what is written to it it takes. */
  room = 0;
  taken = 0;
  reading = true;
  readonly transport: Transport;

  constructor() {
    const socket = {
      write: (bytes: Uint8Array): number => {
        const count = Math.min(bytes.length, this.room);
        this.room -= count;
        this.taken += count;
        return count;
      },
      pause: () => {
        this.reading = false;
      },
      resume: () => {
        this.reading = true;
      },
      end() {},
      getTLSVersion: () => null,
      terminate: () => this.transport.lost(undefined),
    };
    this.transport = new Transport(socket as unknown as Socket<Transport>);
  }
}

const answerBytes = 300 * 1024;
/** A masked binary frame with one byte. */
const clientFrame = Buffer.from([0x82, 0x81, 0, 0, 0, 0, 0x41]);

test('is read no further while more than a pipe full of them waits, and read on once it has taken most', async () => {
  for (const asker of ['client', 'upstream'] as const) {
    const ends = { client: new End(), upstream: new End() };
    const output = { client: new SpanList(), upstream: new SpanList() };
    let asked = 0;
    const answer = (): boolean => {
      asked++;
      output[asker].add(new Uint8Array(answerBytes));
      return false;
    };
    const relay = new Relay({
      client: ends.client.transport,
      inspection: {
        fromClient: answer,
        fromUpstream: answer,
        toClient: output.client,
        toUpstream: output.upstream,
        setPolicy() {},
        ended: undefined,
      },
      framed: false,
      clientFrames: { frameBytesMax: limits.clientFrameBytesMax },
      upstreamTakesCloseFrame: false,
      expiresInMs: undefined,
      maskKey: () => 0,
      owner: {
        onEnding() {},
        onEnd() {},
        onFault: error => {
          throw error;
        },
      },
    });
    await relay.run(async () => ends.upstream.transport, new Uint8Array(0));
    const end = ends[asker];
    const ask = (): void => end.transport.received(asker === 'client' ? clientFrame : Buffer.from('A'));
    for (let count = 0; count < 100 && end.reading; count++) ask();
    expect([asker, end.reading, asked]).toEqual([asker, false, 5]);
    end.room = 4 * answerBytes;
    end.transport.drained();
    expect([asker, end.reading]).toEqual([asker, false]);
    end.room = Number.POSITIVE_INFINITY;
    end.transport.drained();
    expect([asker, end.reading, end.taken >= 5 * answerBytes]).toEqual([asker, true, true]);
    ask();
    expect([asker, asked]).toEqual([asker, 6]);
    relay.end('internal_error', '');
    for (const { transport } of Object.values(ends)) transport.terminate();
  }
});
