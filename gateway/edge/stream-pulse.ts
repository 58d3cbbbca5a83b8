/**
 * Looks after idle streams: pings their clients, and ends those that do not answer. A laptop that was closed and a
 * network that went away tell nobody; proxies on the way cut what is silent for a minute.
 *
 * One timer serves all streams of the process. It goes round in steps, and each step takes those whose connection id
 * ends with its digit, so that thousands of pings do not go out in one moment.
 */
import type { GatewayHttpConfig } from '../../config/gateway-http.ts';
import type { StreamRegistry } from '../session/registry.ts';
import { OpenStream } from './open-stream.ts';

const steps = 16;

export class StreamPulse implements Disposable {
  readonly #registry: StreamRegistry;
  readonly #silentPulsesMax: number;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #step = 0;

  constructor(registry: StreamRegistry, config: GatewayHttpConfig['streams']) {
    const { ping_interval_s: intervalS, silence_s: silenceS } = config;
    this.#registry = registry;
    this.#silentPulsesMax = intervalS === 0 ? 0 : Math.ceil(silenceS / intervalS);
    if (intervalS > 0) this.#timer = setInterval(() => this.#beat(), (intervalS * 1000) / steps);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const digit = this.#step.toString(steps);
    this.#step = (this.#step + 1) % steps;
    for (const stream of this.#registry) {
      if (stream instanceof OpenStream && stream.connectionId.endsWith(digit)) {
        stream.relay?.pulse(this.#silentPulsesMax);
      }
    }
  }
}
