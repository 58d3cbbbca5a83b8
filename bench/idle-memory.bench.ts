/**
 * Resident memory of one idle stream, TLS and handshakes done, side by side: `bun bench/idle-memory.bench.ts`
 *
 *   --streams N    measured streams (2000), on top of some that warm the relay up
 *   --rounds N     measurements of each relay, interleaved (3)
 *   --only TEXT    relays whose name matches this regular expression
 *   --before DIR   also the gateway of another working tree
 *   --record       append the figures to bench/history.ndjson
 *
 * Each stream is a session of its own, and takes 2 descriptors in the relay and 2 in the load.
 */
import { parseArgs } from 'node:util';
import type { Peer } from './peers/peer.ts';
import { choosePeers } from './peers/peers.ts';
import { readResidentBytes } from './report/cpu-time.ts';
import { print, report } from './report/history.ts';
import { originOfRun } from './report/machine.ts';
import { rangeOf, roundRange } from './report/statistics.ts';
import { onStage, openStreams } from './suite/stage.ts';

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
function measure(peer: Peer): Promise<number> {
  return onStage(peer, { streams: warmUpStreams + streams }, async stage => {
    await openStreams(stage, warmUpStreams);
    await Bun.sleep(settleMs);
    const before = readResidentBytes(stage.relay.pid);
    await openStreams(stage, streams);
    await Bun.sleep(settleMs);
    return (readResidentBytes(stage.relay.pid) - before) / streams;
  });
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
  const kb_per_stream = roundRange(rangeOf(kilobytes));
  const entry = { ...origin, bench: 'idle-memory', relay, streams, rounds: kilobytes.length, kb_per_stream };
  await report(entry, options.record);
}
