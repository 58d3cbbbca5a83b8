/** How many files and sockets this process may have open: each stream costs two, each other connection two as well. */
import { readFileSync } from 'node:fs';
import type { GatewayConfig } from '../../config/gateway.ts';
import { limits } from '../../config/limits.ts';
import type { Log } from '../../config/log.ts';

const perConnection = 2;

/**
 * Bun raises the soft limit to the hard one at its start, so what is read here is what there is.
 * @returns undefined where the system does not tell (it does on Linux)
 */
export function readDescriptorLimit(file = '/proc/self/limits'): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(readFileSync(file, 'utf8')) ?? [];
    if (soft === undefined) return undefined;
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return undefined;
  }
}

/** Logs a warning, with what to do, when the limit is below what the configuration may come to need. */
export function warnOfFewDescriptors(config: GatewayConfig, log: Log, limit = readDescriptorLimit()): void {
  const needed = descriptorsNeeded(config);
  if (limit === undefined || limit >= needed) return;
  log.warn('few files may be open at once: connections beyond that will be refused', {
    limit,
    count: Math.floor(limit / perConnection),
    hint: `raise the limit to ${needed}: LimitNOFILE= in systemd, ulimit -n in a shell, --ulimit nofile= in Docker`,
  });
}

/** A process of several may get most connections for a while, so it is not divided by their number. */
function descriptorsNeeded(config: GatewayConfig): number {
  const { connections } = config.limits;
  return connections === 'unlimited' ? limits.descriptorsWanted : perConnection * connections;
}
