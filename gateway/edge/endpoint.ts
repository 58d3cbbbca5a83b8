/** Where the front door listens: an address to bind, or a socket that listens already and is shared with others. */
export interface Endpoint {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A listening socket for `host` and `port` that this process has from its parent. */
  readonly fd?: number | undefined;
  /** Further sockets for the same address: of processes that are no more. */
  readonly furtherFds?: readonly number[] | undefined;
}

interface ListenTarget {
  readonly hostname: string;
  readonly port: number;
}

/**
 * What `Bun.listen` is to listen on. Bun takes over the descriptor `fd` and closes it when the listener stops; the
 * socket itself goes on listening as long as another process has it. Bun's types do not know the option.
 */
export function listenTarget({ host, port, fd }: Endpoint): ListenTarget {
  if (fd === undefined) return { hostname: host, port };
  return { fd } as unknown as ListenTarget;
}

/** Why an address could not be listened on, in an operator's words. */
export function listenProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'ports below 1024 need more rights';
  return error instanceof Error ? error.message : String(error);
}
