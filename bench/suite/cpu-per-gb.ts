/** CPU seconds per GB from the desktop to the viewer, in three shapes. */
import type { ShapeName } from '../load/shapes.ts';
import { shapes } from '../load/shapes.ts';
import type { Peer } from '../peers/peer.ts';
import { peerByKey } from '../peers/peers.ts';
import { readCpuSeconds, readResidentBytes } from '../report/cpu-time.ts';
import type { FigureName } from './samples.ts';
import { inEvery, onStage, openStreams, type SuiteSettings, say } from './stage.ts';

/** Payload of one measurement and of the warm-up before it. */
const amounts: Readonly<Record<ShapeName, { readonly bytes: number; readonly warmUp: number }>> = {
  large: { bytes: 1e9, warmUp: 2e8 },
  packed: { bytes: 1e9, warmUp: 2e8 },
  single: { bytes: 4e7, warmUp: 8e6 },
};
const floodStreams = 4;
/** All of them have one message on its way: so each message is a segment, a read and a write. */
const turnStreams = 16;

const cpuFigure = {
  large: 'cpu-large',
  packed: 'cpu-packed',
  single: 'cpu-single',
} as const satisfies Record<ShapeName, FigureName>;

const peers: readonly Peer[] = [
  peerByKey.sluice,
  peerByKey.nginxTuned,
  peerByKey.haproxyTuned,
  peerByKey.threadRelay,
  peerByKey.nginxShipped,
  peerByKey.websockify,
];

/** No target hangs on these at that shape, and they are the slowest at it. */
const leftOutOfPacked: readonly Peer[] = [peerByKey.nginxShipped, peerByKey.websockify];

const peersOf = (shape: ShapeName): readonly Peer[] =>
  shape === 'packed' ? peers.filter(peer => !leftOutOfPacked.includes(peer)) : peers;

export interface CpuPerGb {
  readonly cpuSecondsPerGb: number;
  readonly gbPerSecond: number;
  readonly residentBytes: number;
  readonly cipher: string;
}

/** One relay, one shape. */
export function measureCpuPerGb(peer: Peer, shape: ShapeName, scale: number): Promise<CpuPerGb> {
  const streams = shape === 'single' ? turnStreams : floodStreams;
  const own = peer === peerByKey.websockify ? scale / 4 : scale;
  return onStage(peer, { streams }, async stage => {
    const { load, relay } = stage;
    const { cipher } = await openStreams(stage, streams);
    const transmit = (bytes: number) =>
      shape === 'single'
        ? load.run('turns', { shape, bytes, inFlight: streams })
        : load.run('flood', { shape, bytes });
    await transmit(amounts[shape].warmUp * own);
    const before = readCpuSeconds(relay.pid);
    const { bytes, seconds } = await transmit(amounts[shape].bytes * own);
    const cpuSecondsPerGb = ((readCpuSeconds(relay.pid) - before) / bytes) * 1e9;
    return {
      cpuSecondsPerGb,
      gbPerSecond: bytes / 1e9 / seconds,
      residentBytes: readResidentBytes(relay.pid),
      cipher,
    };
  });
}

export async function runCpuPerGb({ rounds, scale, samples, isAvailable }: SuiteSettings): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const shape of ['large', 'packed', 'single'] as const) {
      for (const peer of peersOf(shape).filter(isAvailable)) {
        // The slowest of all, and no target hangs on it alone.
        if (peer === peerByKey.websockify && !inEvery(2, round)) continue;
        const figure = await measureCpuPerGb(peer, shape, scale);
        samples.add(cpuFigure[shape], peer.name, figure.cpuSecondsPerGb);
        if (shape === 'large') samples.add('rate-large', peer.name, figure.gbPerSecond);
        say(
          `${shapes[shape].name} · ${peer.name} · round ${round + 1} of ${rounds}: ` +
            `${figure.cpuSecondsPerGb.toFixed(2)} CPU s/GB, ${figure.gbPerSecond.toFixed(2)} GB/s`,
        );
      }
    }
  }
  if (isAvailable(peerByKey.websockify)) {
    samples.note(
      'the desktops behind websockify speak plain TCP: it frames what the others pass on in frames',
    );
  }
}
