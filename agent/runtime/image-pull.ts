/** Brings an image onto the host, telling how far it is; says in plain words why it could not. */
import { type DesktopProgressStep, DesktopStartError } from './desktop-runtime.ts';
import {
  type DockerEngine,
  type EngineProgress,
  engineErrorText,
  engineStatus,
  readLines,
} from './docker-connection.ts';
import { PullProgress } from './pull-progress.ts';

/** @throws DesktopStartError, AbortError */
export async function ensureImage(
  engine: DockerEngine,
  image: string,
  isLocal: boolean,
  onProgress: (step: DesktopProgressStep) => void,
  signal: AbortSignal,
): Promise<void> {
  if (await isPresent(engine, image)) return;
  if (isLocal) {
    throw new DesktopStartError(
      `the image ${image} is not on this host and is never pulled: build it there with "npm run image"`,
    );
  }
  const progress = new PullProgress();
  onProgress(progress.step());
  try {
    const stream = await engine.pull(image, { abortSignal: signal });
    for await (const line of readLines<EngineProgress>(stream)) {
      signal.throwIfAborted();
      // An engine that fails half-way says so in the stream, after a status of 200.
      if (line.error !== undefined) throw new Error(line.error);
      if (progress.take(line)) onProgress(progress.step());
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new DesktopStartError(pullProblem(image, error));
  }
}

async function isPresent(engine: DockerEngine, image: string): Promise<boolean> {
  try {
    await engine.getImage(image).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

/**
 * The reason in the words of who can mend it. Engines answer most of these with status 500 and the registry's own
 * sentence, so the sentence is what must be read.
 */
export function pullProblem(image: string, error: unknown): string {
  const text = engineErrorText(error);
  const because = problems.find(([pattern]) => pattern.test(text))?.[1];
  return because === undefined
    ? `the image ${image} could not be pulled: ${text}`
    : `the image ${image} could not be pulled: ${because} (${text})`;
}

const problems: ReadonlyArray<readonly [RegExp, string]> = [
  [/no basic auth credentials|unauthorized|authentication required/i, 'its registry wants a login'],
  [/pull access denied|denied: requested access/i, 'it does not exist, or its registry wants a login'],
  [/manifest.*unknown|manifest for .* not found|not found/i, 'its registry does not know it'],
  [
    /dial tcp|no such host|i\/o timeout|connection refused|TLS handshake|server misbehaving|Client\.Timeout|deadline/i,
    'its registry cannot be reached from this host',
  ],
  [/no space left/i, 'the disk of this host is full'],
  [/toomanyrequests|rate limit/i, 'its registry limits how often images may be pulled'],
];
