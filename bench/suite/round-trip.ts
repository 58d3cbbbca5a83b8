/** Round trips of 9-byte messages through the relay, idle and with its core 70 % busy. */
import type { Peer } from '../peers/peer.ts';
import { peerByKey } from '../peers/peers.ts';
import { readCpuSeconds } from '../report/cpu-time.ts';
import { inEvery, onStage, openStreams, type Stage, type SuiteSettings, say } from './stage.ts';

const loadShare = 0.7;
const backgroundStreams = 16;
const firstBytesPerSecond = 3e8;
const calibrationMs = 700;
const calibrations = 3;
const roundTrips = 2_000;
/** Before the figures of a relay that has just been started. */
const freshAfter = 200;
/** Before the figures that the targets are judged on: by then a runtime has compiled what it runs. */
const warmAfter = 6_000;

const peers: readonly Peer[] = [
  peerByKey.sluice,
  peerByKey.nginxTuned,
  peerByKey.haproxyTuned,
  peerByKey.nginxShipped,
  peerByKey.bareRelay,
];
/** No target hangs on these: every second round does. */
const rarely: readonly Peer[] = [peerByKey.haproxyTuned, peerByKey.bareRelay];

/** Share of a core that a process uses while `work` runs. */
async function shareDuring<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; share: number }> {
  const before = readCpuSeconds(pid);
  const startedMs = performance.now();
  const result = await work();
  const share = (readCpuSeconds(pid) - before) / ((performance.now() - startedMs) / 1000);
  return { result, share };
}

/**
 * The rate at which the relay's core is as busy as wanted, from what a byte costs it. Where not nearly all arrives that
 * is sent, somebody is at his end already: a little less than what arrived, or the probe would time a queue.
 */
export function rateFor(offered: number, arrived: number, cpuSecondsPerByte: number): number {
  const wanted = loadShare / cpuSecondsPerByte;
  return arrived < offered * 0.9 ? Math.min(wanted, arrived * 0.9) : wanted;
}

/** Brings the relay to the load that is wanted, and leaves it there. */
async function busyRelay({ relay, load }: Stage): Promise<void> {
  let bytesPerSecond = firstBytesPerSecond;
  for (let step = 0; step < calibrations; step++) {
    await load.run('pace', { shape: 'large', bytesPerSecond });
    const before = readCpuSeconds(relay.pid);
    await Bun.sleep(calibrationMs);
    const { bytes, seconds } = await load.run('rest', {});
    // A tick of the clock at least, and a byte: what is next divides by both.
    const used = Math.max(0.01, readCpuSeconds(relay.pid) - before);
    bytesPerSecond = rateFor(bytesPerSecond, Math.max(1, bytes) / seconds, used / Math.max(1, bytes));
  }
  await load.run('pace', { shape: 'large', bytesPerSecond });
}

export async function runRoundTrips({ rounds, scale, samples, isAvailable }: SuiteSettings): Promise<void> {
  const scaled = (trips: number): number => Math.max(50, Math.round(trips * scale));
  const count = scaled(roundTrips);
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers.filter(isAvailable)) {
      if (rarely.includes(peer) && !inEvery(2, round)) continue;
      await onStage(peer, { streams: backgroundStreams, probe: true }, async stage => {
        const { relay, probe } = stage;
        await probe!.run('open', { port: relay.port, path: relay.probePath, count: 1, concurrency: 1 });
        const fresh = await probe!.run('probe', { count, warmUp: scaled(freshAfter) });
        const warmUp = scaled(warmAfter - roundTrips - freshAfter);
        const idle = await probe!.run('probe', { count, warmUp });
        await openStreams(stage, backgroundStreams);
        await busyRelay(stage);
        const { result: busy, share } = await shareDuring(relay.pid, () =>
          probe!.run('probe', { count, warmUp: scaled(freshAfter) }),
        );
        await stage.load.run('rest', {});
        samples.add('rtt-idle-p50', peer.name, idle.p50);
        samples.add('rtt-idle-p99', peer.name, idle.p99);
        samples.add('rtt-fresh-p50', peer.name, fresh.p50);
        samples.add('rtt-fresh-p99', peer.name, fresh.p99);
        samples.add('rtt-load-p50', peer.name, busy.p50);
        samples.add('rtt-load-p99', peer.name, busy.p99);
        samples.add('rtt-load-share', peer.name, share);
        say(
          `round trip · ${peer.name} · round ${round + 1} of ${rounds}: idle ${idle.p50.toFixed(0)}/` +
            `${idle.p99.toFixed(0)} µs, at ${(share * 100).toFixed(0)} % load ${busy.p50.toFixed(0)}/${busy.p99.toFixed(0)} µs`,
        );
        if (share < loadShare - 0.1) {
          samples.note(
            `the load could not bring every relay to ${loadShare * 100} % of its core (see the load that was reached): ` +
              'it shares one core with the probe',
          );
        }
      });
    }
  }
}
