/** Dials a desktop: TCP, TLS or a Unix socket, and the WebSocket handshake where the address asks for one. */
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
import { createMaskKeys } from './mask-keys.ts';
import { type Receiver, Transport, transportHandlers } from './transport.ts';
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
  return await new Dialling(dial, call).begin(timeMs);
}

const givenUp = (): UpstreamError => new UpstreamError('upstream_refused', 'the dial was given up', false);

const closedInHandshake = (): UpstreamError =>
  new UpstreamError('upstream_refused', 'the desktop closed the connection during its handshake');

/**
 * A dial from its connection to the end of its last handshake. It is `socket.data` until the connection is there, then
 * its transport is.
 */
class Dialling implements Receiver {
  readonly tls: boolean;
  readonly tlsVerify: boolean;
  /** On this machine, whose kernel tells of every end. */
  readonly near: boolean;
  readonly #dial: UpstreamDial;
  readonly #call: DialCall;
  readonly #settle = Promise.withResolvers<Transport>();
  readonly #upgrade: Upgrade | undefined;
  #transport: DialledTransport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** @throws RangeError when the grant's authorization holds a line break. */
  constructor(dial: UpstreamDial, call: DialCall) {
    const { address, authorization, tlsVerify } = dial;
    this.tls = address.tls;
    this.tlsVerify = tlsVerify;
    this.near = isNear(address);
    this.#dial = dial;
    this.#call = call;
    this.#upgrade = address.framed ? new Upgrade(address, authorization) : undefined;
  }

  begin(timeMs: number): Promise<Transport> {
    const { address, tlsCa: ca } = this.#dial;
    const { endpoint } = address;
    const tls = this.tls && {
      rejectUnauthorized: this.tlsVerify,
      serverName: address.hostname,
      ...(ca === undefined ? {} : { ca }),
    };
    // The socket's data is a transport from `open` on, before anything else is called.
    const data = this as unknown as Transport;
    const connected =
      'socket' in endpoint
        ? Bun.connect<Transport>({ unix: endpoint.socket, tls, data, socket: dialHandlers })
        : Bun.connect<Transport>({
            hostname: endpoint.host,
            port: endpoint.port,
            tls,
            data,
            socket: dialHandlers,
          });
    connected.catch(error => {
      this.fail(new UpstreamError('upstream_refused', `the desktop can not be reached: ${describe(error)}`));
    });
    this.#giveItself(timeMs, true);
    this.#call.listen(() => this.fail(givenUp()));
    return this.#settle.promise;
  }

  /** There is a connection; over TLS its handshake comes next. */
  opened(transport: DialledTransport): void {
    this.#transport = transport;
    if (this.#over) transport.terminate();
    else if (!this.tls) this.connected(transport);
  }

  connected(transport: DialledTransport): void {
    if (this.#over) return;
    if (this.#upgrade === undefined) {
      this.#succeed(transport);
      return;
    }
    this.#giveItself(limits.upstreamHandshakeTimeMs, false);
    transport.attach(this);
    const { request } = this.#upgrade;
    if (transport.write(request) === request.length) return;
    this.fail(new UpstreamError('upstream_refused', 'the desktop does not read its handshake'));
  }

  /** Ends it, unless it is over. */
  fail(error: UpstreamError): void {
    if (this.#over) return;
    this.#end();
    this.#transport?.detach();
    this.#transport?.terminate();
    this.#settle.reject(error);
  }

  data(chunk: Uint8Array): void {
    const answer = this.#upgrade?.read(chunk);
    if (answer instanceof UpstreamError) this.fail(answer);
    else if (answer !== undefined) {
      const transport = this.#transport!;
      transport.detach();
      transport.unread(answer);
      this.#succeed(transport);
    }
  }

  drain(): void {}

  close(): void {
    if (!this.#over) this.fail(closedInHandshake());
  }

  #succeed(transport: Transport): void {
    this.#end();
    this.#settle.resolve(transport);
  }

  /** @param elsewhere whether another address of its name may be in time. */
  #giveItself(timeMs: number, elsewhere: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.fail(
        new UpstreamError('upstream_timeout', `the desktop did not answer within ${timeMs} ms`, elsewhere),
      );
    }, timeMs);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#call.listen(undefined);
    if (this.#transport !== undefined) this.#transport.dialling = undefined;
  }
}

class DialledTransport extends Transport {
  /** Undefined once that has come to its end: nothing of it is kept as long as the connection. */
  dialling: Dialling | undefined;

  constructor(socket: Socket<Transport>, dialling: Dialling) {
    super(socket);
    this.dialling = dialling;
  }
}

/** The same functions for every dial: closures would live as long as their connection. */
const dialHandlers = {
  ...transportHandlers,
  open(socket: Socket<Transport>): void {
    const dialling = socket.data as unknown as Dialling;
    const transport = new DialledTransport(socket, dialling);
    socket.data = transport;
    // Without Nagle's delay it comes from the runtime.
    if (!dialling.near) socket.setKeepAlive(true, keepAliveDelayMs);
    dialling.opened(transport);
  },
  handshake(socket: Socket<Transport>, trusted: boolean, error: Error | null): void {
    const transport = socket.data as DialledTransport;
    const { dialling } = transport;
    if (dialling === undefined) return;
    const problem = checkHandshake(socket, trusted, error, dialling.tlsVerify);
    if (problem === undefined) dialling.connected(transport);
    else dialling.fail(problem);
  },
  close(socket: Socket<Transport>, error?: Error): void {
    if (!(socket.data instanceof DialledTransport)) return;
    socket.data.dialling?.close();
    transportHandlers.close(socket, error);
  },
  /** The promise of `Bun.connect` tells. */
  connectError(): void {},
};

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

/** The WebSocket handshake. */
class Upgrade {
  readonly request: Uint8Array;
  readonly #key: string;
  readonly #parser = new ResponseHeadParser(limits);

  constructor({ url }: UpstreamAddress, authorization: Secret | undefined) {
    this.#key = freshKey();
    this.request = encodeUpgradeRequest({ url, key: this.#key, authorization: authorization?.reveal() });
  }

  /** @returns what the upstream sent behind its answer, or why that opens nothing; undefined: there is more to come. */
  read(chunk: Uint8Array): Uint8Array | UpstreamError | undefined {
    const parser = this.#parser;
    const step = parser.push(chunk);
    if (step.kind === 'need' && beginsLikeHttp(parser.received)) return undefined;
    if (step.kind !== 'head') return notHttp;
    return checkAnswer(step, this.#key) ?? parser.received.subarray(step.headBytes);
  }
}

const keyBytes = new Uint8Array(16);
const keyWords = new Uint32Array(keyBytes.buffer);
const randomWord = createMaskKeys();

function freshKey(): string {
  for (let index = 0; index < keyWords.length; index++) keyWords[index] = randomWord();
  return encodeUpgradeKey(keyBytes);
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
