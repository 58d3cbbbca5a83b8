import { describe, expect, test } from 'bun:test';
import { FrameReader, FrameStep } from '../../gateway/websocket/frame-reader.ts';
import { encodeClientFrame, encodeFrame, encodePong, FrameCursor, pingFrame } from './frame.ts';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 0xff);

describe.each([0, 1, 125, 126, 65_535, 65_536, 70_001])('a frame of %p bytes', length => {
  test('is one that the gateway reads, from servers and from clients', () => {
    for (const [from, frame] of [
      ['upstream', encodeFrame(bytes(length))],
      ['browser', encodeClientFrame(bytes(length))],
    ] as const) {
      const reader = new FrameReader({ from, frameBytesMax: 1 << 20 });
      const payload: Uint8Array[] = [];
      reader.push(frame);
      for (let step: number = reader.next(); step !== FrameStep.need; step = reader.next()) {
        expect(step).toBe(FrameStep.payload);
        payload.push(frame.subarray(reader.payloadStart, reader.payloadEnd));
      }
      expect(Buffer.concat(payload).equals(bytes(length))).toBe(true);
    }
  });
});

describe('the cursor', () => {
  const stream = Buffer.concat([
    encodeFrame(bytes(3)),
    Uint8Array.of(0x89, 2, 7, 8),
    encodeFrame(bytes(300)),
    Uint8Array.of(0x8a, 0),
    Uint8Array.of(0x88, 4, 0x03, 0xf3, 0x61, 0x62),
  ]);

  test('finds the same in a stream cut at every position', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const cursor = new FrameCursor();
      const pings: Uint8Array[] = [];
      const payload: number[] = [];
      cursor.onPing = ping => pings.push(ping);
      let counted = 0;
      for (const chunk of [stream.subarray(0, cut), stream.subarray(cut)]) {
        counted += cursor.read(chunk, (start, end) => payload.push(...chunk.subarray(start, end)));
      }
      expect(counted).toBe(303);
      expect(Uint8Array.from(payload)).toEqual(new Uint8Array([...bytes(3), ...bytes(300)]));
      expect(pings).toEqual([Uint8Array.of(7, 8)]);
      expect(cursor.pongs).toBe(1);
      expect(cursor.closeCode).toBe(1011);
    }
  });

  test('counts what clients send, mask and all', () => {
    const cursor = new FrameCursor();
    const sent = Buffer.concat([encodeClientFrame(bytes(8)), pingFrame, encodeClientFrame(bytes(200))]);
    expect(cursor.read(sent)).toBe(208);
  });

  test('knows a close frame without a code', () => {
    const cursor = new FrameCursor();
    cursor.read(Uint8Array.of(0x88, 0));
    expect(cursor.closeCode).toBe(1005);
  });
});

test('a pong brings back the payload of the ping', () => {
  const reader = new FrameReader({ from: 'browser', frameBytesMax: 1 << 20 });
  reader.push(encodePong(Uint8Array.of(1, 2, 3)));
  expect(reader.next()).toBe(FrameStep.pong);
  expect([...reader.controlPayload()]).toEqual([1, 2, 3]);
});
