/**
 * The cases of `stream-case.ts`, and one of each kind of rectangle, damaged: ended at every byte, and with every byte changed. What must hold then is no
 * expectation of one case but of all: a refusal is a DecodeError and nothing else is thrown, a desktop is never left
 * with half a message, nothing comes out that did not go in, and where the bytes are cut makes no difference.
 */
import { describe, expect, test } from 'bun:test';
import { announcements, kasmStreamingCodecs, pseudoRectangles } from '../../gateway/rfb/numbers.ts';
import { DecodeError } from '../../gateway/wire/decode-error.ts';
import { promiseWhole } from '../fuzz/rfb-promises.ts';
import { bytesOf, joined, updateOf } from './rfb-bytes.ts';
import { rectangleCases } from './rfb-rectangles.ts';
import { type Outcome, policyOf, RfbStream } from './rfb-stream.ts';
import { type Case, hexOf, readCases, type Step } from './stream-case.ts';

interface Result {
  readonly client: Uint8Array;
  readonly upstream: Uint8Array;
  /** Kind and field of a refusal, or the reason of an end; empty while the stream goes on. */
  readonly end: string;
  readonly events: string;
}

/** Of a step's own messages beside what went in: a greeting, a refusal with its reason, fences, a copy packed anew. */
const ownBytesMax = 512;

/** The stream of a case as it is in front of one of its steps. */
function streamBefore({ options, steps }: Case, index: number): RfbStream {
  const stream = new RfbStream(options);
  for (const step of steps.slice(0, index)) {
    stream.nowMs += step.waitMs;
    if (step.side === 'policy') stream.inspection.setPolicy(policyOf(step.policy));
    else if (step.side !== 'wait') stream.say(step.side, step.bytes);
  }
  return stream;
}

function run(one: Case, index: number, bytes: Uint8Array, cuts: readonly number[] = []): Result {
  const stream = streamBefore(one, index);
  const step = one.steps[index]!;
  const heard = stream.events.length;
  let said: Outcome = { client: new Uint8Array(0), upstream: new Uint8Array(0) };
  let end = '';
  try {
    said = stream.sayCut(step.side as 'client' | 'server', bytes, cuts);
    end = stream.inspection.ended?.reason ?? '';
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // What was held until the client's dialect shows is refused as the end of its sender, at once as it comes.
    const isHeld = one.options.form === 'shown';
    const sender = step.side === 'client' ? 'client_message' : 'upstream_message';
    end = isHeld ? sender : `${error.kind} ${error.field}`;
  }
  return { ...said, end, events: JSON.stringify(stream.events.slice(heard)) };
}

/** Steps that say something, in front of which the stream goes on. */
const saying = ({ steps }: Case): [number, Step][] =>
  [...steps.entries()].filter(
    ([, { side, bytes }]) => bytes.length > 0 && (side === 'client' || side === 'server'),
  );

/** Whether the desktop's model can read what reaches it: it knows neither handshakes nor long pointer events. */
function isModelled({ options, steps }: Case): boolean {
  const long = pseudoRectangles.extendedMouseButtons;
  const wishes = hexOf(new Uint8Array(new Int32Array([long]).buffer).reverse());
  return (
    options.raw !== true &&
    options.encodings?.includes(long) !== true &&
    !steps.some(({ bytes }) => hexOf(bytes).includes(wishes))
  );
}

function promiseNoMore(one: Case, step: Step, bytes: Uint8Array, { client, upstream }: Result): void {
  const { protocol = 'rfb', form = protocol, raw } = one.options;
  // Translated, a picture or a text has another size; and what was held before comes out with what lets it.
  if (form !== protocol || raw === true) return;
  const before = one.steps
    .slice(0, one.steps.indexOf(step))
    .reduce((sum, { bytes: said }) => sum + said.length, 0);
  const most = before + bytes.length + ownBytesMax;
  expect(Math.max(client.length, upstream.length)).toBeLessThanOrEqual(most);
}

/** A client's messages may be answered to it: such answers replace each other while they wait, so cuts show there. */
const compared = (step: Step, { client, upstream, end, events }: Result): unknown => {
  if (end !== '') return { end, events };
  return { events, upstream: hexOf(upstream), client: step.side === 'server' ? hexOf(client) : '' };
};

/** More of a rectangle says no more. */
const rectangleBytesMax = 1_000;
/** Bytes that say something lie in front; of the pixels behind them some are enough. */
const isTried = (at: number): boolean => at < 100 || at % 16 === 0;

function rectanglesAsCases(): Case[] {
  const rectangles = rectangleCases().filter(({ payload }) => payload.length < rectangleBytesMax);
  const wishes = [announcements.kasmWebp, announcements.kasmQoi, kasmStreamingCodecs.first];
  return rectangles.map(rectangle => {
    const protocol = rectangle.kasmvnc === true ? 'kasmvnc' : 'rfb';
    const bytes = joined([updateOf([rectangle]), bytesOf('02')]);
    const said = { side: 'server', bytes, policy: {}, waitMs: 0 } as const;
    return {
      title: rectangle.name,
      options: { protocol, encodings: [rectangle.encoding, ...(protocol === 'kasmvnc' ? wishes : [])] },
      steps: [{ ...said, client: hexOf(bytes), upstream: '', error: '', ended: '', events: [] }],
    };
  });
}

const damages = [
  (_: number): number => 0x00,
  (_: number): number => 0xff,
  (byte: number): number => byte ^ 0x01,
  (byte: number): number => byte ^ 0x80,
];

for (const [file, cases] of [...(await readCases()), ['rectangles', rectanglesAsCases()] as const]) {
  describe(file, () => {
    for (const one of cases) {
      const { protocol = 'rfb' } = one.options;
      test(`${one.title}: waits for the rest after every byte, and sends on whole messages only`, () => {
        for (const [index, step] of saying(one)) {
          const whole = run(one, index, step.bytes);
          expect([whole.end === '', hexOf(whole.client)]).toEqual([
            step.error === '' && step.ended === '',
            step.error === '' ? step.client : '',
          ]);
          for (let length = 1; length < step.bytes.length; length++) {
            const prefix = run(one, index, step.bytes.subarray(0, length));
            expect(whole.events.startsWith(prefix.events.slice(0, -1))).toBe(true);
            if (step.error === '' && step.ended === '') expect(prefix.end).toBe('');
            if (whole.end === '') {
              expect(hexOf(whole.client)).toStartWith(hexOf(prefix.client));
              expect(hexOf(whole.upstream)).toStartWith(hexOf(prefix.upstream));
            }
            if (isModelled(one)) promiseWhole(protocol, prefix.upstream);
          }
        }
      });

      test(`${one.title}: with a byte changed, means one thing or is refused`, () => {
        for (const [index, step] of saying(one)) {
          for (const [at, byte] of step.bytes.entries()) {
            if (!isTried(at)) continue;
            for (const changed of new Set(damages.map(damage => damage(byte)))) {
              if (changed === byte) continue;
              const bytes = step.bytes.slice();
              bytes[at] = changed;
              const whole = run(one, index, bytes);
              const cut = run(one, index, bytes, [(7 * at + changed) % bytes.length || 1]);
              expect([index, at, changed, compared(step, cut)]).toEqual([
                index,
                at,
                changed,
                compared(step, whole),
              ]);
              promiseNoMore(one, step, bytes, whole);
              if (isModelled(one)) promiseWhole(protocol, whole.upstream);
            }
          }
        }
      });
    }
  });
}
