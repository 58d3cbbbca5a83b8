/** One viewer of many reads slowly while its desktop has endlessly much for it: what the others feel, what it costs. */
import { ownName, peerByKey } from '../peers/peers.ts';
import { readResidentBytes } from '../report/cpu-time.ts';
import { peakDuring } from '../report/peak.ts';
import { onStage, openStreams, type SuiteSettings, say } from './stage.ts';

const streams = 1_000;
/** Of all streams together: enough to see, not so much that the load's own core decides. */
const bytesPerSecond = 3.2e7;
const seconds = 4;

export async function runSlowReader({ rounds, scale, samples, sessionsMax }: SuiteSettings): Promise<void> {
  const count = Math.min(sessionsMax, Math.max(50, Math.round(streams * scale)));
  await onStage(peerByKey.sluice, { streams: count }, async stage => {
    await openStreams(stage, count);
    const watch = (slow: boolean) => {
      const duration = Math.max(0.5, seconds * scale);
      return stage.load.run('watch', { shape: 'large', bytesPerSecond, seconds: duration, slow });
    };
    await watch(false);
    for (let round = 0; round < rounds; round++) {
      // Taking turns at who is first: what drifts while the relay runs favours neither.
      const earlier = round % 2 === 0 ? await watch(false) : undefined;
      const resident = (): number => readResidentBytes(stage.relay.pid);
      const before = resident();
      // While it is slow: at the end of `watch` all that waited has been read.
      const { result: withIt, peak } = await peakDuring(resident, () => watch(true));
      const without = earlier ?? (await watch(false));
      const grown = (peak - before) / 1e6;
      samples.add('slow-p99', ownName, withIt.p99 / without.p99);
      samples.add('slow-memory', ownName, grown);
      say(
        `slow reader among ${count} · round ${round + 1} of ${rounds}: others' p99 ${without.p99.toFixed(2)} ms without, ` +
          `${withIt.p99.toFixed(2)} ms with; memory ${grown >= 0 ? '+' : ''}${grown.toFixed(1)} MB; it took ${(withIt.slowBytes / 1e6).toFixed(1)} MB`,
      );
    }
  });
}
