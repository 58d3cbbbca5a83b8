/**
 * Stands in for control's end of the link, so that a test can refuse, revoke, go away and come back at will. It knows
 * sessions by their token and answers HTTP requests other than the link with a line of text.
 */
import { decodeFrame, encodeFrame, type Frame, linkPath } from '../../config/link/link.ts';
import { waitFor } from './wait-for.ts';

export const enrolmentToken = 'enrolment-token-of-the-test';
const credential = 'credential-given-by-control';

type LinkSocket = Bun.ServerWebSocket<undefined>;

export class LinkControl implements AsyncDisposable {
  #server: Bun.Server<undefined> | undefined;
  #port = 0;
  #socket: LinkSocket | undefined;
  /** Answers by token; anything else is a bad token. */
  readonly answers = new Map<string, NonNullable<Frame['authoriseReply']>>();
  /** Served at /large. */
  large = new Uint8Array(0);
  /** Serves pages; where it has none, the line of text is answered. */
  pages: (request: Request) => Response | undefined = () => undefined;
  /** Every frame that came but heartbeats. */
  readonly frames: Frame[] = [];
  /** Bearer tokens of the dials so far. */
  readonly bearers: string[] = [];

  static start(): LinkControl {
    const control = new LinkControl();
    control.listen();
    return control;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Listens (again) on the same port. */
  listen(): void {
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: this.#port,
      fetch: (request, server) => this.#answer(request, server),
      websocket: {
        open: socket => {
          this.#socket = socket;
        },
        close: socket => {
          if (this.#socket === socket) this.#socket = undefined;
        },
        message: (socket, message) => this.#take(socket, decodeFrame(message as Buffer)),
      },
    });
    this.#port = this.#server.port ?? 0;
  }

  /** Gone, as in a restart. */
  async stop(): Promise<void> {
    await this.#server?.stop(true);
    this.#server = undefined;
    this.#socket = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  push(frame: Frame): void {
    this.#socket?.sendBinary(encodeFrame(frame));
  }

  /** Waits for a frame that the gateway sent. */
  heard<Body extends keyof Frame>(body: Body): Promise<NonNullable<Frame[Body]>> {
    return waitFor(`a frame ${body}`, () => this.frames.find(frame => frame[body])?.[body]);
  }

  #answer(request: Request, server: Bun.Server<undefined>): Response | undefined {
    const { pathname } = new URL(request.url);
    if (pathname === '/large') return new Response(this.large);
    if (pathname !== linkPath) return this.pages(request) ?? new Response('a page of control\n');
    const bearer = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    this.bearers.push(bearer);
    if (bearer !== enrolmentToken && bearer !== credential) return new Response(null, { status: 401 });
    return server.upgrade(request) ? undefined : new Response(null, { status: 400 });
  }

  #take(socket: LinkSocket, frame: Frame): void {
    if (frame.heartbeat) return;
    this.frames.push(frame);
    const isNew = this.bearers.at(-1) === enrolmentToken;
    if (frame.hello) {
      const welcome = { nodeId: 'node-1', ...(isNew ? { credential } : {}) };
      socket.sendBinary(encodeFrame({ welcome }));
    }
    if (frame.authoriseRequest) {
      const answer = this.answers.get(frame.authoriseRequest.token ?? '') ?? { refusal: 'bad_token' };
      socket.sendBinary(encodeFrame({ replyTo: frame.id ?? 0, authoriseReply: answer }));
    }
  }
}
