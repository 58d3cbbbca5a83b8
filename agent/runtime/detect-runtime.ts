/** Chooses how desktops run on this host. */
import type { AgentConfig } from '../../config/agent.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { DesktopRuntime, RuntimeEvents } from './desktop-runtime.ts';
import { connectEngine, type EngineAddress, engineAddressText, pingEngine } from './docker-connection.ts';
import { startDockerRuntime } from './docker-runtime.ts';
import type { ProcessHost } from './process-host.ts';
import { startProcessRuntime } from './process-runtime.ts';

export interface DetectOptions {
  readonly config: Pick<AgentConfig, 'runtime' | 'docker' | 'process'>;
  readonly agentId: string;
  readonly log: Log;
  readonly processHost: ProcessHost;
  readonly events: RuntimeEvents;
}

/** A runtime, or why there is none with the ways out, in words for the operator. */
export type Detected = { readonly runtime: DesktopRuntime } | { readonly problem: string };

export async function detectRuntime(options: DetectOptions): Promise<Detected> {
  const { runtime } = options.config;
  if (runtime === 'docker') return detectDocker(options);
  if (runtime === 'process') return detectProcess(options);
  const docker = await detectDocker(options);
  if ('runtime' in docker) return docker;
  options.log.info('no Docker Engine, looking for Xvnc on this host', { reason: docker.problem });
  const onHost = await detectProcess(options);
  if ('runtime' in onHost) return onHost;
  return { problem: `${docker.problem}; and without Docker: ${onHost.problem}` };
}

export async function detectDocker({ config, agentId, log, events }: DetectOptions): Promise<Detected> {
  const address = engineAddress(config);
  try {
    return { runtime: await startDockerRuntime({ address, agentId, log, events }) };
  } catch (error) {
    const where = engineAddressText(address);
    return {
      problem:
        `no Docker Engine answers at ${where} (${errorText(error)}): ` +
        'install and start Docker, or name the engine in the agent file (docker.socket or docker.host)',
    };
  }
}

/** Does an engine answer? Asked while desktops could run on it but do not. */
export async function dockerAnswers(config: DetectOptions['config']): Promise<boolean> {
  return pingEngine(connectEngine(engineAddress(config))).then(
    () => true,
    () => false,
  );
}

async function detectProcess({
  config,
  agentId,
  log,
  processHost,
  events,
}: DetectOptions): Promise<Detected> {
  const problem = await processHost.prepare(config.process.install, log);
  if (problem !== undefined) return { problem };
  return { runtime: await startProcessRuntime({ agentId, log, events }) };
}

function engineAddress({ docker }: DetectOptions['config']): EngineAddress {
  return { socket: docker.socket, host: docker.host };
}
