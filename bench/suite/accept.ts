/** CPU time per accepted stream: TLS 1.3 handshake, head, grant, dial, the desktop's handshake up to
 * ServerInit (which our gateway may not answer itself), and the end of it all. */
import type { Peer } from '../peers/peer.ts';
import { peerByKey } from '../peers/peers.ts';
import { readCpuSeconds } from '../report/cpu-time.ts';
import { onStage, type SuiteSettings, say } from './stage.ts';

const streams = 2_000;
const warmUpStreams = 500;
const concurrency = 16;

const peers: readonly Peer[] = [
  peerByKey.sluice,
  peerByKey.nginxTuned,
  peerByKey.haproxyTuned,
  peerByKey.nginxShipped,
];

export async function runAccept({ rounds, scale, samples, isAvailable }: SuiteSettings): Promise<void> {
  const count = Math.max(20, Math.round(streams * scale));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers.filter(isAvailable)) {
      await onStage(peer, { streams: Math.max(count, warmUpStreams) }, async ({ relay, load }) => {
        const command = { port: relay.port, path: relay.path, concurrency };
        await load.run('storm', { ...command, count: Math.round(warmUpStreams * scale) + 1 });
        const before = readCpuSeconds(relay.pid);
        const { opened, seconds } = await load.run('storm', { ...command, count });
        const ms = ((readCpuSeconds(relay.pid) - before) * 1000) / count;
        if (opened !== count) throw new Error(`${peer.name} dialled ${opened} desktops for ${count} streams`);
        samples.add('accept', peer.name, ms);
        say(
          `accept · ${peer.name} · round ${round + 1} of ${rounds}: ${ms.toFixed(3)} CPU ms a stream, ` +
            `${(count / seconds).toFixed(0)} streams/s`,
        );
      });
    }
  }
}
