/** The side-by-side suite. Started by bench/run.mjs, which installs what it needs: `npm run bench -- --help`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isInstalled, peerByKey } from '../peers/peers.ts';
import { keep, print } from '../report/history.ts';
import { busySeconds, describeMachine, descriptorsMax, originOfRun } from '../report/machine.ts';
import { formatPage } from '../report/markdown.ts';
import { rangeOf, roundRange } from '../report/statistics.ts';
import { runAccept } from './accept.ts';
import { findUnlike } from './agreed-tls.ts';
import { runCpuPerGb } from './cpu-per-gb.ts';
import { runMixes } from './mixes.ts';
import { drawPlots } from './plots.ts';
import { runRoundTrips } from './round-trip.ts';
import { Samples } from './samples.ts';
import { runScale } from './scale.ts';
import { runSlowReader } from './slow-reader.ts';
import { type SuiteSettings, say } from './stage.ts';
import { judgeAll } from './targets.ts';
import { runWorkers } from './workers.ts';

const parts: Readonly<Record<string, (settings: SuiteSettings) => Promise<void>>> = {
  cpu: runCpuPerGb,
  'round-trip': runRoundTrips,
  accept: runAccept,
  sessions: runScale,
  workers: runWorkers,
  'slow-reader': runSlowReader,
  mixes: runMixes,
};

const help = `Usage: npm run bench -- [options]

Measures Sluice side by side with nginx, HAProxy, websockify and a relay in C, and marks each
target met or missed. Takes about 14 minutes, needs two cores, and means most on a quiet machine.

  --only PARTS    some parts only, with commas: ${Object.keys(parts).join(', ')}
  --quick         a fiftieth of the amounts and one round, in a minute: to see that it runs,
                  its figures mean nothing
  --rounds N      interleaved rounds of each figure (5)
  --sessions N    the most sessions held at once (10000, or what descriptors allow)
  --record        keep it: bench/results.md, bench/history.ndjson and docs/plots
  --help          this text

Without --record the page and the plots go to .cache/bench. nginx-light, haproxy, websockify and
a C compiler with OpenSSL are installed with apt when they are missing and this runs as root.
How to read the figures is in bench/README.md.`;

const root = join(import.meta.dir, '../..');
const quickScale = 0.02;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      sessions: { type: 'string', default: '10000' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').map(name => name.trim());
  const unknown = only.filter(name => parts[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const sessions = Number(values.sessions);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1');
  if (!Number.isInteger(sessions) || sessions < 100) throw new Error('--sessions takes a number from 100');
  return { ...values, only, rounds, sessions };
}

/** A stream is two connections in a relay and two in the load; both need some descriptors besides. */
function sessionsAllowed(wanted: number, samples: Samples): number {
  const allowed = Math.floor((descriptorsMax() - 200) / 2);
  const sessions = Math.min(wanted, allowed);
  if (allowed < wanted) {
    samples.note(
      `${sessions} sessions in place of ${wanted}: a process may have ${descriptorsMax()} descriptors here, and a session is two`,
    );
  }
  return sessions;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    print(help);
    return;
  }
  const cores = availableParallelism();
  if (cores < 2) throw new Error('the bench needs two cores: one for the relay, one for the load');
  const startedMs = performance.now();
  const samples = new Samples();
  const scale = options.quick ? quickScale : 1;
  const wanted = options.quick ? Math.min(options.sessions, 300) : options.sessions;
  for (const peer of Object.values(peerByKey)) {
    if (!isInstalled(peer)) samples.note(`${peer.name} was left out: ${peer.program} is not installed`);
  }
  const unlike = await findUnlike(Object.values(peerByKey).filter(isInstalled), samples);
  const settings: SuiteSettings = {
    rounds: options.rounds,
    scale,
    sessionsMax: sessionsAllowed(wanted, samples),
    cores,
    samples,
    isAvailable: peer => isInstalled(peer) && !unlike.has(peer),
  };
  const quietBefore = busySeconds();
  for (const name of options.only) {
    say(`${name} …`);
    await parts[name]!(settings);
  }
  const minutes = (performance.now() - startedMs) / 60_000;
  if (options.quick) samples.note('a quick run: its figures mean nothing');
  await finish(samples, { ...options, minutes, busy: busySeconds() - quietBefore });
}

interface Finish {
  readonly record: boolean;
  readonly rounds: number;
  readonly minutes: number;
  readonly busy: number;
}

async function finish(samples: Samples, { record, rounds, minutes }: Finish): Promise<void> {
  const origin = await originOfRun();
  const machine = describeMachine();
  const verdicts = judgeAll(samples);
  const page = formatPage(samples, verdicts, { origin, machine, minutes, command: 'npm run bench' });
  const folder = join(root, '.cache/bench');
  const plots = record ? join(root, 'docs/plots') : join(folder, 'plots');
  await mkdir(plots, { recursive: true });
  for (const { name, svg } of drawPlots(samples)) await writeFile(join(plots, name), svg);
  await writeFile(record ? join(root, 'bench/results.md') : join(folder, 'results.md'), page);
  if (record) {
    await keep(samples.mixes.map(figure => ({ ...origin, bench: 'mix', ...figure, machine })));
    await keep(
      samples.figures().flatMap(figure =>
        samples.relaysOf(figure).map(relay => ({
          ...origin,
          bench: 'suite',
          figure,
          relay,
          rounds,
          value: roundRange(rangeOf(samples.of(figure, relay))),
          machine,
        })),
      ),
    );
  }
  print(`\n${page}`);
  say(`done; the page and the plots are in ${record ? 'bench and docs/plots' : '.cache/bench'}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
