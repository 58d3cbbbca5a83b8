/** Control, agent and gateway as users run them: three processes with their YAML files, each to be killed and started. */
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { findFreePort } from './ports.ts';
import { bunPath, type StartedProcess, startProcess } from './processes.ts';
import { openStream, type StreamClient, type StreamClientOptions } from './stream-client.ts';
import { makeTempFolder, type TempFolder } from './temp-folder.ts';
import { waitFor } from './wait-for.ts';

export type ProgramName = 'control' | 'agent' | 'gateway';

export interface StackOptions {
  /** postgres://…; without one control runs its embedded server. */
  readonly databaseUrl?: string;
  /** redis://… */
  readonly cacheUrl?: string;
  /** False: the test links an agent of its own. */
  readonly agent?: boolean;
  /** Further keys of control's and the gateway's files. */
  readonly control?: Readonly<Record<string, unknown>>;
  readonly gateway?: Readonly<Record<string, unknown>>;
}

export interface StackSession {
  readonly sessionId: string;
  /** Its stream token. */
  readonly token: string;
}

export type StackAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export const stackUsers = { admin: 'admin@kasm.local', user: 'user@kasm.local' } as const;

export const stackEnrolmentToken = 'an-enrolment-token-for-the-stack';

/** Programs and a database start, perhaps on a busy machine. */
export const stackStartTimeMs = 90_000;
const desktopStartTimeMs = 40_000;

/** What a program says when it can be used. */
const readyLines = {
  control: 'control listens',
  agent: 'link up',
  gateway: 'link up',
} as const satisfies Record<ProgramName, string>;

export class ProgramStack implements AsyncDisposable {
  readonly gatewayPort: number;
  readonly controlPort: number;
  readonly folder: TempFolder;
  passwords: Readonly<Record<string, string>> = {};
  /** What the programs printed in all their lives, the last last. */
  readonly runs: Record<ProgramName, StartedProcess[]> = { control: [], agent: [], gateway: [] };
  #login = '';

  private constructor(folder: TempFolder, gatewayPort: number, controlPort: number) {
    this.folder = folder;
    this.gatewayPort = gatewayPort;
    this.controlPort = controlPort;
  }

  static async start(options: StackOptions = {}): Promise<ProgramStack> {
    const folder = await makeTempFolder('stack');
    const stack = new ProgramStack(folder, await findFreePort(), await findFreePort());
    try {
      await stack.#writeFiles(options);
      for (const name of ['control', 'gateway'] as const) await stack.startProgram(name);
      if (options.agent !== false) await stack.startProgram('agent');
      stack.passwords = JSON.parse(await readFile(folder.file('passwords.json'), 'utf8'));
      await stack.logIn();
      if (options.agent === false) return stack;
      await waitFor('the agent to be known', async () => {
        const { body } = await stack.call('admin/get_agents', {});
        return (body.agents as readonly { runtime: string }[]).some(agent => agent.runtime === 'process');
      });
      return stack;
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** `https://127.0.0.1:PORT` */
  get url(): string {
    return `https://127.0.0.1:${this.gatewayPort}`;
  }

  get controlUrl(): string {
    return `http://127.0.0.1:${this.controlPort}`;
  }

  /** The one that runs, or ran last. */
  program(name: ProgramName): StartedProcess {
    const last = this.runs[name].at(-1);
    if (last === undefined) throw new Error(`${name} was never started`);
    return last;
  }

  /** @param file its configuration, for a second instance of it */
  async startProgram(name: ProgramName, file = `${name}.yaml`): Promise<void> {
    const main = new URL(`../../${name}/main.ts`, import.meta.url).pathname;
    const command = [bunPath, main, '--config', this.folder.file(file)];
    const started = await startProcess(command, { graceMs: 20_000 });
    this.runs[name].push(started);
    await started.printed(readyLines[name], stackStartTimeMs);
  }

  /** As a crash, or the system when memory is short. */
  async kill(name: ProgramName): Promise<void> {
    const program = this.program(name);
    program.kill('SIGKILL');
    await program.exited();
  }

  /** Log lines of all lives of a program, parsed. */
  logLines(name: ProgramName): Readonly<Record<string, unknown>>[] {
    return this.runs[name].flatMap(({ stdout }) =>
      stdout
        .split('\n')
        .filter(line => line.startsWith('{') && line.endsWith('}'))
        .map(line => JSON.parse(line) as Record<string, unknown>),
    );
  }

  /** Waits for the log line with this message whose fields match. */
  logged(
    name: ProgramName,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    timeMs = 10_000,
  ) {
    return waitFor(
      `${name} to log "${message}" with ${JSON.stringify(fields)}`,
      () =>
        this.logLines(name).findLast(
          line =>
            line.message === message && Object.entries(fields).every(([key, value]) => line[key] === value),
        ),
      timeMs,
    );
  }

  /**
   * A call of the API under `/api/`, as the administrator unless told otherwise; public/ is left out.
   * @param at another address than the gateway's
   */
  async call(name: string, body: object, token = this.#login, at = this.url): Promise<StackAnswer> {
    const path = name.includes('/') ? name : `public/${name}`;
    const response = await fetch(`${at}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      tls: { rejectUnauthorized: false },
      keepalive: false,
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
  }

  async logIn(): Promise<void> {
    const credentials = { username: stackUsers.admin, password: this.passwords[stackUsers.admin] };
    const { body } = await this.call('login', credentials, '');
    this.#login = String(body.token);
  }

  /** Launches the catalogue's first desktop and waits until it runs. */
  async launch(): Promise<StackSession> {
    const { body: listed } = await this.call('get_images', {});
    const images = listed.images as readonly { image_id: string; name: string }[];
    const imageId = images.find(({ name }) => name === 'sluice/desktop:1')?.image_id;
    const { status, body } = await this.call('request_kasm', { image_id: imageId });
    if (status !== 200) throw new Error(`the launch was answered ${status}: ${body.error_message}`);
    const sessionId = String(body.kasm_id);
    await this.inStatus(sessionId, 'running');
    return { sessionId, token: String(body.session_token) };
  }

  async inStatus(sessionId: string, status: string): Promise<void> {
    await waitFor(
      `session ${sessionId} to be ${status}`,
      async () => (await this.statusOf(sessionId)) === status,
      desktopStartTimeMs,
    );
  }

  /** Its operational status; what the API says instead when there is no such session any more. */
  async statusOf(sessionId: string): Promise<string> {
    const { status, body } = await this.call('get_kasm_status', { kasm_id: sessionId });
    return status === 200 ? String(body.operational_status) : String(body.error_message ?? status);
  }

  open(session: StackSession, options: Partial<StreamClientOptions> = {}): Promise<StreamClient> {
    return openStream({ port: this.gatewayPort, ...session, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The gateway first: it asks nobody. The agent before control: it tells what ended.
    for (const name of ['gateway', 'agent', 'control'] as const) {
      for (const run of this.runs[name]) await run[Symbol.asyncDispose]();
    }
    await this.folder[Symbol.asyncDispose]();
  }

  async #writeFiles({
    databaseUrl,
    cacheUrl,
    control: ownControl = {},
    gateway = {},
  }: StackOptions): Promise<void> {
    const { folder, controlPort } = this;
    const enrolment_token_file = folder.file('enrolment-token');
    await writeFile(enrolment_token_file, `${stackEnrolmentToken}\n`, { mode: 0o600 });
    const control = { url: `http://127.0.0.1:${controlPort}`, enrolment_token_file };
    const log = { level: 'debug' };
    const files = {
      control: {
        listen: { host: '127.0.0.1', port: controlPort },
        data_dir: folder.file('control'),
        enrolment_token_file,
        first_start: { passwords_file: folder.file('passwords.json') },
        ...(databaseUrl === undefined ? {} : { database: { url: databaseUrl } }),
        ...(cacheUrl === undefined ? {} : { cache: { url: cacheUrl } }),
        log,
        ...ownControl,
      },
      agent: {
        control,
        data_dir: folder.file('agent'),
        runtime: 'process',
        process: { install: false },
        // Far more than the host has: tests start more desktops than a small machine should.
        capacity: { cores: 64, memory_bytes: 64 * 1024 ** 3 },
        log,
      },
      gateway: {
        listen: { host: '127.0.0.1', port: this.gatewayPort },
        metrics: { host: '127.0.0.1', port: 0 },
        data_dir: folder.file('gateway'),
        control,
        log,
        ...gateway,
      },
    };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(folder.file(`${name}.yaml`), stringify(content));
    }
  }
}
