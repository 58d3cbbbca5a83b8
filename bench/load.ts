/** The load generator: `bun bench/load.ts --help`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bunPath } from '../test/harness/processes.ts';
import { readLines } from './load/agent-process.ts';
import type { GeneratorReady, GeneratorReport, GeneratorTask } from './load/generator-task.ts';
import {
  addReports,
  bottleneck,
  formatProgress,
  formatSummary,
  type LoadTotals,
} from './load/load-summary.ts';
import { parseLoadTargets } from './load/load-target.ts';
import { type LocalGateway, startLocalGateway } from './load/local-gateway.ts';
import { parseMix } from './load/mix.ts';
import { print } from './report/history.ts';
import { descriptorsMax } from './report/machine.ts';

const help = `Usage: bun bench/load.ts [options]
       bun bench/load.ts --url URL --token TOKEN [options]

Holds many streams and plays recorded desktops over them at their real pace. Without --url it
starts a gateway of this working tree and plays the desktops as well; with --url it looks at the
desktops of a deployment, plays the viewers' part, and times pings.

  --streams N      streams to hold (1000)
  --rate N         streams opened a second (200)
  --seconds N      how long to hold them all (20)
  --mix MIX        what happens on the desktops: video, typing, idle, office, media, or weights
                   such as video=10,typing=60,idle=30 (office)
  --processes N    processes of the load (one for 8000 streams, or what cores allow)
  --workers N      of the gateway that it starts (1)
  --url URL        https://HOST/desktop/ID/vnc/websockify; may be given several times, and the
                   streams take turns
  --token TOKEN    the stream token: one for all URLs, or one for each in their order
  --insecure       take any certificate
  --help           this text

A stream is one descriptor here, or two with desktops of its own. The exit code is 1 when a
stream failed, and 2 for a wrong option.`;

const { values: options } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    mix: { type: 'string', default: 'office' },
    processes: { type: 'string' },
    workers: { type: 'string', default: '1' },
    url: { type: 'string', multiple: true, default: [] },
    token: { type: 'string', multiple: true, default: [] },
    insecure: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** One process of the load, in the parent's eyes. */
interface LoadProcess {
  readonly upstreamPort: number;
  start(task: GeneratorTask): Promise<void>;
  report: GeneratorReport | undefined;
  end(): Promise<void>;
}

async function startProcess(core: number | undefined): Promise<LoadProcess> {
  const script = new URL('load/generator.ts', import.meta.url).pathname;
  const pin = core === undefined ? [] : ['taskset', '-c', String(core)];
  const child = Bun.spawn([...pin, bunPath, script], { stdin: 'pipe', stderr: 'inherit' });
  const lines = readLines(child.stdout);
  const { value } = await lines.next();
  const { upstreamPort } = JSON.parse(value ?? 'null') as GeneratorReady;
  const process: LoadProcess = {
    upstreamPort,
    report: undefined,
    async start(task) {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      child.stdin.flush();
      for await (const line of lines) process.report = JSON.parse(line) as GeneratorReport;
      if (process.report?.done !== true) throw new Error('a process of the load ended before it was done');
    },
    async end() {
      child.kill();
      await child.exited;
    },
  };
  return process;
}

function readNumber(
  name: 'streams' | 'rate' | 'seconds' | 'processes' | 'workers',
  fallback: number,
): number {
  const value = Number(options[name] ?? fallback);
  if (!(value >= 1)) throw new Error(`--${name} takes a number from 1, not ${options[name]}`);
  return value;
}

/** As many as asked for, or as descriptors allow, said. */
function streamsAllowed(wanted: number, processes: number, workers: number, ownDesktops: boolean): number {
  const each = Math.floor((descriptorsMax() - 200) / 2);
  const allowed = ownDesktops ? each * Math.min(processes, workers) : 2 * each * processes;
  if (wanted <= allowed) return wanted;
  print(`${allowed} streams in place of ${wanted}: a process may have ${descriptorsMax()} descriptors here`);
  return allowed;
}

/** Until all processes are done; says every few seconds how it stands. @returns why the load was late, if it was */
async function watch(
  processes: readonly LoadProcess[],
  running: Promise<unknown>,
  gateway: LocalGateway | undefined,
): Promise<string | undefined> {
  const startedMs = performance.now();
  let isOver = false;
  const ended = running.finally(() => {
    isOver = true;
  });
  let before: { readonly bytes: number; readonly ms: number } = { bytes: 0, ms: startedMs };
  let wasLate: string | undefined;
  let isSteady = false;
  let shown = 0;
  while (!isOver) {
    await Promise.race([ended, Bun.sleep(1000)]);
    const reports = processes.flatMap(({ report }) => (report === undefined ? [] : [report]));
    const totals = addReports(reports);
    const nowMs = performance.now();
    if (!isSteady && reports.length === processes.length && reports.every(each => each.steadySeconds > 0)) {
      isSteady = true;
      gateway?.mark();
    } else if (isSteady) wasLate = bottleneck(totals) ?? wasLate;
    if (shown++ % 2 === 0 && !isOver) {
      const rate = ((totals.bytesDown - before.bytes) / Math.max(1, nowMs - before.ms)) * 1000;
      before = { bytes: totals.bytesDown, ms: nowMs };
      print(formatProgress((nowMs - startedMs) / 1000, totals, rate));
    }
  }
  await ended;
  return wasLate;
}

async function main(): Promise<LoadTotals | undefined> {
  if (options.help) {
    print(help);
    return undefined;
  }
  const targets = parseLoadTargets(options.url, options.token);
  const mix = parseMix(options.mix);
  const workers = readNumber('workers', 1);
  const cores = availableParallelism();
  const wanted = Math.round(readNumber('streams', 1000));
  const ownDesktops = targets === undefined;
  const fitting = Math.max(1, ownDesktops ? cores - workers : cores);
  const count = readNumber(
    'processes',
    Math.max(Math.ceil(wanted / 8000), Math.min(fitting, Math.ceil(wanted / 500))),
  );
  const streams = streamsAllowed(wanted, count, workers, ownDesktops);
  const processes: LoadProcess[] = [];
  await using stack = new AsyncDisposableStack();
  for (let index = 0; index < count; index++) {
    const core = ownDesktops && cores > 1 ? Math.min(workers, cores - 1) + (index % fitting) : undefined;
    const started = await startProcess(core);
    stack.defer(() => started.end());
    processes.push(started);
  }
  const ports = processes.map(({ upstreamPort }) => upstreamPort) as [number, ...number[]];
  const gateway = ownDesktops ? stack.use(await startLocalGateway(streams, ports, workers)) : undefined;
  const target = targets ?? {
    host: '127.0.0.1',
    port: gateway!.port,
    serverName: undefined,
    tls: true,
    paths: [gateway!.path],
  };
  const running = Promise.all(
    processes.map((each, first) =>
      each.start({
        ...target,
        insecure: options.insecure || ownDesktops,
        first,
        step: count,
        streams: Math.ceil((streams - first) / count),
        rate: readNumber('rate', 200) / count,
        seconds: readNumber('seconds', 20),
        mix,
        manyAddresses: ownDesktops,
        ownDesktops,
      }),
    ),
  );
  const wasLate = await watch(processes, running, gateway);
  const totals = addReports(processes.map(({ report }) => report!));
  print(`\n${formatSummary(totals, wasLate, gateway?.use())}`);
  return totals;
}

try {
  const totals = await main();
  if (totals !== undefined && totals.failed > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
