/**
 * Resident memory of one idle stream, TLS and handshakes done, side by side: `bun bench/idle-memory.bench.ts`
 *
 *   --streams N    measured streams (2000), on top of some that warm the relay up
 *   --rounds N     measurements of each relay, interleaved (3)
 *   --only TEXT    relays whose name matches this regular expression
 *   --before DIR   also the gateway of another working tree
 *   --record       append the figures to bench/history.ndjson
 *
 * Each stream is a client's connection and one to a desktop, so about 2 descriptors in the relay and 2 in the load.
 */
import { parseArgs } from 'node:util';
import { makeTempFolder } from '../test/harness/temp-folder.ts';
import { readResidentBytes } from './cpu-time.ts';
import { median, originOfRun, print, report, round } from './history.ts';
import { startLoad } from './load-process.ts';
import { choosePeers, type Peer } from './peers.ts';
import { shapes } from './rfb-shapes.ts';

/** Compiled code and first buffers are paid by these. */
const warmUpStreams = 500;
/** Buffers of handshakes go back to the system some seconds after the last one. */
const settleMs = 6_000;

const { values: options } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    before: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const streams = Number(options.streams);

/** @returns bytes a stream. */
async function measure(peer: Peer): Promise<number> {
  await using folder = await makeTempFolder('bench');
  await using load = startLoad(1);
  const { upstreamPort } = await load.answer<{ upstreamPort: number }>();
  await using relay = await peer.start({ folder: folder.path, upstreamPort, core: 0 });
  const { port: target, path } = relay;
  load.say({ target, path, shape: shapes[0]!.name, streams: warmUpStreams, bytes: 0 });
  await load.answer();
  await Bun.sleep(settleMs);
  const before = readResidentBytes(relay.pid);
  load.say({ more: streams });
  await load.answer();
  await Bun.sleep(settleMs);
  return (readResidentBytes(relay.pid) - before) / streams;
}

const chosen = choosePeers(options.only, options.before);
const figures = new Map<string, number[]>(chosen.map(peer => [peer.name, []]));
for (let index = 0; index < Number(options.rounds); index++) {
  for (const peer of chosen) {
    const bytes = await measure(peer);
    figures.get(peer.name)!.push(bytes / 1e3);
    print(`${peer.name}: ${(bytes / 1e3).toFixed(1)} KB an idle stream`);
  }
}
const origin = await originOfRun();
for (const [relay, kilobytes] of figures) {
  const range = { min: round(Math.min(...kilobytes)), max: round(Math.max(...kilobytes)) };
  const kb_per_stream = { median: round(median(kilobytes)), ...range };
  const entry = { ...origin, bench: 'idle-memory', relay, streams, rounds: kilobytes.length, kb_per_stream };
  await report(entry, options.record);
}
