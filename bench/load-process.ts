import { bunPath } from '../test/harness/processes.ts';

/** relay-load.ts in a process of its own, and the lines of JSON it talks in. */
export interface LoadProcess extends AsyncDisposable {
  say(line: object): void;
  /** The next line. @throws when it ended instead. */
  answer<T>(): Promise<T>;
}

export function startLoad(core: number): LoadProcess {
  const script = new URL('relay-load.ts', import.meta.url).pathname;
  const load = Bun.spawn(['taskset', '-c', String(core), bunPath, script], {
    stdin: 'pipe',
    stderr: 'inherit',
  });
  const lines = readLines(load.stdout);
  return {
    say(line) {
      load.stdin.write(`${JSON.stringify(line)}\n`);
    },
    async answer<T>() {
      const { value, done } = await lines.next();
      if (done) throw new Error('the load ended before it was done');
      return JSON.parse(value) as T;
    },
    async [Symbol.asyncDispose]() {
      load.kill();
      await load.exited;
    },
  };
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
