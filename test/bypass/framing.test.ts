/** Attacks by the WebSocket around the messages. See docs/bypasses.md. */
import { expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { HalfPipe } from '../../gateway/relay/half-pipe.ts';
import { StreamPump } from '../../gateway/relay/stream-pump.ts';
import { FrameError } from '../../gateway/websocket/frame-error.ts';
import { FrameReader } from '../../gateway/websocket/frame-reader.ts';
import { bytesOf, joined } from '../conformance/rfb-bytes.ts';
import { encodeMaskedFrame } from '../harness/stream-client.ts';
import { Attack, type AttackOptions, copyOf, keyA, noCopies, noKeys, updateRequest } from './attack.ts';
import { typesTakenBy } from './desktop-model.ts';

/** A client's frames before a KasmVNC desktop, and what of them its WebSocket takes. */
class FramedAttack {
  readonly toUpstream: Uint8Array[] = [];
  readonly toClient: Uint8Array[] = [];
  readonly pump: StreamPump;

  constructor(options: AttackOptions) {
    const source = { pause() {}, resume() {} };
    const sink = (writes: Uint8Array[]) => ({
      write: (bytes: Uint8Array) => writes.push(bytes.slice()) && bytes.length,
    });
    this.pump = new StreamPump({
      inspection: new Attack(options).inspection,
      clientReader: new FrameReader({ from: 'browser', frameBytesMax: limits.clientFrameBytesMax }),
      toClient: new HalfPipe(sink(this.toClient), source),
      toUpstream: new HalfPipe(sink(this.toUpstream), source),
      framed: true,
      maskKey: () => 0x0bad_cafe,
    });
  }

  /** The first byte of each frame that reached the desktop. */
  get firstBytes(): number[] {
    return this.#frames().map(({ first }) => first);
  }

  get acted(): number[] {
    return typesTakenBy('kasmvnc', joined(this.#frames().map(({ payload }) => payload)));
  }

  /** @returns the close code of the refusal, or undefined. */
  send(...frames: readonly Uint8Array[]): number | undefined {
    try {
      this.pump.fromClient(joined(frames));
      return undefined;
    } catch (error) {
      if (error instanceof FrameError) return error.closeCode;
      throw error;
    }
  }

  #frames(): { first: number; payload: Uint8Array }[] {
    const bytes = joined(this.toUpstream);
    const frames: { first: number; payload: Uint8Array }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const short = bytes[at + 1]! & 0x7f;
      const header = short === 126 ? 8 : 6;
      const length = short === 126 ? (bytes[at + 2]! << 8) | bytes[at + 3]! : short;
      const payload = bytes.slice(at + header, at + header + length);
      for (let index = 0; index < length; index++) payload[index]! ^= bytes[at + header - 4 + (index & 3)]!;
      frames.push({ first: bytes[at]!, payload });
      at += header + length;
    }
    return frames;
  }
}

const binary = 2;
const text = 1;
const ping = 9;
const frame = (notation: string): Uint8Array => encodeMaskedFrame(binary, bytesOf(notation));
const base64 = (notation: string): Uint8Array =>
  new TextEncoder().encode(Buffer.from(bytesOf(notation)).toString('base64'));
const withFirstByte = (bytes: Uint8Array, first: number): Uint8Array => {
  const copy = bytes.slice();
  copy[0] = first;
  return copy;
};

test('a key in base64 in a text frame, which KasmVNC decodes on any connection, closes the stream with 1003', () => {
  const attack = new FramedAttack({ prevention: noKeys });
  const close = attack.send(frame(updateRequest), encodeMaskedFrame(text, base64(keyA)));
  expect([close, attack.acted]).toEqual([1003, [3]]);
});

test('a text frame that continues a binary message is no way around it', () => {
  const attack = new FramedAttack({ prevention: noKeys });
  const begun = withFirstByte(frame(updateRequest), 0x02);
  expect([attack.send(begun, encodeMaskedFrame(text, base64(keyA))), attack.acted]).toEqual([1002, [3]]);
});

test('continuation frames, which KasmVNC drops and so reads another stream, arrive as whole binary frames', () => {
  const attack = new FramedAttack({});
  const bytes = bytesOf(`${updateRequest} ${keyA}`);
  const first = withFirstByte(encodeMaskedFrame(binary, bytes.subarray(0, 13)), 0x02);
  const rest = withFirstByte(encodeMaskedFrame(binary, bytes.subarray(13)), 0x80);
  attack.send(first);
  attack.send(rest);
  expect(attack.acted).toEqual([3, 4, 4]);
  expect(attack.firstBytes.every(byte => byte === 0x82)).toBe(true);
});

test('a copy split over frames and fragments, with pings in between, falls; the pings are answered', () => {
  const attack = new FramedAttack({ prevention: { ...noCopies, ...noKeys } });
  const bytes = bytesOf(`${copyOf('text/plain', 'secret')} ${keyA} ${updateRequest}`);
  for (let at = 0; at < bytes.length; at += 3) {
    const isLast = at + 3 >= bytes.length;
    const piece = encodeMaskedFrame(binary, bytes.subarray(at, at + 3));
    const first = (isLast ? 0x80 : 0) | (at === 0 ? binary : 0);
    attack.send(withFirstByte(piece, first), encodeMaskedFrame(ping, Uint8Array.of(at)));
  }
  expect(attack.acted).toEqual([3]);
  expect(joined(attack.toClient).filter(byte => byte === 0x8a).length).toBeGreaterThan(10);
});

test('frames without a mask, or with reserved bits or unknown opcodes, close the stream with 1002', () => {
  const plain = joined([Uint8Array.of(0x82, 8), bytesOf('04 01 0000 00000061')]);
  for (const bad of [
    plain,
    withFirstByte(frame(keyA), 0xc2),
    withFirstByte(frame(keyA), 0x83),
    withFirstByte(frame(keyA), 0x8b),
  ]) {
    const attack = new FramedAttack({});
    expect([attack.send(frame(updateRequest), bad), attack.acted]).toEqual([1002, [3]]);
  }
});

test('a length written longer than it needs, which readers take for different ones, closes the stream', () => {
  const attack = new FramedAttack({});
  const long = joined([Uint8Array.of(0x82, 0xfe, 0, 8, 0, 0, 0, 0), bytesOf('04 01 0000 00000061')]);
  expect([attack.send(long), attack.acted]).toEqual([1002, []]);
});

test('half a message, for which KasmVNC would hold the whole desktop still, is not sent on before the rest is there', () => {
  const attack = new FramedAttack({});
  const copy = bytesOf(copyOf('text/plain', 'x'.repeat(200)));
  attack.send(encodeMaskedFrame(binary, copy.subarray(0, 100)));
  expect(attack.toUpstream).toEqual([]);
  attack.send(encodeMaskedFrame(binary, copy.subarray(100)));
  expect([attack.acted, attack.firstBytes.length]).toEqual([[180], 1]);
});

test('one large message goes out in frames that KasmVNC can hold', () => {
  const attack = new FramedAttack({ prevention: { clipboard: { allow_mimetypes: 'any' } } });
  attack.send(frame(copyOf('text/plain', 'x'.repeat(200_000))));
  expect(attack.acted).toEqual([180]);
  expect(attack.firstBytes).toEqual([0x82, 0x82, 0x82, 0x82]);
});
