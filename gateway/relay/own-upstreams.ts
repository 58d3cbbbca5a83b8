/** The guard of a gateway's configuration: which upstreams its streams and pages may reach. */
import { networkInterfaces } from 'node:os';
import type { GatewayConfig } from '../../config/gateway.ts';
import { UpstreamGuard } from './upstream-guard.ts';

/**
 * Desktops on loopback are let be where whoever grants them is on this machine too: the operator's file, or a control
 * that is itself dialled there. Elsewhere a grant of 127.0.0.1 can only mean somebody else's service.
 * @param innerPorts ports of this process that the configuration does not name.
 */
export function createUpstreamGuard(
  config: GatewayConfig,
  innerPorts: () => readonly number[],
): UpstreamGuard {
  const controlUrl = config.control === undefined ? undefined : new URL(config.control.url);
  const redis = config.rate_limits.redis?.url;
  const ports = [config.listen.port, config.metrics?.port].filter(port => port !== undefined && port !== 0);
  return new UpstreamGuard({
    config: config.upstreams,
    grantedBy: controlUrl === undefined ? 'file' : 'control',
    allowsLoopback: controlUrl === undefined || isLoopbackName(controlUrl.hostname),
    ownPorts: () => [...(ports as number[]), ...innerPorts()],
    machineAddresses: () =>
      Object.values(networkInterfaces()).flatMap(each => each?.map(({ address }) => address) ?? []),
    services: [controlUrl, redis && new URL(redis)].filter(url => url instanceof URL).map(serviceOf),
    resolve: async host => (await Bun.dns.lookup(host)).map(({ address }) => address),
  });
}

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'rediss:': 6379,
};

function serviceOf({ hostname, port, protocol }: URL): { host: string; port: number } {
  return { host: hostname, port: Number(port) || (defaultPorts[protocol] ?? 0) };
}

function isLoopbackName(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);
}
