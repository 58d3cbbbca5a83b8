/** What of a gateway's configuration takes force when the file is read again, and what needs a restart. */
import { isDeepStrictEqual } from 'node:util';
import type { GatewayConfig } from './gateway.ts';

/** Sections that a reload brings into force. */
const takenSections: ReadonlySet<string> = new Set(['sessions', 'log', 'tls', 'limits', 'rate_limits']);

/** Parts of them that it does not. */
const untakenParts = { rate_limits: ['redis', 'entries'] } as const;

export interface ReloadPlan {
  /** The configuration that holds afterwards: what needs a restart is as it was. */
  readonly config: GatewayConfig;
  /** Keys that changed, dotted below the first level where only a part of a section is meant. */
  readonly taken: readonly string[];
  readonly untaken: readonly string[];
}

/** @param running the configuration that holds now; @param next the one that was read. */
export function planReload(running: GatewayConfig, next: GatewayConfig): ReloadPlan {
  const { redis, entries } = running.rate_limits;
  const { redis: _, ...rates } = next.rate_limits;
  const { sessions, log, tls, limits } = next;
  const config: GatewayConfig = {
    ...running,
    ...{ sessions, log, tls, limits },
    rate_limits: { ...rates, entries, ...(redis === undefined ? {} : { redis }) },
  };
  const names = Object.keys({ ...running, ...next }) as (keyof GatewayConfig)[];
  return {
    config,
    taken: names.filter(name => takenSections.has(name) && differ(running[name], config[name])),
    untaken: [
      ...names.filter(name => !takenSections.has(name) && differ(running[name], next[name])),
      ...untakenParts.rate_limits
        .filter(part => differ(running.rate_limits[part], next.rate_limits[part]))
        .map(part => `rate_limits.${part}`),
    ],
  };
}

const differ = (one: unknown, other: unknown): boolean => !isDeepStrictEqual(one, other);
