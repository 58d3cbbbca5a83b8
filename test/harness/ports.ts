import { createServer } from 'node:net';

/** Below the ports that Linux gives to outgoing connections (32768 and up): none of those takes one meanwhile. */
const portMin = 12_000;
const portMax = 32_000;
const triesMax = 100;

/**
 * A loopback port that was free a moment ago, for programs that cannot be asked to listen on port 0.
 * Prefer port 0 wherever the program tells which port it got.
 * @throws Error when none was free in many tries.
 */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin));
    if (await isFree(port, host)) return port;
  }
  throw new Error(`found no free port in ${triesMax} tries`);
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>(resolve => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });
  if (listens) await new Promise<void>(resolve => server.close(() => resolve()));
  return listens;
}
