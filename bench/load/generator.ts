/**
 * One process of the load generator: viewers, and the desktops that they look at where these are its own. Told what to
 * do by one line of JSON on stdin, see generator-task.ts; ends with stdin.
 */
import { createInterface } from 'node:readline';
import { Histogram } from '../report/histogram.ts';
import { DueWheel } from './due-wheel.ts';
import { encodeFrame } from './frame.ts';
import type { GeneratorReport, GeneratorTask } from './generator-task.ts';
import { type DesktopKind, kindOf, spreadOf } from './mix.ts';
import { Playback, readScript, type Script } from './recording-script.ts';
import { fillPath } from './stream-path.ts';
import { UpstreamServer } from './upstream.ts';
import { StreamFailure, Viewer } from './viewer.ts';

const openTimeMs = 30_000;
const tickMs = 2;
const pingEveryMs = 1_000;

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

/** One desktop with its viewer. */
interface Seat {
  readonly index: number;
  /** Once it plays. */
  playback: Playback | undefined;
  viewer: Viewer | undefined;
  /** When messages that have not arrived were sent, and where each ends in the stream. */
  readonly sent: { readonly endByte: number; readonly atMs: number }[];
  sentBytes: number;
  receivedBytes: number;
  pingedMs: number;
}

class Generator {
  readonly #task: GeneratorTask;
  readonly #scripts: Readonly<Record<DesktopKind, Script>>;
  readonly #upstream: UpstreamServer;
  readonly #seats = new Map<number, Seat>();
  readonly #wheel = new DueWheel<Seat>(performance.now(), tickMs);
  readonly #failures = new Map<string, number>();
  readonly #openMs = new Histogram();
  readonly #latencyMs = new Histogram();
  readonly #startedMs = performance.now();
  #opened = 0;
  #tried = 0;
  #bytesDown = 0;
  #bytesUp = 0;
  #messagesDown = 0;
  #lagMs = 0;
  #steadyMs: number | undefined;
  #steadyBytes = 0;
  #cpu = process.cpuUsage();
  #cpuMs = performance.now();

  constructor(task: GeneratorTask, scripts: Readonly<Record<DesktopKind, Script>>, upstream: UpstreamServer) {
    this.#task = task;
    this.#scripts = scripts;
    this.#upstream = upstream;
  }

  /** Opens all streams at the rate, plays until the time is over, and answers when all is closed. */
  async run(): Promise<void> {
    const ticker = setInterval(() => this.#tick(), tickMs);
    const reporter = setInterval(() => this.#report(false), 1000);
    const { streams, seconds } = this.#task;
    while (
      this.#tried < streams ||
      performance.now() - (this.#steadyMs ?? performance.now()) < seconds * 1000
    ) {
      await Bun.sleep(20);
    }
    clearInterval(ticker);
    clearInterval(reporter);
    this.#report(true);
    for (const { viewer } of this.#seats.values()) viewer?.close();
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#openDue(nowMs);
    this.#wheel.take(nowMs, (seat, dueMs) => {
      this.#lagMs = Math.max(this.#lagMs, nowMs - dueMs - 2 * tickMs);
      this.#play(seat, nowMs);
    });
  }

  #openDue(nowMs: number): void {
    const { rate, streams, first, step } = this.#task;
    const due = Math.min(streams, Math.ceil(((nowMs - this.#startedMs) / 1000) * rate));
    for (; this.#tried < due; this.#tried++) void this.#open(first + this.#tried * step);
    if (this.#tried === streams && this.#steadyMs === undefined && this.#opened + this.#failed() >= streams) {
      this.#steadyMs = nowMs;
      this.#steadyBytes = this.#bytesDown;
    }
  }

  #failed(): number {
    return [...this.#failures.values()].reduce((sum, count) => sum + count, 0);
  }

  async #open(index: number): Promise<void> {
    const { host, port, serverName, insecure, tls, paths, mix, manyAddresses, ownDesktops } = this.#task;
    const kind = kindOf(mix, index);
    const script = this.#scripts[kind];
    const startedMs = performance.now();
    const path = fillPath(paths[index % paths.length]!, index);
    try {
      const viewer = await Viewer.open({
        index,
        target: {
          host,
          port,
          path,
          insecure,
          tls,
          ...(serverName === undefined ? {} : { serverName }),
          ...(manyAddresses ? { from: `127.0.0.${2 + (index % 16)}` } : {}),
        },
        timeMs: openTimeMs,
        onPayload: (_, bytes) => this.#received(index, bytes),
        onClose: (_, cause) => this.#lost(index, cause),
      });
      this.#openMs.add(performance.now() - startedMs);
      this.#opened += 1;
      const fresh = { sent: [], sentBytes: 0, receivedBytes: 0, pingedMs: 0 };
      this.#seats.set(index, { index, playback: undefined, viewer, ...fresh });
      for (const message of script.setup) viewer.send(message);
      if (!ownDesktops) this.begin(index);
    } catch (error) {
      this.#count(error instanceof StreamFailure ? error.message : String(error));
    }
  }

  /** Starts to play, once: where the desktop is ours, when it was told what its viewer can show. */
  begin(index: number): void {
    const seat = this.#seats.get(index);
    if (seat === undefined || seat.playback !== undefined) return;
    const nowMs = performance.now();
    seat.playback = new Playback(this.#scripts[kindOf(this.#task.mix, index)], nowMs, spreadOf(index * 7));
    const { dueMs } = seat.playback;
    if (dueMs !== undefined) this.#wheel.add(dueMs, seat);
    else if (!this.#task.ownDesktops) this.#wheel.add(nowMs, seat);
  }

  /** Everything that is due of one desktop and its viewer. */
  #play(seat: Seat, nowMs: number): void {
    const { playback, viewer } = seat;
    if (viewer === undefined) return;
    if (!this.#task.ownDesktops) this.#ping(seat, viewer, nowMs);
    while (playback?.dueMs !== undefined && playback.dueMs <= nowMs) {
      const { fromServer, bytes } = playback.take();
      if (fromServer) this.#show(seat, bytes, nowMs);
      else {
        viewer.send(bytes);
        this.#bytesUp += bytes.length;
      }
    }
    this.#wheel.add(playback?.dueMs ?? nowMs + pingEveryMs, seat);
  }

  /** The desktop's part, where the desktop is ours. */
  #show(seat: Seat, bytes: Uint8Array, nowMs: number): void {
    if (!this.#task.ownDesktops) return;
    const stream = this.#upstream.streams.get(seat.index);
    if (stream === undefined) return;
    seat.sentBytes += bytes.length;
    seat.sent.push({ endByte: seat.sentBytes, atMs: nowMs });
    stream.send(encodeFrame(bytes));
  }

  #ping(seat: Seat, viewer: Viewer, nowMs: number): void {
    if (nowMs - seat.pingedMs < pingEveryMs) return;
    seat.pingedMs = nowMs;
    viewer.ping(() => this.#latencyMs.add(performance.now() - nowMs));
  }

  #received(index: number, bytes: number): void {
    this.#bytesDown += bytes;
    const seat = this.#seats.get(index);
    if (seat === undefined) return;
    seat.receivedBytes += bytes;
    const nowMs = performance.now();
    while (seat.sent.length > 0 && seat.sent[0]!.endByte <= seat.receivedBytes) {
      this.#latencyMs.add(nowMs - seat.sent.shift()!.atMs);
      this.#messagesDown += 1;
    }
  }

  #lost(index: number, cause: string): void {
    const seat = this.#seats.get(index);
    if (seat !== undefined) seat.viewer = undefined;
    this.#seats.delete(index);
    this.#count(cause);
  }

  #count(cause: string): void {
    this.#failures.set(cause, (this.#failures.get(cause) ?? 0) + 1);
  }

  #report(done: boolean): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpuShare = (user + system) / 1000 / Math.max(1, nowMs - this.#cpuMs);
    this.#cpu = process.cpuUsage();
    this.#cpuMs = nowMs;
    const report: GeneratorReport = {
      open: this.#seats.size,
      opened: this.#opened,
      bytesDown: this.#bytesDown,
      bytesUp: this.#bytesUp,
      messagesDown: this.#messagesDown,
      failures: Object.fromEntries(this.#failures),
      lagMs: Math.max(0, this.#lagMs),
      cpuShare,
      openMs: this.#openMs.toJSON(),
      latencyMs: this.#latencyMs.toJSON(),
      steadySeconds: this.#steadyMs === undefined ? 0 : (nowMs - this.#steadyMs) / 1000,
      steadyBytesDown: this.#steadyMs === undefined ? 0 : this.#bytesDown - this.#steadyBytes,
      done,
    };
    this.#lagMs = 0;
    say(report);
  }
}

async function main(): Promise<void> {
  const [video, typing] = await Promise.all([readScript('video'), readScript('typing')]);
  // Nobody touches it and nothing moves: what is left is the stream itself.
  const idle: Script = { ...typing, steps: [] };
  const scripts = { video, typing, idle };
  const lines = createInterface({ input: process.stdin });
  let task: GeneratorTask | undefined;
  const serverInitOf = (index: number): Uint8Array =>
    scripts[task === undefined ? 'idle' : kindOf(task.mix, index)].serverInit;
  let generator: Generator | undefined;
  using upstream = new UpstreamServer({
    kind: 'websocket',
    serverInitOf,
    onPayload: stream => generator?.begin(stream.index),
  });
  say({ upstreamPort: upstream.port });
  lines.once('line', async line => {
    task = JSON.parse(line) as GeneratorTask;
    generator = new Generator(task, scripts, upstream);
    await generator.run();
    process.exit();
  });
  // Whoever started it has gone: so does it.
  await new Promise(resolve => lines.once('close', resolve));
}

await main();
process.exit();
