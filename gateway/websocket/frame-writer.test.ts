import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { encodeClosePayload, parseClosePayload } from './close-frame.ts';
import { FrameReader, FrameStep } from './frame-reader.ts';
import {
  encodeCloseFrame,
  encodeControlFrame,
  encodeFrame,
  encodeMaskedCloseFrame,
  encodeMaskedControlFrame,
  encodeMaskedFrames,
  frameHeaderLength,
  writeFrameHeader,
} from './frame-writer.ts';
import { isSendableCloseCode, opcode } from './numbers.ts';

const spans = (...parts: readonly Uint8Array[]) => ({
  spans: parts,
  byteLength: parts.reduce((sum, part) => sum + part.length, 0),
});
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** The key of the examples in RFC 6455, section 5.7: 37 fa 21 3d on the wire. */
const sampleKey = 0x3d21fa37;

describe('the examples of RFC 6455, section 5.7', () => {
  test('an unmasked ping and a masked pong', () => {
    expect(hex(encodeControlFrame(opcode.ping, text('Hello')))).toBe('890548656c6c6f');
    expect(hex(encodeMaskedControlFrame(opcode.pong, text('Hello'), sampleKey))).toBe(
      '8a8537fa213d7f9f4d5158',
    );
  });

  test('256 bytes and 64 KiB of binary, unmasked', () => {
    expect(hex(encodeFrame(spans(new Uint8Array(256))).subarray(0, 4))).toBe('827e0100');
    expect(hex(encodeFrame(spans(new Uint8Array(65_536))).subarray(0, 10))).toBe('827f0000000000010000');
  });
});

test('a header has the shortest length there is, and its size is known before', () => {
  const sizes: readonly (readonly [payload: number, header: string])[] = [
    [0, '8200'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
    [0x1_2345_6789, '827f0000000123456789'],
  ];
  for (const [payload, header] of sizes) {
    const target = new Uint8Array(12).fill(0xee);
    const size = writeFrameHeader(target, 1, opcode.binary, payload);
    expect(size).toBe(frameHeaderLength(payload));
    expect(hex(target)).toBe(`ee${header}`.padEnd(24, 'e'));
  }
});

test('one frame holds all spans', () => {
  expect(hex(encodeFrame(spans(text('a'), text(''), text('bc'))))).toBe('8203616263');
});

describe('masked frames towards an upstream', () => {
  /** Reads them back as a server does. */
  function readBack(frames: Uint8Array, frameBytesMax: number): { payload: string; frames: number } {
    const reader = new FrameReader({ from: 'browser', frameBytesMax });
    const chunk = frames.slice();
    reader.push(chunk);
    const parts: Uint8Array[] = [];
    for (let step = reader.next(); step !== FrameStep.need; step = reader.next()) {
      expect(step).toBe(FrameStep.payload);
      expect(chunk[reader.headerStart]).toBe(0x82);
      parts.push(chunk.slice(reader.payloadStart, reader.payloadEnd));
    }
    expect(reader.betweenMessages).toBe(true);
    return { payload: hex(Buffer.concat(parts)), frames: parts.length };
  }

  test('are as few as the limit allows and hold the payload in order', () => {
    const part = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.integer({ min: 1, max: 300 }), (parts, limit) => {
        const payload = spans(...parts);
        let key = 0x1234567;
        const frames = encodeMaskedFrames(payload, limit, () => (key = Math.imul(key, 69_069) + 1));
        const back = readBack(frames, limit);
        expect(back.payload).toBe(hex(Buffer.concat([...parts])));
        expect(back.frames).toBe(Math.ceil(payload.byteLength / limit));
      }),
    );
  });

  test('take a fresh key each', () => {
    const keys = [1, 2, 3];
    const frames = encodeMaskedFrames(spans(text('abcde')), 2, () => keys.shift() ?? 0);
    expect(keys).toEqual([]);
    expect(readBack(frames, 2)).toEqual({ payload: hex(text('abcde')), frames: 3 });
  });

  test('stay below what KasmVNC reads into its buffer', () => {
    const frames = encodeMaskedFrames(spans(new Uint8Array(200_000)), 65_527, () => sampleKey);
    expect(readBack(frames, 65_527).frames).toBe(4);
    expect(hex(frames.subarray(0, 8))).toBe('82fefff737fa213d');
  });
});

describe('close frames', () => {
  test('hold code and reason', () => {
    expect(hex(encodeCloseFrame(1000, 'bye'))).toBe('880503e8627965');
    expect(hex(encodeMaskedCloseFrame(1000, 'bye', 0))).toBe('88850000000003e8627965');
    expect(hex(encodeCloseFrame(1005, 'not sent'))).toBe('8800');
  });

  test('cut a long reason between characters', () => {
    for (const character of ['x', 'ä', '€', '😀']) {
      const payload = encodeClosePayload(1008, character.repeat(130));
      const size = text(character).length;
      expect(payload.length).toBe(2 + Math.floor(123 / size) * size);
      expect(parseClosePayload(payload)).toEqual({
        code: 1008,
        reason: character.repeat(Math.floor(123 / size)),
      });
    }
    const mixed = `${'a'.repeat(122)}ä`;
    expect(parseClosePayload(encodeClosePayload(1008, mixed))).toEqual({
      code: 1008,
      reason: 'a'.repeat(122),
    });
  });

  test('read back whatever the reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), reason => {
        const back = parseClosePayload(encodeClosePayload(1011, reason));
        expect('reason' in back && reason.toWellFormed().startsWith(back.reason)).toBe(true);
      }),
    );
  });

  test('may not carry a code that is reserved', () => {
    for (const code of [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535]) {
      expect(isSendableCloseCode(code)).toBe(false);
      expect(() => encodeCloseFrame(code, '')).toThrow(`close code ${code} may not be sent`);
    }
    for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999]) {
      expect(isSendableCloseCode(code)).toBe(true);
    }
  });
});

test('control frames over 125 bytes are refused', () => {
  const message = 'control frame of 126 bytes is over the limit of 125';
  expect(() => encodeControlFrame(opcode.ping, new Uint8Array(126))).toThrow(message);
  expect(() => encodeMaskedControlFrame(opcode.ping, new Uint8Array(126), 1)).toThrow(message);
});
