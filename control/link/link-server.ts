/**
 * The link's endpoint on control's HTTP listener: lets nodes in, greets them, keeps them alive,
 * and hands their frames to whoever deals with that role.
 *
 * A node shows the enrolment token once and gets a credential of its own; from then on it shows
 * that. Whoever shows neither is told so in a Refused frame, so that its operator learns why.
 * An agent has one live connection: a newer one replaces the older, here or at another control
 * instance. A gateway's workers may share their node, so there it is one connection an instance.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { limits } from '../../config/limits.ts';
import type { Frame, Hello } from '../../config/link/link.ts';
import { errorText, type Log } from '../../config/log.ts';
import {
  LinkConnection,
  LinkRefusal,
  type LinkSocket,
  linkClose,
  type NodeIdentity,
} from './link-connection.ts';
import { type EnrolledNode, hashCredential, type NodeRole, type NodeStore } from './node-store.ts';
import type { SignalBus } from './signal-bus.ts';

/** What the HTTP upgrade's bearer token was worth. */
export type Admission =
  | { readonly kind: 'enrolment' }
  | { readonly kind: 'node'; readonly node: EnrolledNode }
  | { readonly kind: 'refused'; readonly reason: string };

/** What travels with a link's WebSocket inside Bun. */
export interface LinkAttachment {
  readonly admission: Admission;
  connection?: LinkConnection;
}

/** The part of Bun's Server that is used. */
export interface UpgradingServer {
  upgrade(request: Request, options: { data: LinkAttachment }): boolean;
}

type AttachedSocket = LinkSocket & { data: LinkAttachment };

/** Deals with the frames of one role. Its calls must not block: they start work and return. */
export interface LinkListener {
  onWelcomed(connection: LinkConnection, node: NodeIdentity): void;
  onFrame(connection: LinkConnection, node: NodeIdentity, frame: Frame): void;
  onGone(connection: LinkConnection, node: NodeIdentity): void;
}

export interface LinkServerOptions {
  /** Names this control instance among others on the same database. */
  readonly controlId: string;
  readonly controlVersion: string;
  readonly nodes: NodeStore;
  readonly signals: SignalBus;
  /** Read at every use, so that it can be changed without a restart. @throws when it cannot be read. */
  readonly readEnrolmentToken: () => Promise<string>;
  readonly listeners: Readonly<Record<NodeRole, LinkListener>>;
  readonly log: Log;
}

const nameCharsMax = 255;
const versionCharsMax = 100;
const instanceCharsMax = 100;

export class LinkServer implements AsyncDisposable {
  readonly #options: LinkServerOptions;
  readonly #connections = new Set<LinkConnection>();
  readonly #work = new Set<Promise<void>>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #forgetSignal: () => void;
  #stopped = false;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), limits.linkHeartbeatMs);
    this.#forgetSignal = options.signals.onSignal(signal => {
      if (signal.kind === 'node_connected')
        this.#replace(signal.nodeId, signal.instance, signal.connectionId);
    });
  }

  /** The links of nodes that were welcomed here, of one role. */
  connections(role: NodeRole): LinkConnection[] {
    return [...this.#connections].filter(one => one.node?.role === role);
  }

  /** The live link of one node, where it is held by this control instance. */
  connectionOf(nodeId: string): LinkConnection | undefined {
    return [...this.#connections].find(one => one.node?.nodeId === nodeId);
  }

  /** Takes a request for `linkPath`. @returns undefined when it became a WebSocket. */
  async upgrade(request: Request, server: UpgradingServer): Promise<Response | undefined> {
    if (this.#stopped) return new Response('control is stopping', { status: 503 });
    let admission: Admission;
    try {
      admission = await this.#admit(request.headers.get('authorization') ?? '');
    } catch (error) {
      this.#options.log.error('a node could not be authenticated', { error: errorText(error) });
      return new Response('control cannot check credentials now', { status: 503 });
    }
    if (server.upgrade(request, { data: { admission } })) return undefined;
    return new Response('this path speaks WebSocket', { status: 426, headers: { upgrade: 'websocket' } });
  }

  /** Bun's handlers for the sockets of this endpoint. */
  get webSocketHandlers() {
    return {
      maxPayloadLength: limits.linkFrameBytesMax,
      backpressureLimit: 4 * limits.linkFrameBytesMax,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
      open: (socket: AttachedSocket) => this.#open(socket),
      message: (socket: AttachedSocket, message: string | Uint8Array) =>
        socket.data.connection?.receive(message, performance.now()),
      close: (socket: AttachedSocket) => socket.data.connection?.ended(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeat);
    this.#forgetSignal();
    for (const connection of [...this.#connections]) connection.close(linkClose.goingAway, 'control stops');
    await Promise.allSettled([...this.#work]);
  }

  async #admit(authorization: string): Promise<Admission> {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'refused', reason: 'no bearer token was shown' };
    const enrolment = await this.#options.readEnrolmentToken();
    if (enrolment.length < limits.tokenCharsMin)
      throw new Error('the enrolment token is too short to be used');
    // Hashes have one length whatever was shown, as the comparison in constant time needs.
    if (timingSafeEqual(hashCredential(token), hashCredential(enrolment))) return { kind: 'enrolment' };
    const node = await this.#options.nodes.findByCredential(token);
    if (node !== undefined) return { kind: 'node', node };
    return { kind: 'refused', reason: 'neither the enrolment token nor the credential of a known node' };
  }

  #open(socket: AttachedSocket): void {
    const { admission } = socket.data;
    const connection = new LinkConnection(
      socket,
      {
        onHello: (greeted, hello) => this.#greet(greeted, admission, hello),
        onFrame: (from, frame) => {
          if (from.node !== undefined)
            this.#options.listeners[from.node.role].onFrame(from, from.node, frame);
        },
        onEnded: ended => this.#forget(ended),
      },
      this.#options.log,
      performance.now(),
    );
    socket.data.connection = connection;
    this.#connections.add(connection);
    if (this.#stopped) connection.close(linkClose.goingAway, 'control stops');
    if (admission.kind !== 'refused') return;
    this.#options.log.warn('node refused', { reason: admission.reason });
    connection.refuse(admission.reason);
  }

  async #greet(connection: LinkConnection, admission: Admission, hello: Hello): Promise<void> {
    if (admission.kind === 'refused') return;
    const { nodes, controlId, controlVersion, signals, listeners, log } = this.#options;
    const { role, name, version, instance } = checkHello(hello);
    if (admission.kind === 'node' && admission.node.role !== role) {
      throw new LinkRefusal(`this credential belongs to a node of role ${admission.node.role}, not ${role}`);
    }
    let credential = '';
    let nodeId = admission.kind === 'node' ? admission.node.nodeId : undefined;
    if (nodeId === undefined) {
      credential = randomBytes(32).toString('base64url');
      nodeId = await nodes.enrol({ role, name, version, credential });
      log.info('node enrolled', { nodeId, role, name });
    }
    const { connectionId } = connection;
    await nodes.connected({ nodeId, name, version, controlId, connectionId });
    if (connection.closed) return nodes.disconnected(connectionId);
    this.#replace(nodeId, instance, connectionId);
    const node: NodeIdentity = { nodeId, role, name, instance };
    connection.welcome(node, credential, controlVersion);
    log.info('node connected', { nodeId, role, name, version, connectionId });
    listeners[role].onWelcomed(connection, node);
    await signals.publish({ kind: 'node_connected', nodeId, instance, connectionId });
  }

  /** Hangs up on the connections that the new one takes the place of. */
  #replace(nodeId: string, instance: string, connectionId: string): void {
    for (const other of this.#connections) {
      if (other.node?.nodeId !== nodeId || other.connectionId === connectionId) continue;
      if (other.node.role === 'gateway' && other.node.instance !== instance) continue;
      if (other.node.instance !== instance) {
        this.#options.log.warn('a newer instance of a node replaces an older one', {
          nodeId,
          name: other.node.name,
        });
      }
      other.close(linkClose.replaced, 'replaced by a newer connection');
    }
  }

  #forget(connection: LinkConnection): void {
    this.#connections.delete(connection);
    const { node } = connection;
    if (node === undefined) return;
    const { nodes, listeners, log } = this.#options;
    log.info('node gone', { nodeId: node.nodeId, role: node.role, name: node.name });
    listeners[node.role].onGone(connection, node);
    this.#run('a node could not be marked as gone', nodes.disconnected(connection.connectionId));
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const connection of [...this.#connections]) connection.beat(nowMs, Date.now());
    const welcomed = [...this.#connections]
      .filter(one => one.node !== undefined)
      .map(one => one.connectionId);
    this.#run('nodes could not be marked as seen', this.#options.nodes.seen(welcomed));
  }

  #run(failure: string, work: Promise<void>): void {
    const done = work
      .catch(error => this.#options.log.error(failure, { error: errorText(error) }))
      .finally(() => this.#work.delete(done));
    this.#work.add(done);
  }
}

function checkHello(hello: Hello): { role: NodeRole; name: string; version: string; instance: string } {
  const { role, name, version, instance } = hello;
  if (role !== 'gateway' && role !== 'agent') throw new LinkRefusal('role must be gateway or agent');
  return {
    role,
    name: checkText('name', name, nameCharsMax),
    version: checkText('version', version, versionCharsMax),
    instance: checkText('instance', instance, instanceCharsMax),
  };
}

function checkText(field: string, text: string | null | undefined, charsMax: number): string {
  if (!text) throw new LinkRefusal(`${field} is missing`);
  if (text.length > charsMax)
    throw new LinkRefusal(`${field} of ${text.length} characters is over the limit of ${charsMax}`);
  return text;
}
