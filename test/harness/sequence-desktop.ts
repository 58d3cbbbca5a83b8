/**
 * A desktop that never stops drawing, and a viewer that knows every byte of it: one lost, doubled or changed byte on the
 * way shows. The agent of its sessions is the test's own, so that programs can be killed around it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { AgentState, Frame } from '../../config/link/link.ts';
import { agentState, LinkNode } from './link-node.ts';
import { handshakeRfb, setEncodings, updateRequest } from './rfb-viewer.ts';
import type { StreamClient } from './stream-client.ts';
import { waitFor } from './wait-for.ts';

const side = 16;
/** FramebufferUpdate, one Raw rectangle. */
const headBytes = 16;
const messageBytes = headBytes + side * side * 4;
const paceMs = 5;
const unsentBytesMax = 256 * 1024;

/** The update of this number, RFC 6143 sections 7.6.1 and 7.7.1. */
export function sequenceUpdate(number: number): Buffer {
  const message = Buffer.alloc(messageBytes);
  message.writeUInt16BE(1, 2);
  message.writeUInt16BE(side, 8);
  message.writeUInt16BE(side, 10);
  for (let at = headBytes; at < messageBytes; at++) message[at] = (number * 31 + at * 7) & 255;
  message.writeUInt32BE(number, headBytes);
  return message;
}

export class SequenceDesktop implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer(socket => void this.#serve(socket));
  }

  static async start(): Promise<SequenceDesktop> {
    const desktop = new SequenceDesktop();
    await new Promise<void>(resolve => desktop.#server.listen(0, '127.0.0.1', resolve));
    return desktop;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    const timers: ReturnType<typeof setInterval>[] = [];
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      for (const timer of timers) clearInterval(timer);
    });
    const replies = [Buffer.from([1, 1]), Buffer.alloc(4), serverInit()];
    // Version, security type, ClientInit; then the client's first message starts the drawing.
    socket.write('RFB 003.008\n');
    socket.on('data', () => {
      const reply = replies.shift();
      if (reply !== undefined) socket.write(reply);
      else if (timers.length === 0) timers.push(draw(socket));
    });
  }
}

function draw(socket: Socket): ReturnType<typeof setInterval> {
  let number = 0;
  return setInterval(() => {
    if (socket.writableLength < unsentBytesMax) socket.write(sequenceUpdate(number++));
  }, paceMs);
}

/** RFC 6143 section 7.3.2: 64 × 64, 32 bits a pixel. */
function serverInit(): Buffer {
  const name = Buffer.from('sequence');
  const init = Buffer.alloc(24);
  init.writeUInt16BE(64, 0);
  init.writeUInt16BE(64, 2);
  init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
  init.writeUInt32BE(name.length, 20);
  return Buffer.concat([init, name]);
}

/** Reads a sequence for as long as its stream lives. */
export class SequenceViewer implements AsyncDisposable {
  readonly stream: StreamClient;
  /** Updates that came whole and in order. */
  count = 0;
  /** The first thing that was wrong; undefined: nothing ever was. */
  damage: string | undefined;

  private constructor(stream: StreamClient) {
    this.stream = stream;
  }

  static async open(stream: StreamClient): Promise<SequenceViewer> {
    const viewer = new SequenceViewer(stream);
    const { width, height } = await handshakeRfb(stream);
    stream.send(setEncodings([0]));
    stream.send(updateRequest(width, height));
    void viewer.#follow();
    await viewer.goesOn();
    return viewer;
  }

  /** Waits for some more updates, all of them right. */
  async goesOn(updates = 20): Promise<void> {
    const wanted = this.count + updates;
    await waitFor(`update ${wanted} of the sequence (${this.#state()})`, () => {
      if (this.damage !== undefined) throw new Error(this.damage);
      return this.count >= wanted;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stream[Symbol.asyncDispose]();
  }

  #state(): string {
    return this.stream.closed ? `closed: ${this.stream.closeFrame?.reason}` : 'open';
  }

  async #follow(): Promise<void> {
    for (;;) {
      let message: Buffer;
      try {
        message = await this.stream.read(messageBytes);
      } catch {
        // Ended, or silent for long: the count says so.
        return;
      }
      if (!message.equals(sequenceUpdate(this.count))) {
        this.damage = `update ${this.count} is not what the desktop sent`;
        return;
      }
      this.count += 1;
    }
  }
}

/** An agent at which every session gets the same desktop; it dials again whenever control was away. */
export function linkSequenceAgent(controlUrl: string, token: string, desktop: SequenceDesktop): LinkNode {
  const desktops = new Map<string, NonNullable<AgentState['desktops']>[number]>();
  const state = (): Frame => agentState({ desktops: [...desktops.values()] });
  return new LinkNode({
    url: controlUrl,
    role: 'agent',
    name: 'sequence-agent',
    token,
    state,
    onFrame: (frame, node) => {
      const started = frame.startDesktop?.sessionId;
      if (started) {
        const desktopRunning = {
          sessionId: started,
          upstream: `tcp://127.0.0.1:${desktop.port}`,
          protocol: 'rfb',
          containerId: 'none',
          containerIp: '127.0.0.1',
        };
        desktops.set(started, desktopRunning);
        node.client.send({ desktopRunning });
      }
      const stopped = frame.stopDesktop?.sessionId;
      if (stopped) {
        desktops.delete(stopped);
        node.client.send({ desktopEnded: { sessionId: stopped, cause: 'stopped' } });
      }
    },
  });
}
