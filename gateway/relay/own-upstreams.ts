/** The guard of a gateway's configuration: which upstreams its streams and pages may reach. */
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
  const named = [config.listen.port, config.metrics?.port, controlUrl && portOf(controlUrl)];
  const ports = named.filter(port => port !== undefined && port !== 0) as number[];
  return new UpstreamGuard({
    config: config.upstreams,
    grantedBy: controlUrl === undefined ? 'file' : 'control',
    allowsLoopback: controlUrl === undefined || isLoopbackName(controlUrl.hostname),
    ownPorts: () => [...ports, ...innerPorts()],
    resolve: async host => (await Bun.dns.lookup(host)).map(({ address }) => address),
  });
}

const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

function isLoopbackName(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);
}
