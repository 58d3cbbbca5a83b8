/**
 * CPU seconds per GB from the desktop to the viewer, side by side: `bun bench/relay.bench.ts`
 *
 *   --rounds N     measurements of each relay and shape, interleaved (3)
 *   --bytes N      payload bytes of one measurement (1e9)
 *   --only TEXT    relays whose name matches this regular expression
 *   --before DIR   also the gateway of another working tree, so that a change is measured in one run
 *   --record       append the figures to bench/history.ndjson
 *
 * See README.md for the method and for how to read the figures.
 */
import { appendFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bunPath, runToEnd } from '../test/harness/processes.ts';
import { findProgram } from '../test/harness/requirements.ts';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { readCpuSeconds, readResidentBytes } from './cpu-time.ts';
import { createGatewayPeer, type Peer, peers } from './peers.ts';
import { shapes } from './rfb-shapes.ts';

const relayCore = 0;
const loadCore = 1;
const streams = 4;

interface Measurement {
  readonly cpuSecondsPerGb: number;
  readonly gbPerSecond: number;
  readonly residentBytes: number;
  readonly cipher: string;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '1e9' },
    only: { type: 'string', default: '' },
    before: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

async function measure(peer: Peer, shape: string, bytes: number): Promise<Measurement> {
  await using folder = await makeTempFolder('bench');
  const script = new URL('relay-load.ts', import.meta.url).pathname;
  const load = Bun.spawn(['taskset', '-c', String(loadCore), bunPath, script], {
    stdin: 'pipe',
    stderr: 'inherit',
  });
  try {
    const answers = readLines(load.stdout);
    const { upstreamPort } = await nextLine<{ upstreamPort: number }>(answers);
    await using relay = await peer.start({ folder: folder.path, upstreamPort, core: relayCore });
    load.stdin.write(`${JSON.stringify({ target: relay.port, path: relay.path, shape, streams, bytes })}\n`);
    const { ready: cipher } = await nextLine<{ ready: string }>(answers);
    const before = readCpuSeconds(relay.pid);
    load.stdin.write('{"go":true}\n');
    const result = await nextLine<{ bytes: number; seconds: number }>(answers);
    const cpuSeconds = readCpuSeconds(relay.pid) - before;
    const gigabytes = result.bytes / 1e9;
    return {
      cpuSecondsPerGb: cpuSeconds / gigabytes,
      gbPerSecond: gigabytes / result.seconds,
      residentBytes: readResidentBytes(relay.pid),
      cipher,
    };
  } finally {
    load.kill();
    await load.exited;
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const whole = text.split('\n');
    text = whole.pop() ?? '';
    yield* whole;
  }
}

async function nextLine<T>(lines: AsyncGenerator<string>): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new Error('the load ended before it was done');
  return JSON.parse(value) as T;
}

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const round = (value: number): number => Math.round(value * 1000) / 1000;

function isInstalled(peer: Peer): boolean {
  if (peer.program === bunPath || findProgram(peer.program) !== undefined) return true;
  print(`${peer.name}: left out, ${peer.program} is not installed`);
  return false;
}

async function main(): Promise<void> {
  if (availableParallelism() < 2)
    throw new Error('the bench needs two cores: one for the relay, one for the load');
  const compared = options.before === undefined ? peers : [...peers, createGatewayPeer(options.before)];
  const chosen = compared.filter(peer => new RegExp(options.only).test(peer.name) && isInstalled(peer));
  const results = new Map<string, Measurement[]>();
  for (let index = 0; index < Number(options.rounds); index++) {
    for (const shape of shapes) {
      for (const peer of chosen) {
        const measurement = await measure(peer, shape.name, Number(options.bytes));
        const key = JSON.stringify([peer.name, shape.name]);
        results.set(key, [...(results.get(key) ?? []), measurement]);
        print(`${peer.name} · ${shape.name}: ${measurement.cpuSecondsPerGb.toFixed(2)} CPU s/GB`);
      }
    }
  }
  const commit = (await runToEnd(['git', 'rev-parse', '--short', 'HEAD'])).stdout.trim();
  for (const [key, measurements] of results) {
    const [relay, shape] = JSON.parse(key) as [string, string];
    const cpu = measurements.map(measurement => measurement.cpuSecondsPerGb);
    const entry = {
      date: new Date().toISOString().slice(0, 10),
      commit,
      bench: 'relay',
      relay,
      shape,
      streams,
      rounds: measurements.length,
      cpu_s_per_gb: {
        median: round(median(cpu)),
        min: round(Math.min(...cpu)),
        max: round(Math.max(...cpu)),
      },
      gb_per_s: round(median(measurements.map(measurement => measurement.gbPerSecond))),
      resident_mb: Math.round(median(measurements.map(measurement => measurement.residentBytes)) / 1e6),
      cipher: measurements[0]?.cipher,
    };
    print(JSON.stringify(entry));
    if (options.record)
      await appendFile(new URL('history.ndjson', import.meta.url), `${JSON.stringify(entry)}\n`);
  }
}

await main();
