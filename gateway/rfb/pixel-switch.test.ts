import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { limits } from '../../config/limits.ts';
import { bytesOf, filler, joined, updateOf } from '../../test/conformance/rfb-bytes.ts';
import { RfbStream } from '../../test/conformance/rfb-stream.ts';
import { PixelSwitch } from './pixel-switch.ts';

const formats = [
  { pixel: 1, message: bytesOf('00 000000 08 08 00 01 0007 0007 0003 00 03 06 000000') },
  { pixel: 2, message: bytesOf('00 000000 10 10 00 01 001f 003f 001f 0b 05 00 000000') },
  { pixel: 4, message: bytesOf('00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000') },
] as const;
const [narrow, middle, wide] = formats;
const bell = bytesOf('02');
const serverFence = bytesOf('f8 000000 80000001 01 01');
const requestUpdates = bytesOf('96 01 0000 0000 0010 0010');

function open() {
  const server = {
    pixels: { pixel: 4, tightPixel: 3, compressedPixel: 3 },
    doesFences: true,
    holdsFences: false,
    isBetweenFormats: false,
  };
  return { server, pixelSwitch: openSwitch(server) };
}

function openSwitch(server: ConstructorParameters<typeof PixelSwitch>[0]): PixelSwitch {
  const pixelSwitch = new PixelSwitch(server);
  pixelSwitch.pixelsMayCome = true;
  return pixelSwitch;
}

describe('changes that wait for the server', () => {
  test('are limited in number', () => {
    const { pixelSwitch } = open();
    for (let count = 0; count < limits.pixelFormatsPendingMax; count++) {
      pixelSwitch.setPixelFormat((count % 2 === 0 ? narrow : wide).message, 0);
    }
    expect(() => pixelSwitch.setPixelFormat(middle.message, 0)).toThrow('16');
  });

  test('are compared with what was asked for last, not with what is in force', () => {
    const { pixelSwitch, server } = open();
    expect(pixelSwitch.setPixelFormat(narrow.message, 0)).not.toBe('pass');
    expect(pixelSwitch.setPixelFormat(narrow.message, 0)).toBe('pass');
    expect(pixelSwitch.setPixelFormat(wide.message, 0)).not.toBe('pass');
    expect(server.pixels.pixel).toBe(4);
  });

  test('have fences held only until the last is answered', () => {
    const { pixelSwitch, server } = open();
    pixelSwitch.setPixelFormat(narrow.message, 0);
    expect(server.holdsFences).toBe(true);
    const answer = bytesOf('f8 000000 00000004 07 "sluice1"');
    expect(pixelSwitch.serverFence(answer, 0, answer.length)).toBe('drop');
    expect([server.holdsFences, server.isBetweenFormats, server.pixels.pixel]).toEqual([true, true, 1]);
    const last = bytesOf('f8 000000 00000001 08 "sluice1."');
    expect(pixelSwitch.serverFence(last, 0, last.length)).toBe('drop');
    expect([server.holdsFences, server.isBetweenFormats]).toEqual([false, false]);
  });
});

/** What a server that keeps fences for the next message says, as it reads what came to it and draws meanwhile. */
class ModelServer {
  readonly said: Uint8Array[] = [];
  readonly saidToClient: Uint8Array[] = [];
  #unread = new Uint8Array(0);
  #pixel = 4;

  hear(bytes: Uint8Array): void {
    this.#unread = joined([this.#unread, bytes]) as Uint8Array<ArrayBuffer>;
  }

  /** Reads one fence with the format behind it, and the fence behind that. */
  read(): void {
    const bytes = this.#unread;
    if (bytes.length === 0) return;
    const payloadBytes = bytes[8]!;
    const format = bytes.subarray(9 + payloadBytes, 29 + payloadBytes);
    this.#unread = bytes.slice(39 + 2 * payloadBytes);
    this.#pixel = format[4]! / 8;
    const answer = bytes.slice(0, 9 + payloadBytes);
    answer.set([0, 0, 0, 4], 4);
    const last = bytes.slice(29 + payloadBytes, 39 + 2 * payloadBytes);
    last.set([0, 0, 0, 1], 4);
    this.said.push(answer, last);
  }

  draw(side: number): void {
    const payload = filler(side * side * this.#pixel);
    const update = updateOf([{ encoding: 0, width: side, height: side, payload }]);
    for (const message of [update, serverFence, bell]) {
      this.said.push(message);
      this.saidToClient.push(message);
    }
  }
}

test('whenever a server reads, draws and is heard, the client gets all but the answers to our fences', () => {
  const steps = fc.oneof(
    fc.record({ ask: fc.constantFrom(...formats) }),
    fc.record({ draw: fc.integer({ min: 1, max: 5 }) }),
    fc.constant({ read: true }),
    fc.record({ hearBytes: fc.integer({ min: 1, max: 60 }) }),
  );
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), order => {
      const stream = new RfbStream({ encodings: [0, -312] });
      const server = new ModelServer();
      const got: Uint8Array[] = [stream.say('server', serverFence).client];
      stream.say('client', requestUpdates);
      let heard = 0;
      let asked = 4;
      const hear = (count: number): void => {
        const waiting = joined(server.said).subarray(heard, heard + count);
        heard += waiting.length;
        if (waiting.length > 0) got.push(stream.say('server', waiting).client);
      };
      for (const step of order) {
        if ('draw' in step) server.draw(step.draw);
        else if ('read' in step) server.read();
        else if ('hearBytes' in step) hear(step.hearBytes);
        else if (step.ask.pixel !== asked) {
          asked = step.ask.pixel;
          server.hear(stream.say('client', step.ask.message).upstream);
          if (order.indexOf(step) % 7 === 0) server.read();
        }
      }
      for (const _ of order) server.read();
      server.draw(2);
      hear(Number.MAX_SAFE_INTEGER);
      expect(joined(got)).toEqual(joined([serverFence, ...server.saidToClient]));
    }),
    { seed: 5, numRuns: 500 },
  );
});
