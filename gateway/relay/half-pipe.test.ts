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

test('a sink whose write closes the pipe leaves nothing in it, nor in any other', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  const write = ends.write.bind(ends);
  for (const values of [[1], [2, 3, 4]]) pipe.write(bytes(...values));
  ends.room = 2;
  ends.write = given => {
    const taken = write(given);
    pipe.close();
    return taken;
  };
  pipe.drain();
  const takeOneAndClose = (): number => {
    closedBySend.close();
    return 1;
  };
  const closedBySend = new HalfPipe({ write: takeOneAndClose }, ends, 8, 2);
  closedBySend.write(bytes(5, 6, 7));
  expect([pipe.pendingBytes, closedBySend.pendingBytes, ends.taken]).toEqual([0, 0, [1]]);
  const other = new HalfPipe(new Ends(), ends, 8, 2);
  let empty = 0;
  other.whenEmpty(() => {
    empty += 1;
  });
  other.drain();
  expect([other.pendingBytes, other.sentBytes, empty]).toEqual([0, 0, 1]);
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

test('of what only the newest matters of, one waits, in the place of the one before', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.write(bytes(1));
  for (let count = 0; count < 100_000; count++) pipe.writeNewest(bytes(9, count & 0xff));
  pipe.write(bytes(2));
  pipe.writeNewest(bytes(7, 7, 7));
  expect(pipe.pendingBytes).toBe(5);
  expect(ends.reading).toBe(true);
  ends.room = 5;
  pipe.drain();
  expect(ends.taken).toEqual([1, 7, 7, 7, 2]);
  expect(pipe.pendingBytes).toBe(0);
});

test('one that the sink began to take is sent to its end, and the next one waits behind it', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  ends.room = 1;
  pipe.writeNewest(bytes(1, 2));
  pipe.writeNewest(bytes(3, 4));
  pipe.writeNewest(bytes(5, 6));
  ends.room = 2;
  pipe.drain();
  pipe.writeNewest(bytes(7, 8));
  pipe.writeNewest(bytes(9, 10));
  ends.room = 100;
  pipe.drain();
  expect(ends.taken).toEqual([1, 2, 5, 6, 9, 10]);
  pipe.writeNewest(bytes(11));
  pipe.writeNewest(bytes(12));
  expect(ends.taken.slice(6)).toEqual([11, 12]);
});

test('a pipe that was closed while one waited takes the next one as it takes all: not at all', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.writeNewest(bytes(1));
  pipe.close();
  pipe.writeNewest(bytes(2));
  expect([pipe.pendingBytes, ends.taken]).toEqual([0, []]);
});

test('a source that is held reads on when it is let go and the pipe has room, whichever comes last', () => {
  const ends = new Ends();
  const pipe = new HalfPipe(ends, ends, 8, 2);
  pipe.holdSource();
  expect(ends.reading).toBe(false);
  pipe.letSourceGo();
  expect(ends.reading).toBe(true);
  pipe.write(new Uint8Array(9));
  pipe.holdSource();
  pipe.letSourceGo();
  expect(ends.reading).toBe(false);
  pipe.holdSource();
  ends.room = 9;
  pipe.drain();
  expect(ends.reading).toBe(false);
  pipe.letSourceGo();
  expect(ends.reading).toBe(true);
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
