/** The HTTP side on a port of its own, a stand-in for control behind it, and requests byte by byte. */
import { silentLog } from '../../config/log.ts';
import { type HttpSideOptions, startHttpSide } from '../../gateway/http/http-side.ts';

/** The address every connection is taken to come from, unless told otherwise. */
export const clientAddress = '203.0.113.9';

/** What one test started; `stop` ends all of it, the last first. */
export class HttpSideSetup {
  readonly #open: AsyncDisposable[] = [];

  /** @returns the base URL. */
  start(options: Partial<HttpSideOptions> = {}): string {
    const side = startHttpSide({
      clientAddressOf: () => clientAddress,
      events: { authorise: async () => ({ refusal: { status: 401, message: 'a token is needed' } }) },
      log: silentLog,
      ...options,
    });
    this.#open.push(side);
    return `http://${side.hostname}:${side.port}`;
  }

  /** A real HTTP server, as a reverse proxy needs one. @returns the base URL. */
  startControl(answer: (request: Request) => Response | Promise<Response>): string {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer });
    this.#open.push({ [Symbol.asyncDispose]: () => server.stop(true) });
    return `http://127.0.0.1:${server.port}`;
  }

  async stop(): Promise<void> {
    for (const each of this.#open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  }
}

/** Sends bytes as they are and collects the answer until the other side ends or `enough` says so. */
export async function exchangeBytes(
  base: string,
  request: string,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: Number(new URL(base).port),
    socket: {
      data(_, bytes) {
        text += bytes.toString('latin1');
        if (enough(text)) resolve(text);
      },
      close: () => resolve(text),
    },
  });
  socket.write(request);
  const answer = await promise;
  socket.terminate();
  return answer;
}

/** Control stand-in: answers with the request it got. */
export const tellRequest = async (request: Request): Promise<Response> =>
  Response.json({
    method: request.method,
    path: new URL(request.url).pathname + new URL(request.url).search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });

export interface ToldRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}
