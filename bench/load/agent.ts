/**
 * Both ends of a bench in one process, to be pinned to a core of its own: the desktops (WebSocket or TCP, and RFB) and
 * the viewers (TLS). It is told what to do on stdin and answers on stdout, see agent-task.ts.
 */
import { createInterface } from 'node:readline';
import { quantile } from '../report/statistics.ts';
import type { AgentAnswers, AgentTask } from './agent-task.ts';
import { askForFences, encodeServerFence, fenceBytes, probe } from './probe.ts';
import { fillPath } from './stream-path.ts';
import { type Paced, Traffic } from './traffic.ts';
import { type UpstreamKind, UpstreamServer } from './upstream.ts';
import { Viewer } from './viewer.ts';

type TaskOf<K extends AgentTask['do']> = Extract<AgentTask, { do: K }>;

const openTimeMs = 30_000;
const slowPauseMs = 50;
/** What every relay has, OpenSSL 3.0 under nginx and HAProxy too: nobody pays for a costlier one. */
const offeredCurves = 'X25519';

/** Runs `work` for 0 to count-1, so many at once; stops at the first failure. */
async function inParallel(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, run));
}

class Agent {
  readonly #upstream: UpstreamServer;
  readonly #traffic: Traffic;
  readonly #kind: UpstreamKind;
  readonly #echo: boolean;
  readonly #viewers: Viewer[] = [];
  #closedUpstreams = 0;
  #paced: Paced | undefined;
  #pacedSinceMs = 0;

  constructor({ kind, echo }: TaskOf<'listen'>) {
    const answer = encodeServerFence(kind);
    const counted = new Map<number, number>();
    this.#kind = kind;
    this.#echo = echo;
    this.#upstream = new UpstreamServer({
      kind,
      onPayload: (stream, bytes) => {
        if (!echo) return;
        const total = (counted.get(stream.index) ?? -askForFences.length) + bytes;
        let rest = total;
        for (; rest >= fenceBytes; rest -= fenceBytes) stream.send(answer);
        counted.set(stream.index, rest);
      },
      onClose: () => {
        this.#closedUpstreams += 1;
      },
    });
    this.#traffic = new Traffic(this.#upstream, kind);
  }

  get port(): number {
    return this.#upstream.port;
  }

  async open(task: TaskOf<'open'>): Promise<AgentAnswers['open']> {
    // Over plain TCP a stream's number is the order of arrival.
    const concurrency = this.#kind === 'tcp' ? 1 : task.concurrency;
    const { first = 0, step = 1 } = task;
    const before = this.#viewers.length;
    await inParallel(task.count, concurrency, async offset => {
      const viewer = await this.#openViewer(task, first + (before + offset) * step);
      if (this.#echo) viewer.send(askForFences);
      this.#viewers.push(viewer);
    });
    const { cipher = '', keyAgreement = '' } = this.#viewers[0] ?? {};
    return { open: this.#viewers.length, cipher, keyAgreement };
  }

  async storm(task: TaskOf<'storm'>): Promise<AgentAnswers['storm']> {
    const openedBefore = this.#upstream.opened;
    const closedBefore = this.#closedUpstreams;
    const startedMs = performance.now();
    await inParallel(task.count, task.concurrency, async offset => {
      const viewer = await this.#openViewer(task, offset);
      viewer.close();
    });
    // The relay's work is over when the desktops' connections are.
    const opened = this.#upstream.opened - openedBefore;
    const endMs = performance.now() + openTimeMs;
    while (this.#closedUpstreams - closedBefore < opened) {
      if (performance.now() > endMs)
        throw new Error('the relay keeps connections to desktops whose viewers left');
      await Bun.sleep(5);
    }
    return { opened, seconds: (performance.now() - startedMs) / 1000 };
  }

  flood({ shape, bytes }: TaskOf<'flood'>): Promise<AgentAnswers['flood']> {
    return this.#traffic.flood(shape, bytes);
  }

  turns({ shape, bytes, inFlight }: TaskOf<'turns'>): Promise<AgentAnswers['turns']> {
    return this.#traffic.takeTurns(shape, bytes, inFlight);
  }

  pace({ shape, bytesPerSecond }: TaskOf<'pace'>): AgentAnswers['pace'] {
    this.#paced?.stop();
    this.#paced = this.#traffic.startPaced(shape, bytesPerSecond);
    this.#pacedSinceMs = performance.now();
    return {};
  }

  rest(): AgentAnswers['rest'] {
    this.#paced?.stop();
    const seconds = (performance.now() - this.#pacedSinceMs) / 1000;
    return { bytes: this.#paced?.received ?? 0, seconds, skipped: this.#paced?.skipped ?? 0 };
  }

  probe({ count, warmUp }: TaskOf<'probe'>): Promise<AgentAnswers['probe']> {
    return probe(this.#viewers[0]!, this.#traffic, count, warmUp);
  }

  async watch(task: TaskOf<'watch'>): Promise<AgentAnswers['watch']> {
    const slowIndex = this.#viewers[0]!.index;
    const latencies: number[] = [];
    let slowBytes = 0;
    const paced = this.#traffic.startPaced(task.shape, task.bytesPerSecond, (index, ms) => {
      if (index !== slowIndex) latencies.push(ms);
    });
    const { onReceived } = this.#traffic;
    this.#traffic.onReceived = (index, bytes) => {
      if (index === slowIndex) {
        slowBytes += bytes;
        if (task.slow) this.#holdBack();
      }
      onReceived(index, bytes);
    };
    if (task.slow) {
      // Its desktop has much more for it than it takes, all the time.
      this.#traffic.floodOne(slowIndex, task.shape);
      this.#holdBack();
    }
    await Bun.sleep(task.seconds * 1000);
    paced.stop();
    this.#traffic.endFloodOne(slowIndex);
    clearTimeout(this.#slowTimer);
    this.#viewers[0]!.resume();
    await this.#settle();
    return {
      count: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      slowBytes,
    };
  }

  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  #holdBack(): void {
    const slow = this.#viewers[0]!;
    slow.pause();
    clearTimeout(this.#slowTimer);
    this.#slowTimer = setTimeout(() => slow.resume(), slowPauseMs);
  }

  /** Until nothing has arrived for a while. */
  async #settle(): Promise<void> {
    let lastMs = performance.now();
    this.#traffic.onReceived = () => {
      lastMs = performance.now();
    };
    while (performance.now() - lastMs < 200) await Bun.sleep(20);
  }

  close(): AgentAnswers['close'] {
    for (const viewer of this.#viewers.splice(0)) viewer.close();
    return {};
  }

  #openViewer(
    { port, path, curves = offeredCurves }: Pick<TaskOf<'storm'>, 'port' | 'path' | 'curves'>,
    index: number,
  ): Promise<Viewer> {
    const target = {
      host: '127.0.0.1',
      port,
      path: fillPath(path, index),
      // An address has some 28,000 ports, and closed connections keep theirs for a minute.
      from: `127.0.0.${2 + (index % 8)}`,
      insecure: true,
      ...(curves === '' ? {} : { curves }),
    };
    return Viewer.open({
      index,
      target,
      timeMs: openTimeMs,
      onPayload: (viewer, bytes) => this.#traffic.onReceived(viewer.index, bytes),
      onClose: (_, cause) => {
        // A figure that lost a stream on its way is none.
        process.stderr.write(`the load lost a stream: ${cause}\n`);
        process.exit(1);
      },
    });
  }
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const read = async (): Promise<AgentTask | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as AgentTask);
  };
  const first = await read();
  if (first?.do !== 'listen') throw new Error('the first task of a load agent is to listen');
  const agent = new Agent(first);
  const say = (answer: object): boolean => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ port: agent.port });
  for (let task = await read(); task !== undefined; task = await read()) {
    if (task.do !== 'listen') say(await agent[task.do](task as never));
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`the load broke off: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
