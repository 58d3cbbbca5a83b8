/** What clients connect to: the TLS listener itself, or a port for the PROXY protocol with the TLS listener behind it. */
import type { GatewayConfig } from '../../config/gateway.ts';
import { FrontGate } from '../admission/gate.ts';
import type { HardeningHeaders } from '../http/hardening-headers.ts';
import { refusalEncoder } from '../http/head-refusal.ts';
import { type Listener, type ListenerOptions, startListener } from './listener.ts';
import { type ProxyFront, ProxyFrontGate, startProxyFront } from './proxy-front.ts';

export interface FrontDoorOptions extends Omit<ListenerOptions, 'gate' | 'plain' | 'refusal'> {
  readonly headers: HardeningHeaders;
  readonly listen: Pick<GatewayConfig['listen'], 'proxy_protocol' | 'plain_http'>;
}

/** On every socket of the endpoint. @throws StartError when the address can't be listened on. */
export function startFrontDoor(options: FrontDoorOptions): Listener {
  const { furtherFds = [] } = options.endpoint;
  const first = startOnOne(options);
  if (furtherFds.length === 0) return first;
  const all = [first];
  try {
    for (const fd of furtherFds) all.push(startOnOne({ ...options, endpoint: { ...options.endpoint, fd } }));
  } catch (error) {
    for (const listener of all) listener.stop();
    throw error;
  }
  return {
    port: first.port,
    get connectionCount(): number {
      return all.reduce((sum, listener) => sum + listener.connectionCount, 0);
    },
    reload: tls => {
      for (const listener of all) listener.reload(tls);
    },
    stop: () => {
      for (const listener of all) listener.stop();
    },
    whenEmpty: async timeMs => {
      await Promise.all(all.map(listener => listener.whenEmpty(timeMs)));
    },
    terminate: () => {
      for (const listener of all) listener.terminate();
    },
  };
}

function startOnOne(options: FrontDoorOptions): Listener {
  const { admission, proxies, record } = options.door;
  const { endpoint, listen, headers } = options;
  const refusal = refusalEncoder(headers.ofRefusals('pages'));
  const plain = listen.plain_http;
  const proxiesOnly = plain;
  if (!listen.proxy_protocol) {
    return startListener({
      ...options,
      plain,
      refusal,
      gate: new FrontGate({ admission, proxies, record, proxiesOnly }),
    });
  }
  const gate = new ProxyFrontGate();
  const inner = startListener({ ...options, plain, refusal, endpoint: { host: '127.0.0.1', port: 0 }, gate });
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
