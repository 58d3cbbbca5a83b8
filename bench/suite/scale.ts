/** Memory per idle session, and what a byte costs with more and more sessions. */
import type { Peer } from '../peers/peer.ts';
import { peerByKey } from '../peers/peers.ts';
import { readCpuSeconds, readResidentBytes } from '../report/cpu-time.ts';
import { median } from '../report/statistics.ts';
import { onStage, openStreams, type Stage, type SuiteSettings, say } from './stage.ts';

/** Buffers of handshakes go back to the system some seconds after the last one. */
const settleMs = 6_000;
const warmUpBytes = 1e8;
const warmUpStreams = 1_000;
const measuredBytes = 3e8;
const repeats = 3;
/** Messages on their way at any time, whatever the number of sessions. */
const inFlight = 10;

const peers: readonly Peer[] = [peerByKey.sluice, peerByKey.nginxTuned, peerByKey.haproxyTuned];

/** CPU per GB and throughput with the sessions that are open. */
async function measureTraffic({ relay, load }: Stage, scale: number): Promise<{ cpu: number; rate: number }> {
  const cpu: number[] = [];
  const rate: number[] = [];
  await load.run('turns', { shape: 'large', bytes: warmUpBytes * scale, inFlight });
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = readCpuSeconds(relay.pid);
    const { bytes, seconds } = await load.run('turns', {
      shape: 'large',
      bytes: measuredBytes * scale,
      inFlight,
    });
    cpu.push(((readCpuSeconds(relay.pid) - before) / bytes) * 1e9);
    rate.push(bytes / 1e9 / seconds);
  }
  return { cpu: median(cpu), rate: median(rate) };
}

/** Counts up to the most: 10, a hundredth, a tenth, a half, all. */
export function stepsTo(most: number): number[] {
  const wanted = [10, Math.round(most / 100), Math.round(most / 10), Math.round(most / 2), most];
  return [...new Set(wanted.filter(count => count >= 10 && count <= most))].sort((a, b) => a - b);
}

async function measurePeer(peer: Peer, settings: SuiteSettings): Promise<void> {
  const { sessionsMax, samples, scale } = settings;
  const steps = stepsTo(sessionsMax);
  const small = await onStage(peer, { streams: sessionsMax }, async stage => {
    let open = 0;
    const measured: number[] = [];
    for (const sessions of steps.filter(count => count <= sessionsMax / 5)) {
      await openStreams(stage, sessions - open);
      open = sessions;
      const { cpu, rate } = await measureTraffic(stage, scale);
      measured.push(cpu);
      note(settings, peer, sessions, cpu, rate);
    }
    return measured[0] ?? Number.NaN;
  });
  await onStage(peer, { streams: sessionsMax }, async stage => {
    const resident: number[] = [];
    let open = 0;
    // Streams that come and go: what reading thousands of sessions left behind is collected before anything is measured.
    const { port, path } = stage.relay;
    await stage.load.run('storm', { port, path, count: Math.ceil(warmUpStreams * scale), concurrency: 16 });
    for (const sessions of steps) {
      await openStreams(stage, sessions - open);
      open = sessions;
      if (sessions >= sessionsMax / 20) await Bun.sleep(settleMs * Math.min(1, scale * 4));
      resident.push(readResidentBytes(stage.relay.pid));
      samples.addPoint({ curve: 'memory', relay: peer.name, sessions, value: resident.at(-1)! / 1e6 });
      say(`sessions · ${peer.name} · ${sessions} idle: ${(resident.at(-1)! / 1e6).toFixed(1)} MB`);
    }
    // The first tenth pays for compiled code and first buffers.
    const slope = (from: number, to: number): number =>
      (resident[to]! - resident[from]!) / (steps[to]! - steps[from]!);
    const last = steps.length - 1;
    samples.add('idle-memory', peer.name, slope(last - 2, last) / 1e3);
    samples.add('memory-growth', peer.name, slope(last - 1, last) / slope(last - 2, last - 1));
    const { cpu, rate } = await measureTraffic(stage, scale);
    note(settings, peer, sessionsMax, cpu, rate);
    samples.add('cpu-growth', peer.name, cpu / small);
    const used = readResidentBytes(stage.relay.pid);
    samples.add('used-memory', peer.name, (used - resident[0]!) / (sessionsMax - steps[0]!) / 1e3);
  });
}

function note({ samples }: SuiteSettings, peer: Peer, sessions: number, cpu: number, rate: number): void {
  samples.addPoint({ curve: 'cpu', relay: peer.name, sessions, value: cpu });
  samples.addPoint({ curve: 'rate', relay: peer.name, sessions, value: rate });
  say(`sessions · ${peer.name} · ${sessions} busy: ${cpu.toFixed(2)} CPU s/GB, ${rate.toFixed(2)} GB/s`);
}

export async function runScale(settings: SuiteSettings): Promise<void> {
  for (const peer of peers.filter(settings.isAvailable)) await measurePeer(peer, settings);
}
