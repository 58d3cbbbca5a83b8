/** From an order to what the Docker Engine is asked to create, and back from a container to its desktop. Pure. */
import { Secret } from '../../config/secret.ts';
import type { DesktopOrder, DesktopProtocol, RunningDesktop } from './desktop-runtime.ts';
import type { ContainerCreateOptions } from './docker-connection.ts';

export const agentLabel = 'sluice.agent';
export const sessionLabel = 'sluice.session';
export const protocolLabel = 'sluice.protocol';

const passwordVariable = 'VNC_PW';
const kasmUser = 'kasm_user';
const pidsMax = 4096;
/** Browsers keep their shared memory here; Docker's default of 64 MB makes them crash. */
const sharedMemoryBytes = 512 * 1024 * 1024;

/** What entry scripts need that begin as root and drop to a user; everything else is dropped. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'];

/** The container's port a desktop answers on. */
export const desktopPorts = { rfb: 5901, kasmvnc: 6901 } as const;

/** Container names are for people; the labels are what is looked up. */
export function containerName(sessionId: string): string {
  return `sluice-${sessionId}`;
}

/**
 * @param agentId names this agent's containers among those of other agents on the same engine
 * @param password goes into the container's environment and nowhere else
 */
export function containerSpec(
  order: DesktopOrder,
  agentId: string,
  password: Secret,
): ContainerCreateOptions {
  return {
    name: containerName(order.sessionId),
    Image: order.image,
    Hostname: order.hostname,
    Env: Object.entries(desktopEnvironment(order, password)).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [agentLabel]: agentId,
      [sessionLabel]: order.sessionId,
      [protocolLabel]: order.protocol,
    },
    HostConfig: {
      ...resourceLimits(order),
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'bridge',
      RestartPolicy: { Name: 'no' },
      // The engine's log of a desktop is for its start; a chatty program must not fill the host's disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  };
}

/** The order's own variables may not replace the password. */
function desktopEnvironment(order: DesktopOrder, password: Secret): Record<string, string> {
  return {
    VNC_GEOMETRY: `${order.width}x${order.height}`,
    VNC_RESOLUTION: `${order.width}x${order.height}`,
    ...order.environment,
    [passwordVariable]: password.reveal(),
  };
}

function resourceLimits(order: DesktopOrder): NonNullable<ContainerCreateOptions['HostConfig']> {
  return {
    PidsLimit: pidsMax,
    ShmSize: sharedMemoryBytes,
    ...(order.cores > 0 ? { NanoCpus: Math.round(order.cores * 1e9) } : {}),
    // The same for memory with swap: no swap.
    ...(order.memoryBytes > 0 ? { Memory: order.memoryBytes, MemorySwap: order.memoryBytes } : {}),
  };
}

export interface ContainerFacts {
  readonly id: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
}

/** The desktop of a running container; undefined when the container is not one of ours or lacks what it needs. */
export function desktopOf(container: ContainerFacts): RunningDesktop | undefined {
  const sessionId = container.labels[sessionLabel];
  const protocol = container.labels[protocolLabel];
  const prefix = `${passwordVariable}=`;
  const password = container.environment.find(entry => entry.startsWith(prefix))?.slice(prefix.length);
  if (sessionId === undefined || password === undefined || container.address === '') return undefined;
  if (protocol !== 'rfb' && protocol !== 'kasmvnc') return undefined;
  return {
    sessionId,
    protocol,
    ...upstreamOf(protocol, container.address, password),
    containerId: container.id,
    containerIp: container.address,
  };
}

type Upstream = Pick<RunningDesktop, 'upstream' | 'authorization' | 'password' | 'tlsVerify'>;

function upstreamOf(protocol: DesktopProtocol, address: string, password: string): Upstream {
  const port = desktopPorts[protocol];
  if (protocol === 'rfb') {
    const upstream = `tcp://${address}:${port}`;
    return { upstream, authorization: undefined, password: new Secret(password), tlsVerify: false };
  }
  const basic = Buffer.from(`${kasmUser}:${password}`).toString('base64');
  return {
    upstream: `wss://${address}:${port}/websockify`,
    authorization: new Secret(`Basic ${basic}`),
    password: undefined,
    // Every KasmVNC container signs its own certificate at its first start.
    tlsVerify: false,
  };
}
