/** A real redis-server for tests, that keeps nothing. */
import { Secret } from '../../config/secret.ts';
import { findFreePort } from './ports.ts';
import { type StartedProcess, startProcess } from './processes.ts';
import { findProgram } from './requirements.ts';

export interface TestRedis extends AsyncDisposable {
  readonly url: Secret;
  /** Ends it as a crash would. */
  crash(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const port = await findFreePort();
  let server = await startServer(port);
  return {
    url: new Secret(`redis://127.0.0.1:${port}`),
    async crash() {
      server.kill('SIGKILL');
      await server.exited();
    },
    async restart() {
      server = await startServer(port);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function startServer(port: number): Promise<StartedProcess> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed');
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const server = await startProcess([program, ...options], { cwd: '/' });
  await server.printed('Ready to accept connections');
  return server;
}
