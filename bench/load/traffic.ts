/** Patterns of traffic from the upstreams to the viewers, over streams that are open. */
import { encodeBatch, encodeMessage, type Portion, type ShapeName, shapes } from './shapes.ts';
import type { UpstreamKind, UpstreamServer, UpstreamStream } from './upstream.ts';

/** What a pattern hears: payload bytes that a viewer received. */
export type OnReceived = (index: number, bytes: number) => void;

export interface Transmitted {
  /** Of RFB. */
  readonly bytes: number;
  readonly seconds: number;
}

export class Traffic {
  /** Told everything that viewers receive; the pattern that runs sets it. */
  onReceived: OnReceived = () => {};
  readonly #upstream: UpstreamServer;
  readonly #kind: UpstreamKind;

  constructor(upstream: UpstreamServer, kind: UpstreamKind) {
    this.#upstream = upstream;
    this.#kind = kind;
  }

  #streams(): UpstreamStream[] {
    return [...this.#upstream.streams.values()].sort((a, b) => a.index - b.index);
  }

  #message(shape: ShapeName): Portion {
    return encodeMessage(shapes[shape], this.#kind === 'websocket');
  }

  /** All streams send as fast as they can, until at least so many bytes have arrived. */
  async flood(shape: ShapeName, bytes: number): Promise<Transmitted> {
    const streams = this.#streams();
    const batch = encodeBatch(shapes[shape], this.#kind === 'websocket');
    const times = Math.ceil(bytes / streams.length / batch.payloadBytes);
    const expected = times * streams.length * batch.payloadBytes;
    const { promise, resolve } = Promise.withResolvers<void>();
    let received = 0;
    this.onReceived = (_, count) => {
      received += count;
      if (received >= expected) resolve();
    };
    const startedMs = performance.now();
    for (const stream of streams) stream.repeat(batch, times);
    await promise;
    return { bytes: expected, seconds: (performance.now() - startedMs) / 1000 };
  }

  /**
   * The streams take turns: so many messages are on their way at any time, each on another stream, and when one has
   * arrived the next stream sends. However many streams there are, every message is a read and a write of its own.
   */
  async takeTurns(shape: ShapeName, bytes: number, inFlightMax: number): Promise<Transmitted> {
    const streams = this.#streams();
    const message = this.#message(shape);
    const owed = new Map<number, number>();
    const total = Math.ceil(bytes / message.payloadBytes);
    const { promise, resolve } = Promise.withResolvers<void>();
    let sent = 0;
    let done = 0;
    let cursor = 0;
    const sendNext = (): void => {
      if (sent === total) return;
      while ((owed.get(streams[cursor]!.index) ?? 0) > 0) cursor = (cursor + 1) % streams.length;
      const stream = streams[cursor]!;
      cursor = (cursor + 1) % streams.length;
      sent += 1;
      owed.set(stream.index, message.payloadBytes);
      stream.send(message.bytes);
    };
    this.onReceived = (index, count) => {
      const left = (owed.get(index) ?? 0) - count;
      owed.set(index, left);
      if (left > 0) return;
      done += 1;
      if (done === total) resolve();
      else sendNext();
    };
    const startedMs = performance.now();
    for (let index = 0; index < Math.min(inFlightMax, streams.length); index++) sendNext();
    await promise;
    return { bytes: total * message.payloadBytes, seconds: (performance.now() - startedMs) / 1000 };
  }

  /** One stream has endlessly much for its viewer. */
  floodOne(index: number, shape: ShapeName): void {
    const batch = encodeBatch(shapes[shape], this.#kind === 'websocket');
    this.#upstream.streams.get(index)?.repeat(batch, Number.POSITIVE_INFINITY);
  }

  endFloodOne(index: number): void {
    this.#upstream.streams.get(index)?.repeat({ bytes: new Uint8Array(0), payloadBytes: 0 }, 0);
  }

  /**
   * Messages at a rate, the streams taking turns, until `stop`. A stream whose socket is full is left out.
   * @param onLatency told the time from a message's first byte sent to its last byte received, in ms.
   */
  startPaced(
    shape: ShapeName,
    bytesPerSecond: number,
    onLatency?: (index: number, ms: number) => void,
  ): Paced {
    return new Paced(this, this.#streams(), this.#message(shape), bytesPerSecond, onLatency);
  }
}

interface Waiting {
  readonly sentMs: number[];
  received: number;
}

/** A rate that is kept by looking at the clock every millisecond. */
export class Paced {
  /** Payload bytes that arrived. */
  received = 0;
  /** Messages that were not sent because the stream was full. */
  skipped = 0;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #waiting = new Map<number, Waiting>();
  #sent = 0;
  #cursor = 0;

  constructor(
    traffic: Traffic,
    streams: readonly UpstreamStream[],
    message: Portion,
    bytesPerSecond: number,
    onLatency: ((index: number, ms: number) => void) | undefined,
  ) {
    for (const { index } of streams) this.#waiting.set(index, { sentMs: [], received: 0 });
    traffic.onReceived = (index, bytes) => {
      this.received += bytes;
      const waiting = this.#waiting.get(index);
      if (waiting === undefined) return;
      waiting.received += bytes;
      while (waiting.received >= message.payloadBytes && waiting.sentMs.length > 0) {
        waiting.received -= message.payloadBytes;
        onLatency?.(index, performance.now() - waiting.sentMs.shift()!);
      }
    };
    const startedMs = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedMs) / 1000) * bytesPerSecond;
      // What a long pause made late is not sent at once: a burst would measure itself.
      for (let burst = 0; this.#sent < due && burst < 256; burst++) {
        const stream = streams[this.#cursor++ % streams.length]!;
        this.#sent += message.payloadBytes;
        if (stream.blocked) {
          this.skipped += 1;
          continue;
        }
        this.#waiting.get(stream.index)?.sentMs.push(performance.now());
        stream.send(message.bytes);
      }
    }, 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
