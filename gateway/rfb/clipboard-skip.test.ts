import { describe, expect, test } from 'bun:test';
import { limits } from '../../config/limits.ts';
import { bytesOf, filler, joined } from '../../test/conformance/rfb-bytes.ts';
import { RfbStream } from '../../test/conformance/rfb-stream.ts';
import { MessageGatherer } from './message-gatherer.ts';
import { measureBinaryClipboard, measureCutText } from './message-measure.ts';

const heldMax = 60;

function open(idBytes: number): MessageGatherer {
  return new MessageGatherer(
    {
      measure: (bytes, at, available) =>
        bytes[at] === 0xb4
          ? measureBinaryClipboard(bytes, at, available, idBytes, heldMax)
          : measureCutText(bytes, at, available),
    },
    'message',
    heldMax,
    idBytes,
  );
}

/** What is gathered from the bytes, cut at these offsets: each message's size, negative when it was skipped. */
function gathered(bytes: Uint8Array, cuts: readonly number[], idBytes = 0): number[] {
  const gatherer = open(idBytes);
  const sizes: number[] = [];
  const edges = [0, ...cuts, bytes.length];
  for (let index = 1; index < edges.length; index++) {
    const chunk = bytes.slice(edges[index - 1], edges[index]);
    for (let at = 0; at < chunk.length; at = gatherer.at) {
      if (!gatherer.gather(chunk, at, chunk.length)) continue;
      const { skippedBytes, start, end } = gatherer;
      sizes.push(skippedBytes > 0 ? -skippedBytes : end - start);
    }
  }
  expect(gatherer.holding).toBe(false);
  return sizes;
}

const small = bytesOf('06 000000 00000002 "ab"');
const text = joined([bytesOf('06 000000 00000050'), filler(0x50)]);
const extended = joined([bytesOf('06 000000 ffffffb0'), filler(0x50)]);
const firstLarge = joined([
  bytesOf('b4 03 01 "a" 00000050'),
  filler(0x50),
  bytesOf('00 00000000 01 "b" 00000003 "xyz"'),
]);
const lastLarge = joined([
  bytesOf('b4 02 01 "a" 0000000a'),
  filler(10),
  bytesOf('01 "b" 00000050'),
  filler(0x50),
]);
const fromServer = joined([
  bytesOf('b4 02 00000001 01 "a" 00000050'),
  filler(0x50),
  bytesOf('00000002 0a "text/plain" 00000002 "ab"'),
]);

describe('a clipboard message that is too large to be held', () => {
  test.each<[string, Uint8Array, number]>([
    ['cut text', text, 0],
    ['extended cut text', extended, 0],
    ['the first item of several', firstLarge, 0],
    ['the last item of several', lastLarge, 0],
    ['items with numbers', fromServer, 4],
  ])('is skipped, wherever it is cut: %s', (_, message, idBytes) => {
    const bytes = joined([small, message, small]);
    const expected = [small.length, -message.length, small.length];
    expect(gathered(bytes, [], idBytes)).toEqual(expected);
    for (let cut = 1; cut < bytes.length; cut++) expect(gathered(bytes, [cut], idBytes)).toEqual(expected);
    const everywhere = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    expect(gathered(bytes, everywhere, idBytes)).toEqual(expected);
  });

  test('has names of the lengths that others may have', () => {
    const message = joined([bytesOf('b4 02 01 "a" 00000050'), filler(0x50), bytesOf('20')]);
    expect(() => gathered(message, [])).toThrow('mime length is 32, the limit is 31');
  });
});

describe('in a stream', () => {
  const head = bytesOf('b4 02 0a "text/plain" 01000000');
  const tail = bytesOf('09 "image/png" 00000001 "x" b9');

  test('it is dropped and told, and the stream goes on', () => {
    const stream = new RfbStream({ protocol: 'kasmvnc' });
    const bytes = joined([head, new Uint8Array(0x1000000), tail]);
    expect(stream.say('client', bytes, 1 << 20).upstream).toEqual(bytesOf('b9'));
    const limit = limits.clientMessageBytesMax;
    const size = bytes.length - 1;
    expect(stream.events).toEqual([
      { type: 'clipboard', direction: 'up', verdict: 'drop', reason: 'size', bytes: size, limit },
    ]);
  });

  test('a direction that is off says so first, whatever the size', () => {
    const settings = { allow_kasm_clipboard_down: false };
    const stream = new RfbStream({ policy: { settings } });
    const bytes = joined([bytesOf('03 000000 04000000'), new Uint8Array(0x4000000), bytesOf('02')]);
    expect(stream.say('server', bytes, 1 << 20).client).toEqual(bytesOf('02'));
    expect(stream.events.map(({ reason }) => reason)).toEqual(['disabled']);
  });
});
