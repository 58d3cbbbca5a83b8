import { cutsIn, mutated, pick, type Random, seeded, seedOf } from './mutate.ts';

/** One part of the product that reads bytes or text from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** Good inputs: they must be followed, and changed versions of them are tried. */
  readonly seeds: readonly Uint8Array[];
  /** A good input by the rules of what is read; absent: one of the seeds. */
  readonly generate?: (random: Random) => Uint8Array;
  /**
   * Everything the input leads to when it comes cut at these places, a refusal included: the same whatever the
   * cuts, or undefined where it may depend on the moment in which a piece comes.
   * @throws what no input may cause, or a promise that was broken
   */
  run(input: Uint8Array, cuts: readonly number[]): string | undefined;
}

/** An input that breaks a target. */
export class FuzzFinding extends Error {
  readonly input: Uint8Array;

  constructor(target: FuzzTarget, input: Uint8Array, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${target.name}: ${what} for the input ${Buffer.from(input).toString('hex')}`, { cause });
    this.name = 'FuzzFinding';
    this.input = input;
  }
}

/** No input of at most 8 KiB is worth this long, however busy the machine. */
const slowMs = 5_000;

/** @throws FuzzFinding when the input breaks the target whole or cut, or takes too long. */
export function checkInput(target: FuzzTarget, input: Uint8Array, random: Random): void {
  const startedMs = performance.now();
  try {
    const cuts = cutsIn(input.length, random);
    const whole = target.run(input.slice(), []);
    const parts = target.run(input.slice(), cuts);
    if (whole !== undefined && parts !== undefined && whole !== parts) {
      throw new Error(`cut at ${cuts.join(', ')} it leads to ${brief(parts)}, whole to ${brief(whole)}`);
    }
  } catch (error) {
    throw new FuzzFinding(target, input, error);
  }
  const ms = performance.now() - startedMs;
  if (ms > slowMs) throw new FuzzFinding(target, input, new Error(`it takes ${Math.round(ms)} ms`));
}

const brief = (outcome: string): string => (outcome.length > 600 ? `${outcome.slice(0, 600)}…` : outcome);

/** The input of one run. One in four stays good as it was made. */
export function inputOf(
  target: FuzzTarget,
  seed: number,
  run: number,
): { input: Uint8Array; random: Random } {
  const random = seeded(seedOf(seed, target.name, run));
  const good = (): Uint8Array =>
    target.generate === undefined || random(4) === 0 ? pick(random, target.seeds) : target.generate(random);
  const input = good();
  return {
    input: random(4) === 0 ? input : mutated(input, [good(), pick(random, target.seeds)], random),
    random,
  };
}

/** One run. @throws FuzzFinding */
export function fuzzOnce(target: FuzzTarget, seed: number, run: number): void {
  const { input, random } = inputOf(target, seed, run);
  checkInput(target, input, random);
}
