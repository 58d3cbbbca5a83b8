/** What the figures depend on, without a name of the machine. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { runToEnd } from '../../test/harness/processes.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gb: number;
  readonly kernel: string;
  readonly bun: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 1e9),
    kernel: /^\d+\.\d+(\.\d+)?/.exec(release())?.[0] ?? 'unknown',
    bun: Bun.version,
  };
}

export interface Origin {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly commit: string;
}

export async function originOfRun(): Promise<Origin> {
  const { stdout } = await runToEnd(['git', 'rev-parse', '--short', 'HEAD']);
  return { date: new Date().toISOString().slice(0, 10), commit: stdout.trim() };
}

/** Descriptors a process may have open: what the hard limit allows, for programs started through `withDescriptors`. */
export function descriptorsMax(): number {
  const line = /^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return line === null || line[1] === 'unlimited' ? 1_048_576 : Number(line[1]);
}

/** Time the machine's cores spent on other things than waiting, in seconds: what disturbed a measurement. */
export function busySeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) / 100;
}
