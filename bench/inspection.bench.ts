/**
 * What the inspection costs: CPU seconds per GB of one relay with the inspection on beside the same relay with it
 * off, and how much the heap grows per MB forwarded: `bun bench/inspection.bench.ts`
 *
 *   --rounds N     pairs of measurements of each shape, interleaved (5)
 *   --bytes N      payload bytes of one measurement (5e8)
 *   --record       append the figures to bench/history.ndjson
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFreePort } from '../test/harness/ports.ts';
import { bunPath } from '../test/harness/processes.ts';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { readLines, startAgent } from './load/agent-process.ts';
import { type ShapeName, shapes } from './load/shapes.ts';
import { waitForPort, writeCertificate } from './peers/peer.ts';
import { readCpuSeconds } from './report/cpu-time.ts';
import { print, report } from './report/history.ts';
import { originOfRun } from './report/machine.ts';
import { median, rangeOf, round, roundRange } from './report/statistics.ts';

const relayCore = 0;
const loadCore = 1;
const streams = 4;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    bytes: { type: 'string', default: '5e8' },
    record: { type: 'boolean', default: false },
  },
});

interface Measurement {
  readonly cpuSecondsPerGb: number;
  readonly heapBytesPerMb: number;
}

async function measure(mode: 'on' | 'off', shape: ShapeName): Promise<Measurement> {
  await using folder = await makeTempFolder('bench');
  await using load = await startAgent({ core: loadCore });
  const { certificate, key } = await writeCertificate(folder.path);
  const target = await findFreePort();
  const script = join(import.meta.dir, 'peers/inspection-host.ts');
  const values = [mode, target, certificate, key, load.upstreamPort].map(String);
  const host = Bun.spawn(['taskset', '-c', String(relayCore), bunPath, script, ...values], {
    stdin: 'pipe',
    stderr: 'inherit',
  });
  try {
    const lines = readLines(host.stdout);
    const heapBytes = async (): Promise<number> => {
      host.stdin.write('\n');
      return (JSON.parse((await lines.next()).value ?? 'null') as { heapBytes: number }).heapBytes;
    };
    await waitForPort(target);
    await load.run('open', { port: target, path: '/{index}', count: streams, concurrency: 1 });
    await load.run('flood', { shape, bytes: 2e8 });
    const heapBefore = await heapBytes();
    const before = readCpuSeconds(host.pid);
    const { bytes } = await load.run('flood', { shape, bytes: Number(options.bytes) });
    const cpuSecondsPerGb = ((readCpuSeconds(host.pid) - before) / bytes) * 1e9;
    return { cpuSecondsPerGb, heapBytesPerMb: (((await heapBytes()) - heapBefore) / bytes) * 1e6 };
  } finally {
    host.kill();
    await host.exited;
  }
}

const origin = await originOfRun();
for (const key of ['large', 'packed'] as const) {
  const shape = shapes[key].name;
  const ratios: number[] = [];
  const on: Measurement[] = [];
  for (let index = 0; index < Number(options.rounds); index++) {
    // Whichever comes first in a pair meets the machine in another state: take turns.
    const first = await measure(index % 2 === 0 ? 'on' : 'off', key);
    const second = await measure(index % 2 === 0 ? 'off' : 'on', key);
    const [withIt, without] = index % 2 === 0 ? [first, second] : [second, first];
    ratios.push(withIt.cpuSecondsPerGb / without.cpuSecondsPerGb);
    on.push(withIt);
    print(
      `${shape}: ${withIt.cpuSecondsPerGb.toFixed(2)} CPU s/GB on, ${without.cpuSecondsPerGb.toFixed(2)} off, ` +
        `heap growth ${withIt.heapBytesPerMb.toFixed(0)} B/MB on, ${without.heapBytesPerMb.toFixed(0)} off`,
    );
  }
  const ratio = roundRange(rangeOf(ratios));
  const heap_bytes_per_mb = round(median(on.map(measurement => measurement.heapBytesPerMb)));
  await report(
    {
      ...origin,
      bench: 'inspection',
      shape,
      streams,
      rounds: ratios.length,
      cpu_ratio: ratio,
      heap_bytes_per_mb,
    },
    options.record,
  );
}
