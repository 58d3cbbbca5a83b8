import { type AddressInfo, createServer } from 'node:net';

/**
 * A loopback port that was free a moment ago, for programs that cannot be asked to listen on port 0.
 * Prefer port 0 wherever the program tells which port it got.
 */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}
