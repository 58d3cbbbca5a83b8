import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { WriteCursor } from '../wire/write-cursor.ts';
import {
  KasmPointerWriter,
  MotionWriter,
  StandardPointerWriter,
  scrollPerStep,
  stepsPerMessageMax,
} from './pointer-form.ts';

interface Event {
  readonly mask: number;
  readonly x: number;
  readonly y: number;
  readonly scroll: readonly [number, number];
}

const s16 = (value: number): number => (value << 16) >> 16;

function readKasm(bytes: Uint8Array): Event[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 11 }, (_, index) => {
    const [mask, x, y, across, down] = [1, 3, 5, 7, 9].map(at => view.getUint16(index * 11 + at)) as [
      ...[number, number, number, number, number],
    ];
    return { mask, x, y, scroll: [s16(across), s16(down)] };
  });
}

function readStandard(bytes: Uint8Array): { mask: number; x: number; y: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 6 }, (_, index) => ({
    mask: view.getUint8(index * 6 + 1),
    x: view.getUint16(index * 6 + 2),
    y: view.getUint16(index * 6 + 4),
  }));
}

const standard = (mask: number, x: number, y: number): Uint8Array =>
  new WriteCursor().u8(5).u8(mask).u16(x).u16(y).finish();

const kasm = ({ mask, x, y, scroll }: Event): Uint8Array =>
  new WriteCursor().u8(5).u16(mask).u16(x).u16(y).u16(scroll[0]).u16(scroll[1]).finish();

const place = { x: fc.nat(0xffff), y: fc.nat(0xffff) };

describe('standard to KasmVNC', () => {
  test('every event points at its place, and no event points and scrolls', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ mask: fc.nat(0xff), ...place })), events => {
        const writer = new KasmPointerWriter();
        for (const { mask, x, y } of events) {
          const [first, second, ...more] = readKasm(writer.translate(standard(mask, x, y), 0, 6));
          expect(first).toEqual({ mask: mask & 0x87, x, y, scroll: [0, 0] });
          if (second !== undefined) expect(second.scroll).not.toEqual([0, 0]);
          expect(more).toEqual([]);
        }
      }),
      { seed: 1 },
    );
  });

  test('each press of a wheel button is one step, however long it is held', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0x08, 0x10)), masks => {
        const writer = new KasmPointerWriter();
        let turned = 0;
        let expected = 0;
        let before = 0;
        for (const mask of masks) {
          for (const { scroll } of readKasm(writer.translate(standard(mask, 1, 1), 0, 6)))
            turned += scroll[1];
          if (mask !== before) expected += mask === 0x08 ? -scrollPerStep : mask === 0x10 ? scrollPerStep : 0;
          before = mask;
        }
        expect(turned).toBe(expected);
      }),
      { seed: 1 },
    );
  });
});

describe('KasmVNC to standard', () => {
  test('no wheel button stays down, the others stay as they were, and the wheel turns where the pointer is', () => {
    const distance = fc.integer({ min: -400, max: 400 });
    const event = fc.record({ mask: fc.nat(0x7), ...place, scroll: fc.tuple(distance, distance) });
    fc.assert(
      fc.property(fc.array(event), events => {
        const writer = new StandardPointerWriter();
        let held = 0;
        let at: Event | undefined;
        for (const one of events) {
          const written = readStandard(writer.translate(kasm(one), 0));
          const scrolls = one.scroll[0] !== 0 || one.scroll[1] !== 0;
          if (!scrolls) held = one.mask;
          if (!scrolls) at = one;
          const place = at ?? one;
          for (const { x, y } of written) expect([x, y]).toEqual([place.x, place.y]);
          for (const { mask } of written) expect(mask & 0x7).toBe(held);
          if (written.length > 0) expect(written.at(-1)!.mask).toBe(held);
        }
      }),
      { seed: 1 },
    );
  });

  test('many small scrolls turn as far as one large one', () => {
    const stepsOf = (distances: readonly number[]): number => {
      const writer = new StandardPointerWriter();
      return distances.reduce((count, distance) => {
        const written = readStandard(
          writer.translate(kasm({ mask: 0, x: 1, y: 1, scroll: [0, distance] }), 0),
        );
        return count + written.length / 2;
      }, 0);
    };
    expect(stepsOf(Array(100).fill(7))).toBe(stepsOf([700]));
    expect(stepsOf([700])).toBe(14);
    expect(stepsOf([30, -30, 30, -30])).toBe(0);
    expect(stepsOf([0x7fff])).toBe(stepsPerMessageMax);
  });
});

test('places become motion of which the sum is the way, from wherever it began', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ x: fc.nat(4_000), y: fc.nat(4_000) }), { minLength: 1 }),
      fc.constantFrom(6, 7),
      (places, bytes) => {
        const writer = new MotionWriter();
        let [x, y] = [places[0]!.x, places[0]!.y];
        for (const to of places) {
          const event = Uint8Array.of(...standard(1, to.x, to.y), 0xaa).slice(0, bytes);
          const [moved] = readStandard(writer.translate(event, bytes));
          x += moved!.x - 0x7fff;
          y += moved!.y - 0x7fff;
          expect([x, y, moved!.mask, event[6]]).toEqual([to.x, to.y, 1, bytes === 7 ? 0xaa : undefined]);
        }
      },
    ),
    { seed: 1 },
  );
});

test('motion begins anew after places were places, and never goes beyond what the message holds', () => {
  const writer = new MotionWriter();
  const moved = (x: number): number => readStandard(writer.translate(standard(0, x, 0), 6))[0]!.x;
  expect([moved(10), moved(12)]).toEqual([0x7fff, 0x8001]);
  writer.forget();
  expect([moved(500), moved(0xffff), moved(0)]).toEqual([0x7fff, 0xffff, 0]);
});
