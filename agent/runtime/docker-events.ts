/** Follows an engine's event stream for the containers of one agent. */
import { agentLabel, sessionLabel } from './container-spec.ts';
import { type DockerEngine, engineErrorText, readLines } from './docker-connection.ts';

interface ContainerEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

export interface ContainerDeath {
  readonly sessionId: string;
  readonly containerId: string;
  readonly exitCode: number;
}

/**
 * Returns once the engine has begun to send events; `onLost` is called when the stream ends without the signal.
 * @throws Error when the engine refuses or does not answer
 */
export async function followDeaths(
  engine: DockerEngine,
  agentId: string,
  signal: AbortSignal,
  onDeath: (death: ContainerDeath) => void,
  onLost: (message: string) => void,
): Promise<void> {
  const stream = await engine.getEvents({
    abortSignal: signal,
    filters: { type: ['container'], event: ['die'], label: [`${agentLabel}=${agentId}`] },
  });
  void (async () => {
    try {
      for await (const event of readLines<ContainerEvent>(stream)) {
        const attributes = event.Actor?.Attributes ?? {};
        const sessionId = attributes[sessionLabel];
        const containerId = event.Actor?.ID;
        if (event.Action !== 'die' || sessionId === undefined || containerId === undefined) continue;
        onDeath({ sessionId, containerId, exitCode: Number(attributes.exitCode ?? -1) });
      }
      if (!signal.aborted) onLost('the Docker Engine closed the connection');
    } catch (error) {
      if (!signal.aborted) onLost(engineErrorText(error));
    }
  })();
}
