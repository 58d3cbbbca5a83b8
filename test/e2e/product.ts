/** The whole product as a user starts it: `npm start` without npm, in a folder of its own, on any free port. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StartedProcess, startProcess } from '../harness/processes.ts';
import { findProgram } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';

export interface Product extends AsyncDisposable {
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  /** Generated at the first start, by user name, as printed to the terminal. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Ends one program by SIGKILL, as a crash would; the supervisor starts it again. */
  crash(program: 'control' | 'agent' | 'gateway'): Promise<void>;
  /** A signal to the gateway, or to the parent of its workers. */
  signalGateway(signal: NodeJS.Signals): Promise<void>;
  /** Changes the gateway's configuration, which the supervisor writes at its own start, and starts the gateway anew. */
  configureGateway(change: (text: string) => string): Promise<void>;
  /** Lines of the gateway's log so far. */
  gatewayLog(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>;
  /** A call of the developer API as the administrator. @throws Error with what the API answered */
  administer(call: string, body: object): Promise<Record<string, unknown>>;
  /** Ctrl-C, as a user does it. @returns the exit code of the start command */
  stop(): Promise<number>;
}

export type ProductRuntime =
  | { readonly kind: 'process' }
  | { readonly kind: 'docker'; readonly socket: string };

export const administrator = 'admin@kasm.local';
export const ordinaryUser = 'user@kasm.local';

const root = join(import.meta.dir, '..', '..');
const startTimeMs = 90_000;

export async function startProduct(runtime: ProductRuntime): Promise<Product> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.use(await makeTempFolder('e2e'));
    const command = [findProgram('node') ?? 'node', join(root, 'supervisor', 'start.mjs'), '--port', '0'];
    command.push('--host', '127.0.0.1', '--data-dir', folder.file('data'), '--runtime', runtime.kind);
    if (runtime.kind === 'docker') command.push('--docker-socket', runtime.socket);
    const program = stack.use(await startProcess(command, { graceMs: 30_000 }));
    const [, address = ''] = await program.printed(/Sluice is running: (https:\S+?)\/?\n/, startTimeMs);
    await program.printed('Ctrl-C stops it');
    const passwords = readPasswords(program);
    return new RunningProduct({ address, passwords, program, dataFolder: folder.file('data'), stack });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function readPasswords(program: StartedProcess): Map<string, string> {
  const lines = program.stdout.matchAll(/^ {2}(\S+@kasm\.local) {2}(\S+)$/gm);
  return new Map([...lines].map(([, name = '', password = '']) => [name, password]));
}

interface ProductParts {
  readonly address: string;
  readonly passwords: ReadonlyMap<string, string>;
  readonly program: StartedProcess;
  readonly dataFolder: string;
  readonly stack: AsyncDisposableStack;
}

class RunningProduct implements Product {
  readonly address: string;
  readonly passwords: ReadonlyMap<string, string>;
  readonly #program: StartedProcess;
  readonly #dataFolder: string;
  readonly #stack: AsyncDisposableStack;
  #token: string | undefined;

  constructor(parts: ProductParts) {
    this.address = parts.address;
    this.passwords = parts.passwords;
    this.#program = parts.program;
    this.#dataFolder = parts.dataFolder;
    this.#stack = parts.stack;
  }

  async crash(program: 'control' | 'agent' | 'gateway'): Promise<void> {
    process.kill(await this.#processOf(program), 'SIGKILL');
  }

  async signalGateway(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.#processOf('gateway'), signal);
  }

  async configureGateway(change: (text: string) => string): Promise<void> {
    const file = join(this.#dataFolder, 'config', 'gateway.yaml');
    const before = await readFile(file, 'utf8');
    const text = change(before);
    if (text === before) throw new Error(`nothing to change in ${before}`);
    await writeFile(file, text);
    const started = async (): Promise<number> =>
      (await this.gatewayLog()).filter(line => line.message === 'gateway listens').length;
    const startedBefore = await started();
    await this.crash('gateway');
    await waitFor(
      'the gateway with its new configuration',
      async () => (await started()) > startedBefore,
      30_000,
    );
  }

  async gatewayLog(): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> {
    const text = await readFile(join(this.#dataFolder, 'log', 'gateway.log'), 'utf8');
    const lines = text.split('\n').filter(line => line.startsWith('{') && line.endsWith('}'));
    return lines.map(line => JSON.parse(line) as Record<string, unknown>);
  }

  async #processOf(program: 'control' | 'agent' | 'gateway'): Promise<number> {
    const text = await readFile(join(this.#dataFolder, 'run', `${program}.pid`), 'utf8');
    const pid = Number.parseInt(text, 10);
    if (!(pid > 1)) throw new Error(`no process number in ${JSON.stringify(text)}`);
    return pid;
  }

  async administer(call: string, body: object): Promise<Record<string, unknown>> {
    this.#token ??= await this.#login();
    return this.#call(call, body, { authorization: `Bearer ${this.#token}` });
  }

  async stop(): Promise<number> {
    this.#program.kill('SIGINT');
    return this.#program.exited(30_000);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  async #login(): Promise<string> {
    const password = this.passwords.get(administrator);
    const answer = await this.#call('login', { username: administrator, password }, {});
    return String(answer.token);
  }

  async #call(call: string, body: object, headers: Record<string, string>): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.address}/api/public/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      tls: { rejectUnauthorized: false },
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${call} was answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
