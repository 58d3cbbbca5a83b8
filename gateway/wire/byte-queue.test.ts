import { describe, expect, test } from 'bun:test';
import { ByteQueue } from './byte-queue.ts';

const held = (queue: ByteQueue): number[] => [...queue.bytes.subarray(0, queue.length)];

describe('a byte queue', () => {
  test('keeps what is appended, in order, and gives it up from the front', () => {
    const queue = new ByteQueue('message', 100);
    queue.append(Uint8Array.of(9, 1, 2, 9), 1, 3);
    queue.append(Uint8Array.of(3), 0, 1);
    expect(held(queue)).toEqual([1, 2, 3]);
    queue.consume(2);
    expect(held(queue)).toEqual([3]);
    queue.consume(5);
    expect(queue.length).toBe(0);
  });

  test('copies: the chunk may be used again', () => {
    const queue = new ByteQueue('message', 100);
    const chunk = Uint8Array.of(1, 2);
    queue.append(chunk, 0, 2);
    chunk.fill(7);
    expect(held(queue)).toEqual([1, 2]);
  });

  test('takes exactly its limit, and says what one byte more was', () => {
    const queue = new ByteQueue('message', 4);
    queue.append(new Uint8Array(3), 0, 3);
    expect(() => queue.append(new Uint8Array(2), 0, 2)).toThrow('message is 5, the limit is 4');
    expect(queue.length).toBe(3);
    queue.append(new Uint8Array(1), 0, 1);
    expect(queue.length).toBe(4);
  });

  test('does not grow beyond its limit by doubling', () => {
    const queue = new ByteQueue('message', 1000);
    for (let count = 0; count < 1000; count++) queue.append(Uint8Array.of(count), 0, 1);
    expect(queue.bytes.length).toBeLessThanOrEqual(1000);
    expect(held(queue)).toEqual(Array.from({ length: 1000 }, (_, index) => index & 0xff));
  });

  test('gives a large buffer back when it is cleared', () => {
    const queue = new ByteQueue('message', 1_000_000);
    queue.append(new Uint8Array(500_000), 0, 500_000);
    queue.clear();
    expect(queue.bytes.length).toBe(0);
  });
});
