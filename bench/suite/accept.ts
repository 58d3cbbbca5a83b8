/** CPU time per accepted stream: TLS 1.3 handshake, head, grant, dial, the desktop's handshake up to
 * ServerInit (which our gateway may not answer itself), and the end of it all. */
import type { Peer } from '../peers/peer.ts';
import { ownName, peerByKey } from '../peers/peers.ts';
import { readCpuSeconds } from '../report/cpu-time.ts';
import type { FigureName } from './samples.ts';
import { inEvery, onStage, type Stage, type SuiteSettings, say } from './stage.ts';

const streams = 2_000;
/** Before the first figure: what a relay that has just been started costs. */
const freshAfter = 500;
/** Before the second, which the target is judged on: by then a runtime has compiled what it runs. */
const warmAfter = 5_000;
const between = warmAfter - streams - freshAfter;
/** Before the third, with another key agreement. */
const reAgreeAfter = 200;
const concurrency = 16;

const peers: readonly Peer[] = [
  peerByKey.sluice,
  peerByKey.nginxTuned,
  peerByKey.haproxyTuned,
  peerByKey.nginxShipped,
  peerByKey.bareRelay,
];
/** No target hangs on these: every second round does. */
const rarely: readonly Peer[] = [peerByKey.haproxyTuned, peerByKey.bareRelay];

/** Opens and closes so many. @returns CPU ms of the relay a stream. @throws Error when some did not get through */
async function storm({ relay, load }: Stage, count: number, curves?: string): Promise<number> {
  const { port, path } = relay;
  const before = readCpuSeconds(relay.pid);
  const offered = curves === undefined ? {} : { curves };
  const { opened } = await load.run('storm', { port, path, concurrency, count, ...offered });
  if (opened !== count) throw new Error(`the relay dialled ${opened} desktops for ${count} streams`);
  return ((readCpuSeconds(relay.pid) - before) * 1000) / count;
}

async function measurePeer(stage: Stage, peer: Peer, scale: number): Promise<Map<FigureName, number>> {
  const figures = new Map<FigureName, number>();
  const scaled = (count: number): number => Math.max(20, Math.round(count * scale));
  await storm(stage, scaled(freshAfter));
  figures.set('accept-fresh', await storm(stage, scaled(streams)));
  await storm(stage, scaled(between));
  figures.set('accept', await storm(stage, scaled(streams)));
  if (peer.name !== ownName) return figures;
  // The viewers offer what browsers do, and ours takes X25519MLKEM768, which the others do not have.
  await storm(stage, scaled(reAgreeAfter), '');
  return figures.set('accept-shipped', await storm(stage, scaled(streams), ''));
}

export async function runAccept({ rounds, scale, samples, isAvailable }: SuiteSettings): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers.filter(isAvailable)) {
      if (rarely.includes(peer) && !inEvery(2, round)) continue;
      await onStage(peer, { streams: Math.max(streams, between) }, async stage => {
        const figures = await measurePeer(stage, peer, scale);
        for (const [figure, ms] of figures) samples.add(figure, peer.name, ms);
        const said = [...figures].map(([figure, ms]) => `${figure} ${ms.toFixed(3)}`).join(', ');
        say(`accept · ${peer.name} · round ${round + 1} of ${rounds}: CPU ms a stream: ${said}`);
      });
    }
  }
  samples.note(
    'accept: ours writes two audit records a stream, checks a token and follows the RFB handshake; the others pass bytes on and log nothing',
  );
  samples.note(
    `accept: judged on ${streams} streams after ${warmAfter}; "right after the start" is ${streams} after ${freshAfter}. ` +
      'X25519 for all; "as shipped" is ours with X25519MLKEM768, which OpenSSL 3.0 under nginx and HAProxy does not have',
  );
}
