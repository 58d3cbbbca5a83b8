import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { bytesOf, filler, joined, serverInitOf, updateOf } from '../../test/conformance/rfb-bytes.ts';
import { policyOf, RfbStream } from '../../test/conformance/rfb-stream.ts';
import { announcements } from '../rfb/numbers.ts';
import { DecodeError } from '../wire/decode-error.ts';

const update = updateOf([{ encoding: 0, width: 8, height: 8, payload: filler(256) }]);
const cutText = bytesOf('03 000000 00000005 "hello"');
const request = bytesOf('03 01 0000 0000 0010 0010');
const noDown = { settings: { allow_kasm_clipboard_down: false } };

describe('what passes unchanged', () => {
  test('is answered with true and touches no output', () => {
    const { inspection } = new RfbStream();
    const chunk = joined([update, cutText, update]);
    expect(inspection.fromUpstream(chunk, 0, chunk.length)).toBe(true);
    expect(inspection.fromClient(joined([request, request]), 0, 20)).toBe(true);
    expect([inspection.toClient.byteLength, inspection.toUpstream.byteLength]).toEqual([0, 0]);
  });

  test('is answered with true in the middle of a body, wherever it is cut', () => {
    const { inspection } = new RfbStream();
    for (let cut = 1; cut < update.length; cut++) {
      expect(inspection.fromUpstream(update, 0, cut)).toBe(true);
      expect(inspection.fromUpstream(update, cut, update.length)).toBe(true);
    }
  });

  test('waits its turn behind output that was not fetched', () => {
    const { inspection } = new RfbStream({ policy: noDown });
    expect(inspection.fromUpstream(joined([cutText, update]), 0, cutText.length + update.length)).toBe(false);
    expect(inspection.fromUpstream(update, 0, update.length)).toBe(false);
    expect(inspection.toClient.byteLength).toBe(2 * update.length);
    inspection.toClient.clear();
    expect(inspection.fromUpstream(update, 0, update.length)).toBe(true);
  });
});

describe('what is held', () => {
  test('comes out whole with its last byte, though the chunks it came in are gone', () => {
    const stream = new RfbStream();
    const half = stream.say('server', joined([update, cutText.subarray(0, 9)]));
    expect(half.client).toEqual(update);
    expect(stream.say('server', cutText.subarray(9)).client).toEqual(cutText);
  });

  test('is judged by the policy of the moment it is whole', () => {
    const stream = new RfbStream();
    stream.say('server', cutText.subarray(0, 10));
    stream.inspection.setPolicy(policyOf(noDown));
    expect(stream.say('server', cutText.subarray(10)).client.length).toBe(0);
    expect(stream.events.length).toBe(1);
  });

  test('of a client never goes on in part', () => {
    const stream = new RfbStream();
    for (let cut = 1; cut < request.length; cut++) {
      expect(stream.say('client', request.subarray(0, cut)).upstream.length).toBe(0);
      expect(stream.say('client', request.subarray(cut)).upstream).toEqual(request);
    }
  });
});

describe('the start', () => {
  test('our version is ready before anyone speaks', () => {
    const { inspection } = new RfbStream({ raw: true });
    expect(Buffer.concat([...inspection.toClient.spans]).toString()).toBe('RFB 003.008\n');
    expect(inspection.toUpstream.byteLength).toBe(0);
  });

  test('what follows ServerInit in the same chunk is inspected', () => {
    const stream = new RfbStream({ raw: true, policy: noDown });
    stream.say('client', bytesOf('"RFB 003.008" 0a 01 01'));
    stream.say('server', bytesOf('"RFB 003.008" 0a 01 01 00000000'));
    const init = serverInitOf();
    const outcome = stream.say('server', joined([init, cutText, update]));
    expect(outcome.client).toEqual(joined([init, update]));
    expect(stream.events.length).toBe(1);
  });

  test("a hasty client's mistake is the client's, though it shows when the server speaks", () => {
    const stream = new RfbStream({ raw: true });
    stream.say('client', bytesOf('"RFB 003.008" 0a 01 01 63'));
    stream.say('server', bytesOf('"RFB 003.008" 0a 01 01 00000000'));
    stream.say('server', serverInitOf());
    expect(stream.inspection.ended).toEqual({
      reason: 'client_message',
      message: 'client message 99 is unknown',
    });
  });

  test('after the end nothing passes', () => {
    const stream = new RfbStream({ raw: true });
    stream.say('server', bytesOf('"RFB 003.008" 0a 01 10'));
    expect(stream.inspection.ended?.reason).toBe('upstream_refused');
    const later = stream.say('server', update);
    expect([later.client.length, later.upstream.length]).toEqual([0, 0]);
  });

  test('of a client that says too much before there is a desktop is refused', () => {
    const stream = new RfbStream({ raw: true });
    const flood = new Uint8Array(1024 * 1024);
    flood.set(bytesOf('"RFB 003.008" 0a'));
    expect(() => {
      for (let sent = 0; sent < 20; sent++) stream.say('client', flood);
    }).toThrow('client bytes before ServerInit');
  });
});

describe('events', () => {
  test('for keys come once a second, for the clipboard each time', () => {
    const stream = new RfbStream({ policy: { settings: { allow_keyboard: false } } });
    const key = bytesOf('04 01 0000 00000061');
    for (let count = 0; count < 5; count++) stream.say('client', key);
    expect(stream.events.length).toBe(1);
    stream.nowMs = 1_000;
    stream.say('client', key);
    expect(stream.events.length).toBe(2);
    const quiet = new RfbStream({ policy: noDown });
    quiet.say('server', joined([cutText, cutText]));
    expect(quiet.events.length).toBe(2);
  });

  test('carry sizes, never content', () => {
    const stream = new RfbStream({ policy: { settings: { clipboard_down_bytes_max: 4 } } });
    stream.say('server', cutText);
    expect(stream.events).toEqual([
      { type: 'clipboard', direction: 'down', verdict: 'drop', reason: 'size', bytes: 5, limit: 4 },
    ]);
  });
});

test('any mixture of messages, cut anywhere, gives the same bytes and events as whole', () => {
  const pieces = fc.constantFrom(
    update,
    cutText,
    bytesOf('02'),
    bytesOf('f8 000000 00000000 02 abcd'),
    bytesOf('03 000000 00000003 "abc"'),
    bytesOf('96'),
  );
  const policy = { settings: { clipboard_down_bytes_max: 4 } };
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (messages, seeds) => {
        const bytes = joined(messages);
        const cuts = [...new Set(seeds.map(seed => seed % (bytes.length + 1)))].sort((a, b) => a - b);
        const encodings = [announcements.fence, announcements.continuousUpdates];
        const whole = new RfbStream({ policy, encodings });
        const parts = new RfbStream({ policy, encodings });
        expect(parts.sayCut('server', bytes, cuts).client).toEqual(whole.say('server', bytes).client);
        expect(parts.events).toEqual(whole.events);
        expect(whole.say('server', bytesOf('02')).client).toEqual(bytesOf('02'));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

test('a mistake of either side is a DecodeError with its place', () => {
  const stream = new RfbStream();
  stream.say('server', update);
  expect(() => stream.say('server', bytesOf('63'))).toThrow(DecodeError);
  const other = new RfbStream();
  other.say('client', request);
  expect(() => other.say('client', bytesOf('63'))).toThrow(
    expect.objectContaining({ offset: request.length }),
  );
});
