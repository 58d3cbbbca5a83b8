/**
 * CPU seconds per GB from the desktop to the viewer, one part of the suite with a choice: `bun bench/relay.bench.ts`
 *
 *   --rounds N     measurements of each relay and shape, interleaved (3)
 *   --bytes N      payload bytes of one measurement (1e9)
 *   --only TEXT    relays whose name matches this regular expression
 *   --shapes LIST  some of large,packed,single (large,packed)
 *   --before DIR   also the gateway of another working tree, so that a change is measured in one run
 *   --record       append the figures to bench/history.ndjson
 *
 * See README.md for the method and for how to read the figures.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type ShapeName, shapes } from './load/shapes.ts';
import { choosePeers } from './peers/peers.ts';
import { print, report } from './report/history.ts';
import { originOfRun } from './report/machine.ts';
import { rangeOf, round, roundRange } from './report/statistics.ts';
import { type CpuPerGb, measureCpuPerGb } from './suite/cpu-per-gb.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '1e9' },
    only: { type: 'string', default: '' },
    shapes: { type: 'string', default: 'large,packed' },
    before: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
if (availableParallelism() < 2)
  throw new Error('the bench needs two cores: one for the relay, one for the load');
const wantedShapes = options.shapes.split(',') as ShapeName[];
const chosen = choosePeers(options.only, options.before);
const results = new Map<string, CpuPerGb[]>();
for (let index = 0; index < Number(options.rounds); index++) {
  for (const shape of wantedShapes) {
    for (const peer of chosen) {
      const measurement = await measureCpuPerGb(peer, shape, Number(options.bytes) / 1e9);
      const key = JSON.stringify([peer.name, shapes[shape].name]);
      results.set(key, [...(results.get(key) ?? []), measurement]);
      print(`${peer.name} · ${shapes[shape].name}: ${measurement.cpuSecondsPerGb.toFixed(2)} CPU s/GB`);
    }
  }
}
const origin = await originOfRun();
for (const [key, measurements] of results) {
  const [relay, shape] = JSON.parse(key) as [string, string];
  const entry = {
    ...origin,
    bench: 'relay',
    relay,
    shape,
    rounds: measurements.length,
    cpu_s_per_gb: roundRange(rangeOf(measurements.map(measurement => measurement.cpuSecondsPerGb))),
    gb_per_s: round(rangeOf(measurements.map(measurement => measurement.gbPerSecond)).median),
    resident_mb: Math.round(rangeOf(measurements.map(({ residentBytes }) => residentBytes / 1e6)).median),
    cipher: measurements[0]?.cipher,
  };
  await report(entry, options.record);
}
