/** How many sessions keep a core of the gateway busy, by what happens on their desktops: the load generator's answer. */
import { bunPath, runToEnd } from '../../test/harness/processes.ts';
import { namedMixes } from '../load/mix.ts';
import type { MixFigure } from './samples.ts';
import { type SuiteSettings, say } from './stage.ts';

const script = new URL('../load.ts', import.meta.url).pathname;
const timeMs = 180_000;
const seconds = 8;
/** Streams opened a second: well within what gateway and load can do. */
const rate = 300;

/** Enough streams of each mix that the gateway has something to do, and the load's one core keeps up. */
const streamsOf: Readonly<Record<string, number>> = {
  video: 300,
  typing: 1_000,
  idle: 3_000,
  office: 1_000,
  media: 400,
};

/** What the summary of a load says. @returns undefined when it says nothing of the kind */
export function parseMixFigure(mix: string, output: string): MixFigure | undefined {
  const cell = (name: string): string =>
    new RegExp(`^\\| ${name}[^|]*\\| ([^|]*?) *\\|`, 'm').exec(output)?.[1] ?? '';
  const streams = Number(cell('open at the end'));
  const gateway = /^([\d.]+) of a core, ([\d.]+) MB$/.exec(cell('gateway'));
  if (!(streams > 0) || gateway === null) return undefined;
  const perCore = /^about (\d+)$/.exec(cell('sessions of this mix'))?.[1];
  return {
    mix: namedMixes[mix] === undefined ? mix : `${mix}: ${namedMixes[mix]}`,
    streams,
    cpuShare: Number(gateway[1]),
    megabytesPerSecond: Number(/^[\d.]+/.exec(cell('desktop to viewer'))?.[0] ?? 0),
    perCore: perCore === undefined ? undefined : Number(perCore),
    late: output.includes('THE LOAD WAS THE BOTTLENECK'),
  };
}

export async function runMixes({ scale, samples, sessionsMax }: SuiteSettings): Promise<void> {
  for (const [mix, wanted] of Object.entries(streamsOf)) {
    const streams = Math.max(4, Math.min(sessionsMax, Math.round(wanted * scale)));
    const options = { streams, rate, seconds: Math.max(2, Math.round(seconds * scale)), mix };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { stdout, stderr } = await runToEnd([bunPath, script, ...args], { timeMs });
    const figure = parseMixFigure(mix, stdout);
    if (figure === undefined) {
      samples.note(`the mix ${mix} was not measured: ${stderr.trim().slice(-200) || 'no stream was left'}`);
      continue;
    }
    samples.mixes.push(figure);
    say(
      `mix ${figure.mix} · ${figure.streams} streams: ${figure.cpuShare} of a core, ` +
        `${figure.perCore ?? 'too few to tell how many'} sessions keep one 70 % busy${figure.late ? ' (the load was late)' : ''}`,
    );
  }
}
