/**
 * Control's end of one link: greets the node, says in time that control is here, and gives up on a
 * node that is silent. Knows no database; what a frame means is for its listener.
 */
import type { NodeId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import { decodeFrame, encodeFrame, type Frame, type Hello } from '../../config/link/link.ts';
import { errorText, type Log } from '../../config/log.ts';
import type { NodeRole } from './node-store.ts';

/** The part of Bun's ServerWebSocket that is used. */
export interface LinkSocket {
  /** @returns bytes taken; -1: queued under backpressure; 0: dropped, the connection is lost. */
  send(bytes: Uint8Array<ArrayBuffer>): number;
  close(code?: number, reason?: string): void;
  /** Closes at once, with no farewell: for peers that answer nothing. */
  terminate(): void;
}

export interface NodeIdentity {
  readonly nodeId: NodeId;
  readonly role: NodeRole;
  readonly name: string;
  readonly instance: string;
}

/** Close codes of the link, in the private range of RFC 6455 section 7.4.2. */
export const linkClose = {
  refused: 4401,
  badFrame: 4400,
  replaced: 4409,
  goingAway: 1001,
} as const;

/** Why a node is not served, in words for its operator. Anything else thrown is control's own trouble. */
export class LinkRefusal extends Error {}

export interface LinkConnectionEvents {
  /** The first frame. @throws LinkRefusal to turn the node away. */
  readonly onHello: (connection: LinkConnection, hello: Hello) => Promise<void>;
  /** Every later frame that is no heartbeat and no reply; only once the node was welcomed. */
  readonly onFrame: (connection: LinkConnection, frame: Frame) => void;
  /** Once, whoever ended it and however. */
  readonly onEnded: (connection: LinkConnection) => void;
}

export class LinkConnection {
  readonly connectionId = crypto.randomUUID();
  readonly #socket: LinkSocket;
  readonly #events: LinkConnectionEvents;
  readonly #log: Log;
  #phase: 'new' | 'greeting' | 'welcomed' | 'closed' = 'new';
  #node: NodeIdentity | undefined;
  #heardAtMs: number;

  /** @param nowMs a monotonic clock's reading. */
  constructor(socket: LinkSocket, events: LinkConnectionEvents, log: Log, nowMs: number) {
    this.#socket = socket;
    this.#events = events;
    this.#log = log;
    this.#heardAtMs = nowMs;
  }

  /** Who it is; undefined until welcomed. */
  get node(): NodeIdentity | undefined {
    return this.#node;
  }

  get closed(): boolean {
    return this.#phase === 'closed';
  }

  /** Takes one message from the socket; a bad one ends the connection. */
  receive(message: string | Uint8Array, nowMs: number): void {
    if (this.#phase === 'closed') return;
    this.#heardAtMs = nowMs;
    let frame: Frame;
    try {
      if (typeof message === 'string') throw new Error('text message on the link');
      frame = decodeFrame(message);
    } catch (error) {
      this.#log.warn('bad link frame', { connectionId: this.connectionId, error: errorText(error) });
      this.close(linkClose.badFrame, 'bad frame');
      return;
    }
    this.#take(frame);
  }

  #take(frame: Frame): void {
    if (frame.heartbeat) return;
    if (frame.hello) {
      if (this.#phase === 'new') void this.#greet(frame.hello);
      else this.close(linkClose.badFrame, 'a second hello');
      return;
    }
    if (this.#phase !== 'welcomed') {
      this.close(linkClose.badFrame, 'a frame before hello was answered');
      return;
    }
    // Control asks nodes nothing; its orders are answered by events.
    if ((frame.replyTo ?? 0) !== 0) this.close(linkClose.badFrame, 'a reply to no request');
    else this.#events.onFrame(this, frame);
  }

  async #greet(hello: Hello): Promise<void> {
    this.#phase = 'greeting';
    try {
      await this.#events.onHello(this, hello);
    } catch (error) {
      if (error instanceof LinkRefusal) {
        this.refuse(error.message);
        return;
      }
      // A node that is refused may enrol anew; for a database that is away it must only dial again.
      this.#log.error('a node could not be greeted', {
        connectionId: this.connectionId,
        error: errorText(error),
      });
      this.close(linkClose.goingAway, 'control can not greet nodes now');
    }
  }

  /** Answers Hello. Frames of the node are passed on from here. */
  welcome(node: NodeIdentity, credential: string, controlVersion: string): void {
    if (this.#phase !== 'greeting') return;
    this.#phase = 'welcomed';
    this.#node = node;
    const heartbeatMs = limits.linkHeartbeatMs;
    this.send({ welcome: { nodeId: node.nodeId, credential, heartbeatMs, controlVersion } });
  }

  /** Tells the node why it is not served, and hangs up. */
  refuse(reason: string): void {
    if (this.#phase === 'closed') return;
    this.send({ refused: { reason } });
    this.close(linkClose.refused, 'refused');
  }

  /** @returns false when the connection is lost; the frame is not kept. */
  send(frame: Frame): boolean {
    if (this.#phase === 'closed') return false;
    return this.#socket.send(encodeFrame(frame)) !== 0;
  }

  /** Once every `linkHeartbeatMs`: says that control is here, and gives a silent node up. */
  beat(nowMs: number, timeMs: number): void {
    const silentMs = nowMs - this.#heardAtMs;
    if (silentMs > limits.linkSilenceMs) {
      this.#log.warn('node is silent', { nodeId: this.#node?.nodeId, ms: Math.round(silentMs) });
      this.ended();
      this.#socket.terminate();
      return;
    }
    this.send({ heartbeat: { sentAtMs: timeMs } });
  }

  close(code: number, reason: string): void {
    if (this.#phase === 'closed') return;
    this.ended();
    this.#socket.close(code, reason);
  }

  /** The socket is gone, or about to go: nothing is sent or expected any more. */
  ended(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#events.onEnded(this);
  }
}
