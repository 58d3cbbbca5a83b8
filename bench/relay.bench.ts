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
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { readCpuSeconds, readResidentBytes } from './cpu-time.ts';
import { median, originOfRun, print, report, round } from './history.ts';
import { startLoad } from './load-process.ts';
import { choosePeers, type Peer } from './peers.ts';
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

async function measure(peer: Peer, shape: string, bytes: number): Promise<Measurement> {
  await using folder = await makeTempFolder('bench');
  await using load = startLoad(loadCore);
  const { upstreamPort } = await load.answer<{ upstreamPort: number }>();
  await using relay = await peer.start({ folder: folder.path, upstreamPort, core: relayCore });
  load.say({ target: relay.port, path: relay.path, shape, streams, bytes });
  const { ready: cipher } = await load.answer<{ ready: string }>();
  const before = readCpuSeconds(relay.pid);
  load.say({ go: true });
  const result = await load.answer<{ bytes: number; seconds: number }>();
  const cpuSeconds = readCpuSeconds(relay.pid) - before;
  const gigabytes = result.bytes / 1e9;
  return {
    cpuSecondsPerGb: cpuSeconds / gigabytes,
    gbPerSecond: gigabytes / result.seconds,
    residentBytes: readResidentBytes(relay.pid),
    cipher,
  };
}

async function main(): Promise<void> {
  if (availableParallelism() < 2)
    throw new Error('the bench needs two cores: one for the relay, one for the load');
  const chosen = choosePeers(options.only, options.before);
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
  const { date, commit } = await originOfRun();
  for (const [key, measurements] of results) {
    const [relay, shape] = JSON.parse(key) as [string, string];
    const cpu = measurements.map(measurement => measurement.cpuSecondsPerGb);
    const entry = {
      date,
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
    await report(entry, options.record);
  }
}

await main();
