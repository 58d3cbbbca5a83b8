/** The side of run.ts that runs a target. */
import { allTargets } from './all-targets.ts';
import { fuzzOnce } from './fuzz-target.ts';

export interface RunnerOrder {
  readonly runs: number;
  readonly seed: number;
  readonly from: number;
  /** Two 32-bit words: the number of the run that is going on. */
  readonly progress: SharedArrayBuffer;
}

export type RunnerWord =
  | { readonly kind: 'finding'; readonly run: number; readonly message: string }
  | { readonly kind: 'done'; readonly runs: number; readonly heapGrowth: string };

const findingsMax = 5;
/** What a target may keep after all of its inputs: code and caches of the runtime, never what inputs held. */
const growthBytesMax = 64 * 1024 * 1024;
const warmUpRuns = 2_000;

const heapBytes = (): number => {
  Bun.gc(true);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

function run({ runs, seed, from, progress, target: name }: RunnerOrder & { readonly target: string }): void {
  const target = allTargets.find(each => each.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  const say = (word: RunnerWord): void => postMessage(word);
  const at = new Int32Array(progress);
  let findings = 0;
  let before = 0;
  let number = from;
  for (; number < from + runs && findings < findingsMax; number++) {
    Atomics.store(at, 0, number);
    if (number === from + warmUpRuns) before = heapBytes();
    try {
      fuzzOnce(target, seed, number);
    } catch (error) {
      findings++;
      say({ kind: 'finding', run: number, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const growth = before === 0 ? 0 : heapBytes() - before;
  if (growth > growthBytesMax) {
    say({
      kind: 'finding',
      run: number,
      message: `${name}: ${growth} bytes more are kept than at the beginning`,
    });
  }
  say({
    kind: 'done',
    runs: number - from,
    heapGrowth: `${growth < 0 ? '' : '+'}${Math.round(growth / 1024)} KiB`,
  });
}

self.onmessage = ({ data }: MessageEvent<RunnerOrder & { readonly target: string }>) => run(data);
