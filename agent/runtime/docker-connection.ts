/** The one importer of dockerode: opens connections to a Docker Engine and reads its streams and errors. */
import Docker from 'dockerode';

export type { ContainerCreateOptions, ContainerInfo, ContainerInspectInfo } from 'dockerode';
export type DockerEngine = Docker;
export type DockerContainer = Docker.Container;

const answerTimeMs = 5_000;

/** Where an engine listens. `host` (tcp://, http:// or https://, with a port) wins over `socket`. */
export interface EngineAddress {
  readonly socket: string;
  readonly host?: string | undefined;
}

/** Opens nothing yet: every call dials by itself. */
export function connectEngine(address: EngineAddress): DockerEngine {
  if (address.host === undefined) {
    // An explicit undefined: else dockerode would take the host out of the environment's DOCKER_HOST.
    return new Docker({ socketPath: address.socket, host: undefined as unknown as string });
  }
  const url = new URL(address.host);
  return new Docker({
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    host: url.hostname,
    port: url.port === '' ? 2375 : url.port,
  });
}

/** @throws Error when no engine answers within five seconds */
export async function pingEngine(engine: DockerEngine): Promise<void> {
  // The type declarations do not know ping's options.
  const options = { abortSignal: AbortSignal.timeout(answerTimeMs) } as unknown as () => void;
  await engine.ping(options);
}

/** How people write the address. */
export function engineAddressText(address: EngineAddress): string {
  return address.host ?? `unix://${address.socket}`;
}

/** One line of a pull's or an import's stream. */
export interface EngineProgress {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** The JSON lines of an engine's stream, as they come. @throws SyntaxError for a line that is no JSON */
export async function* readLines<Line>(stream: NodeJS.ReadableStream): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.decode(chunk as unknown as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Line;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as Line;
}

/** HTTP status of an engine's refusal; undefined when no engine answered at all. */
export function engineStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The engine's own sentence, without dockerode's "(HTTP code 500) server error - " before it. */
export function engineErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}
