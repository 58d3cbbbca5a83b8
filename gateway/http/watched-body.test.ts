import { expect, test } from 'bun:test';
import { watchBody } from './watched-body.ts';

const never = 1_000_000;

/** A source that gives these pieces, and tells whether it was cancelled. */
function source(pieces: readonly string[], fail?: Error) {
  const left = [...pieces];
  const seen = { cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(Buffer.from(piece));
      else if (fail !== undefined) controller.error(fail);
      else controller.close();
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { stream, seen };
}

test('a watched body is the body, and tells its end once', async () => {
  let ends = 0;
  const body = watchBody(source(['a', 'b', 'c']).stream, never, () => ends++);
  expect(await new Response(body).text()).toBe('abc');
  expect(ends).toBe(1);
});

test('a source that fails fails the body', async () => {
  let ends = 0;
  const body = watchBody(source(['a'], new Error('torn')).stream, never, () => ends++);
  await expect(new Response(body).text()).rejects.toThrow('torn');
  expect(ends).toBe(1);
});

test('a reader that goes away cancels the source', async () => {
  let ends = 0;
  const { stream, seen } = source(['a', 'b']);
  const reader = watchBody(stream, never, () => ends++).getReader();
  await reader.read();
  await reader.cancel();
  expect(seen.cancelled).toBe(true);
  expect(ends).toBe(1);
});

test('a reader that takes nothing more is given up', async () => {
  const ended = Promise.withResolvers<void>();
  const { stream, seen } = source(['a', 'b', 'c', 'd']);
  const reader = watchBody(stream, 20, () => ended.resolve()).getReader();
  await reader.read();
  await ended.promise;
  expect(seen.cancelled).toBe(true);
  await expect(reader.closed).rejects.toThrow('the client took nothing for 20 ms');
});

test('a source that takes its time is waited for', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await gate.promise;
      controller.enqueue(Buffer.from('late'));
      controller.close();
    },
  });
  const text = new Response(watchBody(slow, 1, () => {})).text();
  setTimeout(() => gate.resolve(), 30);
  expect(await text).toBe('late');
});
