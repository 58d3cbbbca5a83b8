/**
 * Every target for a share of the time, and every input that ever broke one. See README.md; longer runs, by hand:
 * `bun test/fuzz/run.ts --all --runs 100000 --seed 2`.
 */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allTargets } from './all-targets.ts';
import { checkInput, type FuzzTarget, fuzzOnce } from './fuzz-target.ts';
import { seeded } from './mutate.ts';

/** For all targets together: `npm test` gives a minute, anything quicker a few seconds. */
const budgetMs = Number(process.env.SLUICE_FUZZ_MS ?? 4_000);
const seed = Number(process.env.SLUICE_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runsMin = 50;
const regressions = join(import.meta.dir, 'regressions');

function regressionsOf({ name }: FuzzTarget): Uint8Array[] {
  const own = readdirSync(regressions).filter(file => {
    if (!file.endsWith('.hex')) return false;
    const target = allTargets.filter(each => file.startsWith(`${each.name}-`)).map(each => each.name);
    // Of two names of which one begins like the other, the longer is meant.
    return target.sort((one, other) => other.length - one.length)[0] === name;
  });
  return own.map(file => {
    const hex = readFileSync(join(regressions, file), 'utf8').replace(/\s+/g, '');
    return new Uint8Array(Buffer.from(hex, 'hex'));
  });
}

test('every input that once broke something names its target', () => {
  const files = readdirSync(regressions).filter(file => file.endsWith('.hex'));
  const stray = files.filter(file => !allTargets.some(({ name }) => file.startsWith(`${name}-`)));
  expect(stray).toEqual([]);
});

describe.each(allTargets.map(target => [target.name, target] as const))('%s', (_, target) => {
  test('what once broke it does not any more', () => {
    for (const input of regressionsOf(target)) {
      for (let cut = 0; cut < 40; cut++) checkInput(target, input, seeded(cut + 1));
    }
  });

  test('its good inputs are followed', () => {
    for (const input of target.seeds) checkInput(target, input, seeded(1));
  });

  test(`inputs of seed ${seed} are followed or refused`, () => {
    const endMs = performance.now() + budgetMs / allTargets.length;
    for (let run = 0; run < runsMin || performance.now() < endMs; run++) fuzzOnce(target, seed, run);
  });
});
