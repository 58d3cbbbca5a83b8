/** What a process uses: its memory, its processor time, since when it runs. */
import { Gauge, type Metric } from './metric.ts';

/** Of this process. @param startedAtMs since the epoch. */
export function processGauges(startedAtMs: number): Metric[] {
  return [
    new Gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss()),
    new Gauge('process_start_time_seconds', 'Start, in seconds since the epoch.', () => startedAtMs / 1000),
    new Gauge('process_cpu_seconds', 'User and system time used.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
  ];
}
