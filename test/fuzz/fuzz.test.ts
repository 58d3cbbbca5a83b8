/**
 * Gives every target changed versions of good inputs. No input may throw anything but a DecodeError, and an
 * input cut into pieces must lead to the same as whole. An input that ever broke something stays in
 * `regressions/` as `TARGET-what-it-was.hex` and runs first. More runs: `FUZZ_RUNS=100000 FUZZ_SEED=2`.
 */
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutsIn, mutated, type Random, seeded } from './mutate.ts';
import { type FuzzTarget, rfbTargets } from './rfb-targets.ts';

const runs = Number(process.env.FUZZ_RUNS ?? 1_500);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const regressions = join(import.meta.dir, 'regressions');

function check(target: FuzzTarget, input: Uint8Array, random: Random): void {
  let whole = '';
  let parts = '';
  try {
    whole = target.run(input, []);
    parts = target.run(input, cutsIn(input.length, random));
  } catch (error) {
    const hex = Buffer.from(input).toString('hex');
    throw new Error(`${target.name}: ${error} for the input ${hex}`, { cause: error });
  }
  if (whole === parts) return;
  expect(parts, `${target.name}, cut: ${Buffer.from(input).toString('hex')}`).toBe(whole);
}

describe.each(rfbTargets.map(target => [target.name, target] as const))('%s', (name, target) => {
  test('what once broke it does not any more', () => {
    const files = readdirSync(regressions).filter(file => file.startsWith(name) && file.endsWith('.hex'));
    for (const file of files) {
      const hex = readFileSync(join(regressions, file), 'utf8').replace(/\s+/g, '');
      const input = new Uint8Array(Buffer.from(hex, 'hex'));
      for (let cut = 0; cut < 20; cut++) check(target, input, seeded(cut + 1));
    }
  });

  test('its good inputs are followed', () => {
    for (const input of target.seeds) check(target, input, seeded(1));
  });

  test(`${runs} changed inputs are followed or refused`, () => {
    const random = seeded(seed * 7919);
    for (let run = 0; run < runs; run++) {
      const input = target.seeds[random(target.seeds.length)]!;
      check(target, mutated(input, target.seeds, random), random);
    }
  });
});
