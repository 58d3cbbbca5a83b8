import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { bytesOf } from '../../test/conformance/rfb-bytes.ts';
import { cutProtocolText, latinCut, protocolTextBytes, utf8Cut } from './clipboard-text.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('UTF-8', () => {
  test('is cut where a character ends, and no sooner than needed', () => {
    fc.assert(
      fc.property(text, fc.nat(60), (whole, room) => {
        const bytes = new TextEncoder().encode(whole);
        const end = utf8Cut(bytes, room);
        expect(end).toBeLessThanOrEqual(room);
        const kept = strict.decode(bytes.subarray(0, end));
        const characters = [...new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)];
        expect(kept).toBe(characters.slice(0, [...kept].length).join(''));
        const next = characters[[...kept].length];
        if (next !== undefined) expect(end + new TextEncoder().encode(next).length).toBeGreaterThan(room);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('that is none is cut between bytes where Latin-1 is possible, and never beyond the room', () => {
    expect(latinCut(bytesOf('61 e9 e9 e9'), 2)).toBe(2);
    expect(latinCut(bytesOf('61 c3a9'), 2)).toBe(1);
    expect(latinCut(bytesOf('61 c3a9'), 9)).toBe(3);
    expect(utf8Cut(bytesOf('80808080'), 2)).toBe(0);
  });
});

describe('extended clipboard text', () => {
  const protocolText = fc
    .tuple(
      fc.array(fc.constantFrom('a', 'é', '€', '\r\n', '\n', '\r', '😀'), { maxLength: 20 }),
      fc.boolean(),
    )
    .map(([parts, closed]) => new TextEncoder().encode(parts.join('') + (closed ? '\0' : '')));

  test('counts at most the room after it was cut, and keeps its end as it was', () => {
    fc.assert(
      fc.property(protocolText, fc.nat(40), (bytes, room) => {
        const kept = cutProtocolText(bytes, room);
        expect(protocolTextBytes(kept)).toBeLessThanOrEqual(room);
        expect(kept.at(-1) === 0).toBe(bytes.at(-1) === 0);
        const content = kept.at(-1) === 0 ? kept.subarray(0, -1) : kept;
        expect(Buffer.compare(bytes.subarray(0, content.length), content)).toBe(0);
        strict.decode(content);
        if (protocolTextBytes(bytes) <= room) expect(Buffer.compare(kept, bytes)).toBe(0);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  test('is not cut inside a line end', () => {
    expect(cutProtocolText(bytesOf('61 0d0a 62 00'), 2)).toEqual(bytesOf('61 0d0a 00'));
    expect(cutProtocolText(bytesOf('61 0d0a 62'), 1)).toEqual(bytesOf('61'));
  });
});
