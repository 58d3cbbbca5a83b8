import { expect, test } from 'bun:test';
import { boundBody } from './bounded-body.ts';

/** A body whose pieces come as they are asked for; `undefined` among them never comes. */
function bodyOf(pieces: readonly (string | undefined)[], onCancel: () => void = () => {}) {
  const waiting = [...pieces];
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (waiting.length === 0) return controller.close();
      const piece = waiting.shift();
      if (piece === undefined) await new Promise(() => {});
      else controller.enqueue(Buffer.from(piece));
    },
    cancel: onCancel,
  });
}

function bounds(further: Partial<{ bytesMax: number; stallMs: number }> = {}) {
  const ended = { count: 0 };
  const onEnd = (): void => {
    ended.count += 1;
  };
  return { ended, given: { bytesMax: 10_000, stallMs: 5_000, onEnd, ...further } };
}

test('a body comes out whole, its first bytes known before', async () => {
  const { ended, given } = bounds();
  const pieces = ['<html>', 'x'.repeat(600), 'tail'];
  const { start, stream } = await boundBody(bodyOf(pieces), given);
  expect(Buffer.from(start).toString()).toBe(pieces[0]! + pieces[1]);
  expect(ended.count).toBe(0);
  expect(await new Response(stream).text()).toBe(pieces.join(''));
  expect(ended.count).toBe(1);
});

test('an empty body and none at all are the same', async () => {
  for (const source of [null, bodyOf([])]) {
    const { ended, given } = bounds();
    const { start, stream } = await boundBody(source, given);
    expect(start).toHaveLength(0);
    expect(await new Response(stream).text()).toBe('');
    expect(ended.count).toBe(1);
  }
});

test('a body over the limit fails, so that what was read of it does not look whole', async () => {
  const { ended, given } = bounds({ bytesMax: 1_000 });
  let cancelled = false;
  const source = bodyOf(['x'.repeat(600), 'x'.repeat(401), 'more'], () => {
    cancelled = true;
  });
  const { stream } = await boundBody(source, given);
  await expect(new Response(stream).text()).rejects.toThrow('over the limit of 1000 bytes');
  expect([ended.count, cancelled]).toEqual([1, true]);
});

test('a body of exactly the limit passes', async () => {
  const { given } = bounds({ bytesMax: 1_000 });
  const { stream } = await boundBody(bodyOf(['x'.repeat(1_000)]), given);
  expect(await new Response(stream).text()).toHaveLength(1_000);
});

test('a source that stops is given up, before its first bytes or behind them', async () => {
  const early = bounds({ stallMs: 10 });
  await expect(boundBody(bodyOf([undefined]), early.given)).rejects.toThrow('sent nothing for 10 ms');
  const late = bounds({ stallMs: 10 });
  const { stream } = await boundBody(bodyOf(['x'.repeat(600), undefined]), late.given);
  const text = new Response(stream).text();
  await expect(text).rejects.toThrow('sent nothing for 10 ms');
  expect([early.ended.count, late.ended.count]).toEqual([1, 1]);
});

test('a reader that goes away ends the source', async () => {
  const { ended, given } = bounds();
  let cancelled = false;
  const source = bodyOf(['x'.repeat(600), undefined], () => {
    cancelled = true;
  });
  const { stream } = await boundBody(source, given);
  await stream.cancel();
  expect([ended.count, cancelled]).toEqual([1, true]);
});
