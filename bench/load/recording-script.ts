/** A recorded desktop as something that can be played: what was sent when, over and over. */
import { gunzipSync } from 'node:zlib';

export interface ScriptStep {
  /** From the start of a turn. */
  readonly atMs: number;
  readonly fromServer: boolean;
  readonly bytes: Uint8Array;
}

export interface Script {
  readonly serverInit: Uint8Array;
  /** Messages of the client, once, behind ServerInit. */
  readonly setup: readonly Uint8Array[];
  /** In order of time. */
  readonly steps: readonly ScriptStep[];
  /** Length of a turn. */
  readonly turnMs: number;
}

interface RecordedLine {
  readonly k?: string;
  readonly t?: number;
  readonly d?: string;
  readonly b?: string;
}

const bytesOf = (line: RecordedLine): Uint8Array => new Uint8Array(Buffer.from(line.b ?? '', 'base64'));

/** @throws for a recording without its end: it would have no pace. */
export function parseScript(text: string): Script {
  const lines = text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as RecordedLine);
  const end = lines.find(line => line.k === 'end');
  const serverInit = lines.find(line => line.k === 'server-init');
  if (end?.t === undefined || serverInit === undefined) {
    throw new Error('the recording has no server-init or no end');
  }
  const steps = lines
    .filter(line => line.k === undefined)
    .map(line => ({ atMs: line.t ?? 0, fromServer: line.d === 's2c', bytes: bytesOf(line) }));
  const turnMs = end.t;
  const late = steps.find(step => step.atMs > turnMs);
  if (late !== undefined) throw new Error(`a step at ${late.atMs} ms lies behind the end at ${turnMs} ms`);
  steps.sort((a, b) => a.atMs - b.atMs);
  return {
    serverInit: bytesOf(serverInit),
    setup: lines.filter(line => line.k === 'setup').map(bytesOf),
    steps,
    turnMs,
  };
}

export async function readScript(name: 'video' | 'typing'): Promise<Script> {
  const file = Bun.file(new URL(`recordings/${name}.jsonl.gz`, import.meta.url));
  return parseScript(new TextDecoder().decode(gunzipSync(new Uint8Array(await file.arrayBuffer()))));
}

/** Where one stream is in its script. Times are those of the caller's clock. */
export class Playback {
  readonly #script: Script;
  #next = 0;
  #turnStartMs: number;

  /** @param phase 0 to 1: the first turn begins so much of a turn later, so that streams do not move in step. */
  constructor(script: Script, nowMs: number, phase: number) {
    this.#script = script;
    this.#turnStartMs = nowMs + phase * script.turnMs;
  }

  /** When its next step is due; undefined for a script without steps. */
  get dueMs(): number | undefined {
    const step = this.#script.steps[this.#next];
    return step === undefined ? undefined : this.#turnStartMs + step.atMs;
  }

  /** The next step, and goes on behind it. */
  take(): ScriptStep {
    const step = this.#script.steps[this.#next]!;
    this.#next += 1;
    if (this.#next === this.#script.steps.length) {
      this.#next = 0;
      this.#turnStartMs += this.#script.turnMs;
    }
    return step;
  }
}
