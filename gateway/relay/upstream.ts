/** Dials a desktop: TCP, TLS or a Unix socket, and the WebSocket handshake where the address asks for one. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'bun';
import { limits } from '../../config/limits.ts';
import { errorText } from '../../config/log.ts';
import type { Secret } from '../../config/secret.ts';
import { type ResponseHead, ResponseHeadParser } from '../http/response-head.ts';
import {
  checkUpgradeResponse,
  encodeUpgradeKey,
  encodeUpgradeRequest,
} from '../websocket/upstream-handshake.ts';
import type { CloseReasonName } from './close-reason.ts';
import type { DialCall } from './dial-call.ts';
import { Transport, transportHandlers } from './transport.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/** The desktop could not be reached, or would not have us. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly reason: CloseReasonName;
  /** Whether another address of the same name may do better. */
  readonly elsewhere: boolean;

  /** @param elsewhere default: of `upstream_refused` alone. */
  constructor(reason: CloseReasonName, message: string, elsewhere = reason === 'upstream_refused') {
    super(message);
    this.reason = reason;
    this.elsewhere = elsewhere;
  }
}

export interface UpstreamDial {
  /** Of the grant; nothing else is ever dialled. */
  readonly address: UpstreamAddress;
  readonly authorization: Secret | undefined;
  readonly tlsVerify: boolean;
  /** PEM; undefined: the authorities the system trusts. */
  readonly tlsCa: string | undefined;
}

/**
 * @param call can give the dial up.
 * @param timeMs for the connection, TLS included; its WebSocket handshake has a time of its own.
 * @returns the connection, its WebSocket handshake done, nobody attached to it.
 * @throws UpstreamError
 */
export async function dialUpstream(
  dial: UpstreamDial,
  call: DialCall,
  timeMs: number = limits.upstreamDialTimeMs,
): Promise<Transport> {
  if (call.givenUp) throw givenUp();
  const { address } = dial;
  const transport = await within(connect(address, dial), timeMs, call, true);
  if (!address.framed) return transport;
  const upgrading = upgrade(transport, address, dial.authorization);
  await within(upgrading, limits.upstreamHandshakeTimeMs, call, false);
  return transport;
}

const givenUp = (): UpstreamError => new UpstreamError('upstream_refused', 'the dial was given up', false);

/** A part of a dial that somebody waits for. */
interface DialStep<T> {
  readonly promise: Promise<T>;
  /** Ends it with an error, unless it is done. */
  readonly fail: (error: UpstreamError) => void;
}

/** Waits for a step, which fails when it takes too long (then perhaps not `elsewhere`) or is no longer wanted. */
async function within<T>(
  { promise, fail }: DialStep<T>,
  ms: number,
  call: DialCall,
  elsewhere: boolean,
): Promise<T> {
  const timer = setTimeout(() => {
    fail(new UpstreamError('upstream_timeout', `the desktop did not answer within ${ms} ms`, elsewhere));
  }, ms);
  call.listen(() => fail(givenUp()));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    call.listen(undefined);
  }
}

/** A dialled transport, and who waits for it to be ready. */
class DialledTransport extends Transport {
  #waiting: DialWaiting | undefined;

  constructor(socket: Socket<Transport>, waiting: DialWaiting) {
    super(socket);
    this.#waiting = waiting;
  }

  /** Undefined once the dial has come to its end: nothing of it is kept as long as the connection. */
  get waiting(): DialWaiting | undefined {
    return this.#waiting;
  }

  ready(): void {
    this.#waiting?.resolve(this);
    this.#waiting = undefined;
  }

  fail(error: UpstreamError): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** `socket.data` until the connection is there, then its transport is. */
interface DialWaiting {
  readonly tls: boolean;
  readonly tlsVerify: boolean;
  readonly resolve: (transport: Transport) => void;
  readonly reject: (error: UpstreamError) => void;
  /** On this machine, whose kernel tells of every end. */
  readonly near: boolean;
  opened: Transport | undefined;
  cancelled: boolean;
}

/** The same functions for every dial: closures would live as long as their connection. */
const dialHandlers = {
  ...transportHandlers,
  open(socket: Socket<Transport>): void {
    const waiting = socket.data as unknown as DialWaiting;
    const opened = new DialledTransport(socket, waiting);
    waiting.opened = socket.data = opened;
    // Without Nagle's delay it comes from the runtime.
    if (!waiting.near) socket.setKeepAlive(true, keepAliveDelayMs);
    if (waiting.cancelled) socket.terminate();
    else if (!waiting.tls) opened.ready();
  },
  handshake(socket: Socket<Transport>, trusted: boolean, error: Error | null): void {
    const opened = socket.data as DialledTransport;
    const problem = checkHandshake(socket, trusted, error, opened.waiting?.tlsVerify ?? true);
    if (problem === undefined) {
      opened.ready();
      return;
    }
    opened.fail(problem);
    socket.terminate();
  },
  close(socket: Socket<Transport>, error?: Error): void {
    if (!(socket.data instanceof DialledTransport)) return;
    // An error takes its stack along: not made where nobody waits for it.
    if (socket.data.waiting !== undefined) {
      socket.data.fail(
        new UpstreamError('upstream_refused', 'the desktop closed the connection during its handshake'),
      );
    }
    transportHandlers.close(socket, error);
  },
  /** The promise of `Bun.connect` tells. */
  connectError(): void {},
};

/** Connects, and for TLS completes its handshake with the certificate checked. */
function connect(address: UpstreamAddress, dial: UpstreamDial): DialStep<Transport> {
  const { promise, resolve, reject } = Promise.withResolvers<Transport>();
  const { tlsVerify } = dial;
  const waiting: DialWaiting = {
    tls: address.tls,
    tlsVerify,
    near: isNear(address),
    resolve,
    reject,
    opened: undefined,
    cancelled: false,
  };
  const tls = {
    rejectUnauthorized: tlsVerify,
    serverName: address.hostname,
    ...(dial.tlsCa === undefined ? {} : { ca: dial.tlsCa }),
  };
  // The socket's data is a transport from `open` on, before anything else is called.
  const data = waiting as unknown as Transport;
  const options = { ...(address.tls ? { tls } : {}), data, socket: dialHandlers };
  const { endpoint } = address;
  const connected =
    'socket' in endpoint
      ? Bun.connect<Transport>({ unix: endpoint.socket, ...options })
      : Bun.connect<Transport>({ hostname: endpoint.host, port: endpoint.port, ...options });
  connected.catch(error => {
    reject(new UpstreamError('upstream_refused', `the desktop can not be reached: ${describe(error)}`));
  });
  return {
    promise,
    fail: error => {
      reject(error);
      waiting.cancelled = true;
      waiting.opened?.terminate();
    },
  };
}

const keepAliveDelayMs = 30_000;

const isNear = ({ endpoint }: UpstreamAddress): boolean =>
  'socket' in endpoint || endpoint.host.startsWith('127.') || endpoint.host === '::1';

/** `trusted` is false both for a certificate that does not verify and for a peer that speaks no TLS. */
function checkHandshake(
  socket: Socket<Transport>,
  trusted: boolean,
  error: Error | null,
  verify: boolean,
): UpstreamError | undefined {
  if (trusted) return undefined;
  const cause = error === null ? '' : `: ${error.message}`;
  if (Object.keys(socket.getPeerCertificate() ?? {}).length === 0) {
    return new UpstreamError('upstream_refused', `the TLS handshake with the desktop failed${cause}`);
  }
  if (!verify) return undefined;
  return new UpstreamError('upstream_certificate', `the certificate of the desktop was not accepted${cause}`);
}

/** The WebSocket handshake. What the upstream sent behind its answer stays in the transport. */
function upgrade(
  transport: Transport,
  address: UpstreamAddress,
  authorization: Secret | undefined,
): DialStep<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const parser = new ResponseHeadParser(limits);
  const key = encodeUpgradeKey(randomBytes(16));
  const refuse = (error: UpstreamError): void => {
    transport.detach();
    transport.terminate();
    reject(error);
  };
  transport.attach({
    data(chunk) {
      const step = parser.push(chunk);
      if (step.kind === 'need' && beginsLikeHttp(parser.received)) return;
      const problem = step.kind === 'head' ? checkAnswer(step, key) : notHttp;
      if (problem !== undefined) {
        refuse(problem);
        return;
      }
      transport.detach();
      if (step.kind === 'head') transport.unread(parser.received.subarray(step.headBytes));
      resolve();
    },
    drain() {},
    close() {
      reject(new UpstreamError('upstream_refused', 'the desktop closed the connection during its handshake'));
    },
  });
  const request = encodeUpgradeRequest({ url: address.url, key, authorization: authorization?.reveal() });
  if (transport.write(request) !== request.length) {
    refuse(new UpstreamError('upstream_refused', 'the desktop does not read its handshake'));
  }
  return { promise, fail: refuse };
}

const notHttp = new UpstreamError(
  'upstream_websocket',
  'the desktop answered no HTTP where a WebSocket was expected',
);

/** So that a server of another protocol, which greets and then waits, is told apart at once. */
function beginsLikeHttp(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.subarray(0, 7)).toString('latin1');
  return 'HTTP/1.'.startsWith(text);
}

function checkAnswer(head: ResponseHead, key: string): UpstreamError | undefined {
  const answer = checkUpgradeResponse(head, key);
  if (answer.kind === 'open') return undefined;
  if (answer.kind === 'broken') return new UpstreamError('upstream_websocket', answer.message);
  const reason =
    answer.status === 401 || answer.status === 403 ? 'upstream_authentication' : 'upstream_refused';
  return new UpstreamError(reason, `the desktop answered the handshake with HTTP status ${answer.status}`);
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '' ? errorText(error) : code;
}
