/**
 * A listening socket that outlives the processes that serve it. The gateway's parent opens one for each worker, all on
 * one port (SO_REUSEPORT: the kernel spreads connections over them), and keeps it open; the worker inherits it. A
 * connection that waits in its queue while the worker restarts, or dies, is served by the next one.
 */
import { dlopen } from 'bun:ffi';
import { closeSync, fstatSync } from 'node:fs';
import { StartError } from '../../config/command-line.ts';
import { listenProblem } from '../edge/endpoint.ts';

export interface ListeningSocket {
  readonly host: string;
  readonly port: number;
  readonly fd: number;
  /** Connections that wait to be accepted are refused when no process has the socket any more. */
  close(): void;
}

/** Bun tells the descriptor of a listener, its types do not. */
type BunListener = Bun.TCPSocketListener<undefined> & { readonly fd: number };

/**
 * Binds and listens, for processes that share the port with each other.
 * @param port 0: any free one
 * @throws StartError when the address can't be listened on
 */
export function openListeningSocket(host: string, port: number): ListeningSocket {
  try {
    const address = { hostname: host, port, reusePort: true };
    const listener = Bun.listen<undefined>({ ...address, socket: { data() {} } }) as BunListener;
    // Bun would accept from this one: a copy of its descriptor keeps the socket, and nobody here looks at it. All in
    // one turn of the event loop, so that no connection is accepted in between.
    const fd = duplicate(listener.fd);
    const bound = listener.port;
    listener.stop(true);
    let open = true;
    return {
      host,
      port: bound,
      fd,
      close() {
        if (open) closeSync(fd);
        open = false;
      },
    };
  } catch (error) {
    throw new StartError(`can not listen on ${host}:${port}: ${listenProblem(error)}`);
  }
}

/**
 * Sockets that share a port do not notice a stranger of the same user who shares it too, such as a second gateway.
 * @throws StartError when anybody listens on the port
 */
export function refuseSharedPort(host: string, port: number): void {
  if (port === 0) return;
  try {
    Bun.listen<undefined>({ hostname: host, port, socket: { data() {} } }).stop(true);
  } catch (error) {
    throw new StartError(`can not listen on ${host}:${port}: ${listenProblem(error)}`);
  }
}

const libcNames = process.platform === 'darwin' ? ['libSystem.B.dylib'] : ['libc.so.6', 'libc.so'];

let libc: { dup(fd: number): number } | undefined;

/** Neither Bun nor Node.js can copy a descriptor. @throws Error */
export function duplicate(fd: number): number {
  libc ??= openLibc();
  const copy = libc.dup(fd);
  if (copy < 0) throw new Error(`descriptor ${fd} could not be copied: are there too many?`);
  if (!fstatSync(copy).isSocket()) throw new Error(`descriptor ${fd} is no socket`);
  return copy;
}

function openLibc(): { dup(fd: number): number } {
  for (const name of libcNames) {
    try {
      const { symbols } = dlopen(name, { dup: { args: ['i32'], returns: 'i32' } });
      return { dup: descriptor => symbols.dup(descriptor) };
    } catch {
      // The next name.
    }
  }
  throw new Error(`several workers need the C library, and there is none of ${libcNames.join(', ')}`);
}
