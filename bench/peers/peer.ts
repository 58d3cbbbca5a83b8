import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSelfSigned } from '../../gateway/certificate/self-signed.ts';
import { type StartedProcess, startProcess } from '../../test/harness/processes.ts';
import { waitFor } from '../../test/harness/wait-for.ts';
import type { UpstreamKind } from '../load/upstream.ts';

/** A relay that runs. */
export interface RunningRelay extends AsyncDisposable {
  readonly port: number;
  /** Of the upgrade request; `{index}` or `{session12}` (12 hex digits) stands for the stream's number. */
  readonly path: string;
  /** Leads to the probe's desktop, where the relay can tell two apart. */
  readonly probePath: string;
  /** The process; its children count with it. */
  readonly pid: number;
}

export interface PeerSetting {
  /** Temporary, its own. */
  readonly folder: string;
  /** Desktops on 127.0.0.1. */
  readonly upstreamPort: number;
  /** More of them, for a relay with sessions: stream i goes to port i modulo their number, `upstreamPort` first. */
  readonly moreUpstreamPorts?: readonly number[];
  /** Other desktops, behind `probePath`. */
  readonly probePort: number;
  /** The cores the relay is pinned to, as taskset takes them: "0" or "0,1". */
  readonly cores: string;
  /** Streams that it has to hold at once. */
  readonly streams: number;
  /** Processes, for a relay that can. */
  readonly workers: number;
}

export interface Peer {
  readonly name: string;
  /** The program it needs. */
  readonly program: string;
  /** The Debian packages that bring the program. */
  readonly packages: readonly string[];
  /** What its desktops have to speak. */
  readonly upstream: UpstreamKind;
  start(setting: PeerSetting): Promise<RunningRelay>;
}

/** A certificate of the kind that every relay of the bench has: P-256. */
export async function writeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const pair = createSelfSigned(['127.0.0.1'], Date.now());
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  await writeFile(certificate, pair.certificate);
  await writeFile(key, pair.privateKey, { mode: 0o600 });
  return { certificate, key };
}

/** A configuration of bench/peers with its {{marks}} filled in. */
export async function fillTemplate(
  template: string,
  values: Readonly<Record<string, string | number>>,
): Promise<string> {
  const text = await readFile(new URL(template, import.meta.url), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Starts a relay on its cores and waits until it listens. @throws with what it printed when it ends instead. */
export async function startPinned(
  cores: string,
  command: readonly string[],
  relay: Omit<RunningRelay, 'pid' | keyof AsyncDisposable>,
): Promise<RunningRelay> {
  const child = await startProcess(['taskset', '-c', cores, ...command]);
  try {
    await waitForPort(relay.port, child);
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
  return { ...relay, pid: child.pid, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** Until somebody listens there. @throws at once when the process that should has ended. */
export async function waitForPort(port: number, child?: StartedProcess): Promise<void> {
  let ended: Error | undefined;
  await waitFor(
    `the relay to listen on port ${port}`,
    async () => {
      if (child?.exitCode !== undefined) {
        ended = new Error(`the relay ended with ${child.exitCode}: ${child.stderr.trim().slice(-500)}`);
        return true;
      }
      const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } });
      socket.end();
      return true;
    },
    30_000,
  );
  if (ended !== undefined) throw ended;
}
