/** One measurement's set: a relay on its core, the load on the other, and everything ended behind it. */
import { makeTempFolder } from '../../test/harness/temp-folder.ts';
import { type LoadAgent, startAgent } from '../load/agent-process.ts';
import type { Peer, PeerSetting, RunningRelay } from '../peers/peer.ts';
import { print } from '../report/history.ts';
import type { AgreedTls } from './agreed-tls.ts';
import type { Samples } from './samples.ts';

export interface SuiteSettings {
  /** Rounds of every figure but those that say otherwise. */
  readonly rounds: number;
  /** Factor for the amounts of a measurement; 1 but for quick runs. */
  readonly scale: number;
  /** The most sessions that descriptors allow, and are asked for. */
  readonly sessionsMax: number;
  /** Cores of the machine. */
  readonly cores: number;
  readonly samples: Samples;
  /** The relays that can run here, and can be compared. */
  isAvailable(peer: Peer): boolean;
}

export interface Stage {
  readonly relay: RunningRelay;
  readonly load: LoadAgent;
  /** Its stream goes through the same relay to desktops of its own, which answer. */
  readonly probe: LoadAgent | undefined;
  readonly secondLoad: LoadAgent | undefined;
}

export interface StageOptions {
  readonly streams: number;
  readonly workers?: number;
  readonly cores?: string;
  readonly loadCore?: number;
  readonly probe?: boolean;
  /** A second load on a core of its own, with every other stream and desktops of its own. */
  readonly secondLoadCore?: number;
}

/** Runs `act` on a set of its own. */
export async function onStage<T>(
  peer: Peer,
  options: StageOptions,
  act: (stage: Stage) => Promise<T>,
): Promise<T> {
  await using folder = await makeTempFolder('bench');
  const core = options.loadCore ?? loadCore;
  await using load = await startAgent({ core, kind: peer.upstream });
  await using probe =
    options.probe === true ? await startAgent({ core, echo: true, preferred: true }) : undefined;
  const { secondLoadCore } = options;
  await using secondLoad =
    secondLoadCore === undefined ? undefined : await startAgent({ core: secondLoadCore });
  const setting: PeerSetting = {
    folder: folder.path,
    upstreamPort: load.upstreamPort,
    ...(secondLoad === undefined ? {} : { moreUpstreamPorts: [secondLoad.upstreamPort] }),
    probePort: probe?.upstreamPort ?? load.upstreamPort,
    cores: options.cores ?? String(relayCore),
    streams: options.streams,
    workers: options.workers ?? 1,
  };
  await using relay = await peer.start(setting);
  return await act({ relay, load, probe, secondLoad });
}

export const relayCore = 0;
export const loadCore = 1;

/** Opens so many streams more through the relay. @returns what the first agreed on. */
export async function openStreams({ relay, load }: Stage, count: number): Promise<AgreedTls> {
  const { cipher, keyAgreement } = await load.run('open', {
    port: relay.port,
    path: relay.path,
    count,
    concurrency: Math.min(count, 16),
  });
  return { cipher, keyAgreement };
}

/** Whether a relay that needs fewer rounds is in this one: the first, and every so many from there. */
export const inEvery = (rounds: number, round: number): boolean => round % rounds === 0;

const startedMs = performance.now();

/** A line with the time since the start. */
export function say(line: string): void {
  print(`[${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s] ${line}`);
}
