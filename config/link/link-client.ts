/**
 * A node's end of the link: dials control, says Hello, keeps the connection alive with heartbeats,
 * and dials again with jittered back-off when it is lost. Shared by gateway and agent, which may
 * not import each other.
 */

import { limits } from '../limits.ts';
import { errorText, type Log } from '../log.ts';
import { decodeFrame, encodeFrame, type Frame, type Hello, linkPath } from './link.ts';

/** Bun's WebSocket takes headers, which the DOM's type does not know. */
const HeaderedWebSocket = WebSocket as unknown as new (
  address: string,
  options: { headers: Record<string, string> },
) => WebSocket;

const backOffMinMs = 200;
const backOffMaxMs = 5_000;

export interface Welcome {
  readonly nodeId: string;
  /** Set when the node came with the enrolment token: keep it, and show it from then on. */
  readonly credential: string | undefined;
}

export interface LinkClientOptions {
  /** Control's address, http:// or https://. */
  readonly url: string;
  /** The node's credential, or the enrolment token while it has none. Read at every dial. */
  readonly token: () => string;
  readonly hello: Hello;
  /** After every (re)connect: store the credential, re-send the node's state. */
  readonly onWelcome: (welcome: Welcome) => void;
  /** Every frame that is no answer to a request of ours and no heartbeat. */
  readonly onFrame: (frame: Frame) => void;
  /** Control refused this node (wrong token): it keeps trying, slowly; the operator must know. */
  readonly onRefused?: (reason: string) => void;
  readonly log: Log;
}

interface Pending {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class LinkClient implements AsyncDisposable {
  readonly #options: LinkClientOptions;
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | undefined;
  #welcomed = false;
  #stopped = false;
  #attempt = 0;
  #nextId = 1;
  #heardAtMs = 0;
  #dialTimer: ReturnType<typeof setTimeout> | undefined;
  #heartbeatTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: LinkClientOptions) {
    this.#options = options;
    this.#dial();
  }

  /** True from Welcome until the connection is lost. */
  get connected(): boolean {
    return this.#welcomed;
  }

  /** Milliseconds since control was last heard, heartbeats included; all of time when it never was. */
  get silentMs(): number {
    return this.#heardAtMs === 0 ? Number.POSITIVE_INFINITY : performance.now() - this.#heardAtMs;
  }

  /** Sends a push. @returns false when the link is down: nothing is queued, state is re-sent at Welcome. */
  send(frame: Frame): boolean {
    if (!this.#welcomed || this.#socket === undefined) return false;
    this.#socket.send(encodeFrame(frame));
    return true;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws Error when the link is down, is lost meanwhile, or no answer comes within timeoutMs.
   */
  request(frame: Frame, timeoutMs: number = limits.linkRequestTimeMs): Promise<Frame> {
    const id = this.#nextId;
    this.#nextId = id >= 0x7fff_ffff ? 1 : id + 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`control did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      if (!this.send({ ...frame, id })) this.#settle(id, new Error('the link to control is down'));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#dialTimer);
    this.#socket?.close(1000);
    this.#lost();
  }

  #dial(): void {
    const { url, token, hello, log } = this.#options;
    const address = url.replace(/^http/, 'ws').replace(/\/$/, '') + linkPath;
    const socket = new HeaderedWebSocket(address, { headers: { authorization: `Bearer ${token()}` } });
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAtMs = performance.now();
      socket.send(encodeFrame({ hello }));
      this.#heartbeatTimer = setInterval(() => this.#beat(socket), limits.linkHeartbeatMs);
    };
    socket.onmessage = event => this.#receive(socket, event.data);
    socket.onclose = event => {
      if (this.#socket !== socket) return;
      log.debug('link closed', { code: event.code, reason: event.reason });
      this.#lost();
      this.#redial();
    };
    socket.onerror = () => {
      // Always followed by close, which knows what to do.
    };
  }

  #receive(socket: WebSocket, payload: unknown): void {
    if (this.#socket !== socket) return;
    this.#heardAtMs = performance.now();
    try {
      if (!(payload instanceof ArrayBuffer)) throw new Error('text frame on the link');
      this.#take(decodeFrame(new Uint8Array(payload)));
    } catch (error) {
      this.#options.log.error('bad link frame', { error: errorText(error) });
      socket.close(1002, 'bad frame');
    }
  }

  #take(frame: Frame): void {
    if (frame.heartbeat) return;
    if (frame.refused) {
      this.#options.log.error('control refused this node', { reason: frame.refused.reason ?? '' });
      this.#options.onRefused?.(frame.refused.reason ?? '');
      this.#attempt = 8;
      return;
    }
    if (frame.welcome) {
      this.#welcomed = true;
      this.#attempt = 0;
      const nodeId = frame.welcome.nodeId ?? '';
      const credential = frame.welcome.credential ?? '';
      this.#options.log.info('link up', { nodeId });
      this.#options.onWelcome({ nodeId, credential: credential === '' ? undefined : credential });
      return;
    }
    const replyTo = frame.replyTo ?? 0;
    if (replyTo !== 0) this.#settle(replyTo, frame);
    else this.#options.onFrame(frame);
  }

  #settle(id: number, outcome: Frame | Error): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (outcome instanceof Error) pending.reject(outcome);
    else pending.resolve(outcome);
  }

  #beat(socket: WebSocket): void {
    if (performance.now() - this.#heardAtMs > limits.linkSilenceMs) {
      this.#options.log.warn('control is silent, dialling again', { ms: limits.linkSilenceMs });
      this.#lost();
      socket.close();
      this.#redial();
      return;
    }
    socket.send(encodeFrame({ heartbeat: { sentAtMs: Date.now() } }));
  }

  #lost(): void {
    clearInterval(this.#heartbeatTimer);
    if (this.#welcomed && !this.#stopped) this.#options.log.warn('link lost');
    this.#welcomed = false;
    this.#socket = undefined;
    for (const id of [...this.#pending.keys()]) this.#settle(id, new Error('the link to control was lost'));
  }

  #redial(): void {
    if (this.#stopped) return;
    const ceiling = Math.min(backOffMaxMs, backOffMinMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 8);
    clearTimeout(this.#dialTimer);
    this.#dialTimer = setTimeout(() => this.#dial(), ceiling / 2 + Math.random() * (ceiling / 2));
  }
}
