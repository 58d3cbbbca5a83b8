/** One request on the HTTP side, with what only the front door knows about it. */
export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  /** The client's: as the gateway itself saw it, or as a trusted proxy told it. */
  readonly address: string;
  /** How the client came to the outermost trusted proxy, or to the gateway. */
  readonly protocol: 'http' | 'https';
  /** To be put around a body that is streamed: lifts the idle limit of the connection until the body ends. */
  readonly watch: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;
}
