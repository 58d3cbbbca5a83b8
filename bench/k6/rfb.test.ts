import { describe, expect, test } from 'bun:test';
import { clientCutText, keyEvent, pointerEvent, RfbClient, updateRequest } from './rfb.ts';

const text = (value: string): number[] => [...Buffer.from(value, 'latin1')];
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const rectangle = (width: number, height: number, encoding: number, content: number[]): number[] => [
  ...u16(0),
  ...u16(0),
  ...u16(width),
  ...u16(height),
  ...u32(encoding),
  ...content,
];
const filler = (count: number): number[] => Array.from({ length: count }, (_, index) => index & 255);

const opening = [
  ...text('RFB 003.008\n'),
  ...[2, 2, 1],
  ...u32(0),
  ...u16(640),
  ...u16(480),
  ...filler(16),
  ...u32(4),
  ...text('desk'),
];

const messages = [
  // An update of each encoding, one of none, and everything that is no update.
  ...[0, 0, ...u16(3)],
  ...rectangle(3, 2, 0, filler(24)),
  ...rectangle(5, 5, 1, filler(4)),
  ...rectangle(9, 9, 16, [...u32(7), ...filler(7)]),
  ...[0, 0, ...u16(0)],
  ...[2],
  ...[1, 0, ...u16(0), ...u16(2), ...filler(12)],
  ...[3, 0, 0, 0, ...u32(5), ...text('hello')],
  ...[0, 0, ...u16(1)],
  ...rectangle(800, 600, -223 >>> 0, []),
];

function converse(chunks: readonly number[][]): { client: RfbClient; sent: number; opened: number } {
  let sent = 0;
  let opened = 0;
  const client = new RfbClient({
    send: bytes => {
      sent += bytes.byteLength;
    },
    onOpen: () => {
      opened += 1;
    },
    onUpdate: () => {},
  });
  for (const chunk of chunks) client.take(Uint8Array.from(chunk).buffer);
  return { client, sent, opened };
}

describe("the k6 scripts' RFB", () => {
  test('follows a server however its bytes are cut', () => {
    const all = [...opening, ...messages];
    for (let at = 0; at <= all.length; at++) {
      const { client, sent, opened } = converse([all.slice(0, at), all.slice(at)]);
      expect([opened, client.updates, client.width, client.height]).toEqual([1, 3, 800, 600]);
      // Version, security type, ClientInit, pixel format and four encodings.
      expect(sent).toBe(12 + 1 + 1 + 20 + 20);
    }
    expect(converse(all.map(byte => [byte])).client.updates).toBe(3);
  });

  test('stops at what it can not follow', () => {
    const after = (...bytes: number[]) => converse([[...opening, ...bytes]]);
    expect(() => after(99)).toThrow('unknown server message 99');
    expect(() => after(0, 0, ...u16(1), ...rectangle(1, 1, 7, []))).toThrow('encoding 7, which nobody');
    expect(() => after(3, 0, 0, 0, ...u32(0xfffffff0))).toThrow('the server claims 4294967280 bytes');
    expect(() => converse([[...text('RFB 003.008\n'), 1, 2]])).toThrow('security type None');
    const refusal = [...text('RFB 003.008\n'), 0, ...u32(4), ...text('full')];
    expect(() => converse([refusal.slice(0, 14), refusal.slice(14)])).toThrow('the desktop refused: full');
    expect(() => converse([[...text('RFB 003.008\n'), 1, 1, ...u32(1)]])).toThrow('security result is 1');
  });

  test('writes the messages of RFC 6143', () => {
    const bytes = (message: ArrayBuffer) => [...new Uint8Array(message)];
    expect(bytes(updateRequest({ width: 640, height: 480 }, true))).toEqual([
      ...[3, 1, 0, 0, 0, 0],
      ...u16(640),
      ...u16(480),
    ]);
    expect(bytes(keyEvent(0xffe1, true))).toEqual([4, 1, 0, 0, ...u32(0xffe1)]);
    expect(bytes(pointerEvent(300, 2))).toEqual([5, 0, 1, 44, 0, 2]);
    expect(bytes(clientCutText('hé'))).toEqual([6, 0, 0, 0, ...u32(2), 0x68, 0xe9]);
  });
});
