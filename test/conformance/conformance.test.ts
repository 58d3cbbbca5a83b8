/** What comes of each case (`stream-case.ts`): whole, byte by byte, and cut once at every place. */
import { describe, expect, test } from 'bun:test';
import { DecodeError } from '../../gateway/wire/decode-error.ts';
import { type Outcome, policyOf, RfbStream } from './rfb-stream.ts';
import { type Case, hexOf, readCases } from './stream-case.ts';

/** @param cutsOf where to cut the bytes of a step */
function runCase(one: Case, cutsOf: (bytes: Uint8Array) => readonly number[]): void {
  const stream = new RfbStream(one.options);
  for (const step of one.steps) {
    stream.nowMs += step.waitMs;
    if (step.side === 'wait') continue;
    if (step.side === 'policy') {
      stream.inspection.setPolicy(policyOf(step.policy));
      continue;
    }
    const heard = stream.events.length;
    let outcome: Outcome | undefined;
    let error = '';
    try {
      outcome = stream.sayCut(step.side, step.bytes, cutsOf(step.bytes));
    } catch (thrown) {
      if (!(thrown instanceof DecodeError)) throw thrown;
      error = `${thrown.kind} ${thrown.field}`;
    }
    expect(error).toBe(step.error);
    if (outcome === undefined) return;
    expect({ client: hexOf(outcome.client), upstream: hexOf(outcome.upstream) }).toEqual({
      client: step.client,
      upstream: step.upstream,
    });
    expect(stream.events.slice(heard)).toEqual(step.events);
    expect(stream.inspection.ended?.reason ?? '').toBe(step.ended as '');
  }
}

for (const [file, cases] of await readCases()) {
  describe(file, () => {
    for (const one of cases) {
      test(one.title, () => {
        runCase(one, () => []);
        runCase(one, bytes => Array.from({ length: bytes.length - 1 }, (_, index) => index + 1));
        const longest = Math.max(...one.steps.map(step => step.bytes.length));
        for (let cut = 1; cut < longest; cut++) runCase(one, bytes => (cut < bytes.length ? [cut] : []));
      });
    }
  });
}
