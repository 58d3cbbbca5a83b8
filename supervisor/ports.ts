import { type AddressInfo, createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * The port the gateway will listen on: the wanted one if it is free, any free one for 0.
 * Checked before anything starts; the gateway itself shares its port among workers and would not notice a stranger's.
 * @throws StartError with the way out when the port or the address can't be had
 */
export async function findListenPort(host: string, port: number): Promise<number> {
  try {
    return await listenOnce(host, port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new StartError(
        `port ${port} is in use: end the program that listens on it, or choose another with --port N (0 for any free one)`,
      );
    }
    if (code === 'EACCES') {
      throw new StartError(`port ${port} may not be used by this user: choose one above 1023 with --port N`);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`can't listen on ${host} port ${port}: ${why}`);
  }
}

/** A free loopback port, for control. */
export function findLoopbackPort(): Promise<number> {
  return listenOnce('127.0.0.1', 0);
}

async function listenOnce(host: string, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  const got = (server.address() as AddressInfo).port;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return got;
}
