/** How many processes serve the gateway's port, and how a restart treats running streams: docs/operating.md. */
import { z } from 'zod';

export const workersMax = 64;
export const drainTimeMaxS = 86_400;

/** 1: the gateway is one process. More, or `auto` (one a core): a parent process and so many workers. */
export const workersSchema = z
  .union([z.int().min(1).max(workersMax), z.literal('auto')], {
    error: `must be a whole number from 1 to ${workersMax}, or auto`,
  })
  .default(1);

/** Seconds that streams of the old workers may go on after a restart; 0 ends them at once. */
export const drainTimeSchema = z
  .int()
  .min(0, 'is in seconds, 0 or more')
  .max(drainTimeMaxS, `is in seconds, at most ${drainTimeMaxS} (a day)`)
  .default(600);

export type WorkerCount = z.infer<typeof workersSchema>;
