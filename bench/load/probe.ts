/** Round trips of 9-byte messages: a fence without payload goes up, the desktop sends one down. */
import { quantile } from '../report/statistics.ts';
import { encodeClientFrame, encodeFrame } from './frame.ts';
import type { Traffic } from './traffic.ts';
import type { UpstreamKind } from './upstream.ts';
import type { Viewer } from './viewer.ts';

/** ClientFence and ServerFence (the community's RFB description, section 7.4.7 and 7.5.7): type, padding, flags, length 0. */
const fence = Uint8Array.of(248, 0, 0, 0, 0, 0, 0, 1, 0);

export const fenceBytes = fence.length;

/** SetEncodings (RFC 6143 section 7.5.2) with the pseudo-encoding Fence, -312: fences come to who asked for them. */
export const askForFences = Uint8Array.of(2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xc8);

export const encodeServerFence = (kind: UpstreamKind): Uint8Array =>
  kind === 'tcp' ? fence : encodeFrame(fence);

export interface RoundTrips {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** A machine that is busy with other things answers late; the figures of fewer round trips do as well then. */
const timeMaxMs = 6_000;

/** One after the other on one stream; times in µs. `warmUp` round trips before them, back to back, do not count. */
export async function probe(
  viewer: Viewer,
  traffic: Traffic,
  count: number,
  warmUp: number,
): Promise<RoundTrips> {
  const frame = encodeClientFrame(fence);
  const times: number[] = [];
  let resolve = (): void => {};
  let owed = 0;
  traffic.onReceived = (index, bytes) => {
    if (index !== viewer.index) return;
    owed -= bytes;
    if (owed <= 0) resolve();
  };
  /** @returns µs */
  const trip = async (): Promise<number> => {
    const arrived = new Promise<void>(done => {
      resolve = done;
    });
    owed = fenceBytes;
    const startedNs = Bun.nanoseconds();
    viewer.sendFrame(frame);
    await arrived;
    return (Bun.nanoseconds() - startedNs) / 1000;
  };
  const warmEndMs = performance.now() + timeMaxMs;
  for (let index = 0; index < warmUp && performance.now() < warmEndMs; index++) await trip();
  const endMs = performance.now() + timeMaxMs;
  while (times.length < count && (performance.now() < endMs || times.length < count / 10)) {
    times.push(await trip());
    // Some hundred round trips a second: back to back they would be a load of their own.
    if (times.length % 4 === 0) await Bun.sleep(1);
  }
  return { count: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
