/** One request on the HTTP side, with what only the front door knows about it. */
import type { ForwardedClient } from '../../config/forwarded.ts';

export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  /** The client's: as the gateway itself saw it, or as a trusted proxy told it. */
  readonly address: string;
  /** What a trusted proxy says that the client asked for; its host stands in `url` too. */
  readonly forwarded: Pick<ForwardedClient, 'host' | 'protocol'>;
  /** To be put around a body that is streamed: lifts the idle limit of the connection until the body ends. */
  readonly watch: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
}
