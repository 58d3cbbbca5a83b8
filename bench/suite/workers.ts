/** One worker beside two: what two could move, from what a byte costs them, and what they do move where cores allow. */
import { ownName, peerByKey } from '../peers/peers.ts';
import { readCpuSeconds } from '../report/cpu-time.ts';
import { onStage, openStreams, type Stage, type SuiteSettings, say } from './stage.ts';

/** The kernel spreads connections over the workers by chance: many streams come close to halves. */
const streams = 64;
const bytes = 1e9;
const warmUpBytes = 2e8;

async function flood({ load, relay }: Stage, scale: number): Promise<{ cpu: number; rate: number }> {
  await load.run('flood', { shape: 'large', bytes: warmUpBytes * scale });
  const before = readCpuSeconds(relay.pid);
  const sent = await load.run('flood', { shape: 'large', bytes: bytes * scale });
  const cpu = ((readCpuSeconds(relay.pid) - before) / sent.bytes) * 1e9;
  return { cpu, rate: sent.bytes / 1e9 / sent.seconds };
}

/** Both on one core: what the second worker costs. */
async function measureCost(workers: number, scale: number): Promise<number> {
  return onStage(peerByKey.sluice, { streams, workers }, async stage => {
    await openStreams(stage, streams);
    return (await flood(stage, scale)).cpu;
  });
}

/** A core for each worker, and two others for two loads with half the streams each. */
async function measureRate(workers: number, scale: number): Promise<number> {
  const options = { streams, workers, cores: workers === 1 ? '0' : '0,1', loadCore: 2, secondLoadCore: 3 };
  return onStage(peerByKey.sluice, options, async ({ relay, load, secondLoad }) => {
    const loads = [load, secondLoad!];
    const open = { port: relay.port, path: relay.path, count: streams / 2, concurrency: 16, step: 2 };
    await Promise.all(loads.map((each, first) => each.run('open', { ...open, first })));
    const floodAll = (payload: number) =>
      Promise.all(loads.map(each => each.run('flood', { shape: 'large', bytes: payload / 2 })));
    await floodAll(warmUpBytes * scale);
    const sent = await floodAll(2 * bytes * scale);
    return sent.reduce((sum, each) => sum + each.bytes / 1e9 / each.seconds, 0);
  });
}

export async function runWorkers({ rounds, scale, samples, cores }: SuiteSettings): Promise<void> {
  try {
    for (let round = 0; round < rounds; round++) {
      const one = await measureCost(1, scale);
      const two = await measureCost(2, scale);
      const factor = (2 * one) / two;
      samples.add('workers-cpu', ownName, factor);
      say(
        `workers · round ${round + 1} of ${rounds}: ${one.toFixed(2)} CPU s/GB with 1, ${two.toFixed(2)} with 2: ` +
          `two cores would move ${factor.toFixed(2)} × as much`,
      );
      if (cores < 4) continue;
      const rate = (await measureRate(2, scale)) / (await measureRate(1, scale));
      samples.add('workers-rate', ownName, rate);
      say(`workers · round ${round + 1} of ${rounds}: 2 moved ${rate.toFixed(2)} × as much as 1`);
    }
    if (cores < 4) {
      samples.note(
        `${cores} cores can not tell what two saturated workers move: that takes 2 for them and 2 for the load. ` +
          'Held to the target is what a byte costs two workers beside one, both on one core',
      );
    }
  } catch (error) {
    samples.note(`workers were not measured: ${error instanceof Error ? error.message : String(error)}`);
  }
}
