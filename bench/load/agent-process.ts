/** The load in a process of its own, and the lines of JSON it is led by. */
import { bunPath } from '../../test/harness/processes.ts';
import type { AgentAnswers, AgentTask } from './agent-task.ts';
import type { UpstreamKind } from './upstream.ts';

type Command<K extends AgentTask['do']> = Omit<Extract<AgentTask, { do: K }>, 'do'>;

export interface LoadAgent extends AsyncDisposable {
  readonly pid: number;
  readonly upstreamPort: number;
  /** Does one task. @throws when the load broke off, or takes longer than `timeMs`. */
  run<K extends AgentTask['do'] & keyof AgentAnswers>(
    task: K,
    command: Command<K>,
    timeMs?: number,
  ): Promise<AgentAnswers[K]>;
}

export interface AgentOptions {
  readonly core: number;
  readonly kind?: UpstreamKind;
  readonly echo?: boolean;
  /** Goes before others on its core, where the system lets it: for one that measures while another makes traffic. */
  readonly preferred?: boolean;
}

const taskTimeMs = 120_000;

export async function startAgent(options: AgentOptions): Promise<LoadAgent> {
  const script = new URL('agent.ts', import.meta.url).pathname;
  const nice = options.preferred === true && process.getuid?.() === 0 ? ['nice', '-n', '-10'] : [];
  const child = Bun.spawn(['taskset', '-c', String(options.core), ...nice, bunPath, script], {
    stdin: 'pipe',
    stderr: 'pipe',
  });
  const errors = new Response(child.stderr).text();
  const lines = readLines(child.stdout);
  const run = async (task: object, timeMs: number): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(task)}\n`);
    child.stdin.flush();
    const timer = setTimeout(() => child.kill('SIGKILL'), timeMs);
    const { value, done } = await lines.next();
    clearTimeout(timer);
    if (!done) return JSON.parse(value);
    const said = (await errors).trim() || `it ended after ${timeMs} ms at most`;
    throw new Error(`the load did not finish "${(task as { do: string }).do}": ${said}`);
  };
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child.exited;
  };
  const first = { do: 'listen', kind: options.kind ?? 'websocket', echo: options.echo ?? false };
  try {
    const { port } = (await run(first, taskTimeMs)) as AgentAnswers['listen'];
    return {
      pid: child.pid,
      upstreamPort: port,
      run: async (task, command, timeMs = taskTimeMs) =>
        (await run({ do: task, ...command }, timeMs)) as AgentAnswers[typeof task],
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Lines of text as they come. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const whole = text.split('\n');
    text = whole.pop() ?? '';
    yield* whole;
  }
}
