/** What clients connect to: the TLS listener itself, or a port for the PROXY protocol with the TLS listener behind it. */
import type { Door } from './door.ts';
import { FrontGate } from './gate.ts';
import { type Listener, type ListenerOptions, startListener } from './listener.ts';
import { type ProxyFront, ProxyFrontGate, startProxyFront } from './proxy-front.ts';

export interface FrontDoorOptions extends Omit<ListenerOptions, 'gate'> {
  readonly door: Door;
  /** Whether trusted proxies send a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
}

/** @throws StartError when the address can't be listened on. */
export function startFrontDoor(options: FrontDoorOptions): Listener {
  const { admission, proxies, record } = options.door;
  const { endpoint, plain: proxiesOnly } = options;
  if (!options.proxyProtocol) {
    return startListener({ ...options, gate: new FrontGate({ admission, proxies, record, proxiesOnly }) });
  }
  const gate = new ProxyFrontGate();
  const inner = startListener({ ...options, endpoint: { host: '127.0.0.1', port: 0 }, gate });
  let front: ProxyFront;
  try {
    const innerPort = (): number => inner.port;
    front = startProxyFront({ endpoint, innerPort, proxies, admission, record, proxiesOnly }, gate);
  } catch (error) {
    inner.stop();
    throw error;
  }
  return {
    ...inner,
    port: front.port,
    get connectionCount(): number {
      return inner.connectionCount;
    },
    stop(): void {
      front.stop();
      inner.stop();
    },
    terminate(): void {
      inner.terminate();
      front.terminate();
    },
  };
}
