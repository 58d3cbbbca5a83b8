import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { HalfPipe } from './half-pipe.ts';

/** A sink that takes `room` bytes and then nothing, and a source that remembers whether it may read. */
class Ends {
  room = 0;
  broken = false;
  reading = true;
  pauses = 0;
  readonly taken: number[] = [];

  write(bytes: Uint8Array): number {
    if (this.broken) return -1;
    const length = Math.min(this.room, bytes.length);
    this.room -= length;
    this.taken.push(...bytes.subarray(0, length));
    return length;
  }

  pause(): void {
    this.reading = false;
    this.pauses += 1;
  }

  resume(): void {
    this.reading = true;
  }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('bytes the sink takes at once are never held', () => {
  const ends = new Ends();
  ends.room = 100;
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.write(bytes(1, 2, 3));
  expect(ends.taken).toEqual([1, 2, 3]);
  expect(pipe.pendingBytes).toBe(0);
  expect(pipe.sentBytes).toBe(3);
});

test('the source is paused above the high mark and reads on at the low mark', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.write(new Uint8Array(8));
  expect(ends.reading).toBe(true);
  pipe.write(new Uint8Array(1));
  expect(ends.reading).toBe(false);
  ends.room = 6;
  pipe.drain();
  expect(ends.reading).toBe(false);
  ends.room = 1;
  pipe.drain();
  expect(ends.reading).toBe(true);
  expect(pipe.pendingBytes).toBe(2);
  expect(ends.pauses).toBe(1);
});

test('with both marks at 0 the source rests while a single byte waits', () => {
  const ends = new Ends();
  ends.room = 1;
  const pipe = new HalfPipe(ends, ends, 0, 0);
  pipe.write(bytes(1, 2));
  expect(ends.reading).toBe(false);
  ends.room = 1;
  pipe.drain();
  expect(ends.reading).toBe(true);
  expect(ends.taken).toEqual([1, 2]);
});

test('memory the caller reuses is copied when it has to wait', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  const scratch = bytes(1, 2);
  pipe.writeBorrowed(scratch, undefined);
  scratch.fill(9);
  ends.room = 2;
  pipe.drain();
  expect(ends.taken).toEqual([1, 2]);
});

test('a closed sink drops what is pending and says that the pipe is empty', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.write(bytes(1));
  let empty = 0;
  pipe.whenEmpty(() => {
    empty += 1;
  });
  expect(empty).toBe(0);
  ends.broken = true;
  pipe.drain();
  expect(empty).toBe(1);
  pipe.write(bytes(2));
  expect(pipe.pendingBytes).toBe(0);
});

test('whatever the sink takes when, every byte arrives once, in order, and little is held', () => {
  const steps = fc.array(fc.oneof(fc.record({ write: fc.nat(20) }), fc.record({ drain: fc.nat(20) })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, script => {
      const ends = new Ends();
      const pipe = new HalfPipe(ends, ends, 16, 4);
      let next = 0;
      for (const step of script) {
        if ('write' in step) {
          if (!ends.reading) continue;
          pipe.write(Uint8Array.from({ length: step.write }, () => next++ & 0xff));
        } else {
          ends.room += step.drain;
          pipe.drain();
        }
        expect(pipe.pendingBytes).toBeLessThanOrEqual(16 + 20);
        expect(ends.taken.length + pipe.pendingBytes).toBe(next);
      }
      ends.room = next;
      pipe.drain();
      expect(ends.reading).toBe(true);
      expect(ends.taken).toEqual(Array.from({ length: next }, (_, index) => index & 0xff));
    }),
  );
});

test('the memory of a large chunk is given back when its last piece was taken, and not before', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends);
  const chunk = new Uint8Array(64 * 1024).fill(7);
  pipe.write(chunk.subarray(0, 3));
  pipe.write(bytes(1, 2));
  pipe.write(chunk.subarray(9, 12));
  ends.room = 6;
  pipe.drain();
  expect(chunk.length).toBe(64 * 1024);
  ends.room = 6;
  pipe.drain();
  expect(ends.taken).toEqual([7, 7, 7, 1, 2, 7, 7, 7]);
  expect(chunk.length).toBe(0);
});

test('small memory is left alone: it may be part of a pool', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends);
  const small = bytes(1, 2, 3);
  pipe.write(small);
  ends.room = 3;
  pipe.drain();
  expect(small).toEqual(bytes(1, 2, 3));
});
