/**
 * Runs fuzz targets for as long as one likes. Each run's input follows from seed, target and number alone, so that
 * what is printed of a finding makes it again: `--target T --seed S --from N --runs 1`.
 *
 * The targets run in a worker. This side watches that it moves, so that an input that never ends is a finding too.
 */
import { parseArgs } from 'node:util';
import { allTargets } from './all-targets.ts';
import type { RunnerOrder, RunnerWord } from './runner-worker.ts';

const help = `bun test/fuzz/run.ts --target NAME | --all  [--runs N] [--seed S] [--from N]

  --runs N   inputs for each target (10000)
  --seed S   (1)
  --from N   number of the first input (0)

targets: ${allTargets.map(({ name }) => name).join(' ')}
`;
const hangMs = 30_000;

interface Order extends RunnerOrder {
  readonly targets: readonly string[];
}

function readOrder(): Order | string {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      all: { type: 'boolean' },
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
  });
  const targets = values.all ? allTargets.map(({ name }) => name) : (values.target ?? []);
  const unknown = targets.filter(name => !allTargets.some(target => target.name === name));
  const numbers = [values.runs, values.seed, values.from].map(Number);
  if (values.help || targets.length === 0 || unknown.length > 0 || !numbers.every(Number.isSafeInteger)) {
    return unknown.length > 0 ? `there is no target ${unknown.join(', ')}\n\n${help}` : help;
  }
  const [runs = 0, seed = 0, from = 0] = numbers;
  return { targets, runs, seed, from, progress: new SharedArrayBuffer(8) };
}

/** @returns findings of one target. */
async function runTarget(target: string, order: Order): Promise<number> {
  const worker = new Worker(new URL('./runner-worker.ts', import.meta.url).href);
  const done = Promise.withResolvers<number>();
  const progress = new Int32Array(order.progress);
  const startedMs = performance.now();
  let last = -1;
  let lastMs = startedMs;
  const watch = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now !== last) lastMs = performance.now();
    last = now;
    if (performance.now() - lastMs < hangMs) return;
    print(`${target}: run ${now} of seed ${order.seed} does not end\n`);
    done.resolve(1);
  }, 1_000);
  let findings = 0;
  worker.onmessage = ({ data }: MessageEvent<RunnerWord>) => {
    if (data.kind === 'finding') {
      findings++;
      print(
        `FINDING ${data.message}\n  again: --target ${target} --seed ${order.seed} --from ${data.run} --runs 1\n`,
      );
      return;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const rate = Math.round(data.runs / seconds);
    print(
      `${target}: ${data.runs} inputs, seed ${order.seed}, ${findings} findings, ${rate} a second, heap ${data.heapGrowth}\n`,
    );
    done.resolve(findings);
  };
  worker.onerror = ({ message }) => {
    print(`${target}: the worker broke: ${message}\n`);
    done.resolve(1);
  };
  worker.postMessage({ ...order, target });
  const count = await done.promise;
  clearInterval(watch);
  worker.terminate();
  return count;
}

const print = (text: string): boolean => process.stdout.write(text);

const order = readOrder();
if (typeof order === 'string') {
  print(order);
  process.exitCode = 2;
} else {
  let findings = 0;
  for (const target of order.targets) findings += await runTarget(target, order);
  process.exitCode = findings === 0 ? 0 : 1;
  process.exit();
}
