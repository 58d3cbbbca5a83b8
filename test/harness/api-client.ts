/** A whole control on either kind of PostgreSQL, and a client that speaks its API as a program would. */
import { createLog } from '../../config/log.ts';
import { type PostgresKind, startTestPostgres } from './postgres.ts';
import { startTestControl, type TestControl } from './test-control.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What a test reads of an answer depends on the call, so it looks values up by path. */
  at(...path: (string | number)[]): unknown;
}

/** Keeps the rule for passwords. */
export const goodPassword = 'Correct-Horse-9';

export class ApiClient implements AsyncDisposable {
  readonly control: TestControl;
  /** Of the first users, by name. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The whole debug log so far. */
  readonly logLines: readonly string[];
  /** Bearer tokens of the first users, got by logging in. */
  admin = '';
  user = '';
  readonly #parts: AsyncDisposableStack;

  private constructor(
    control: TestControl,
    passwords: Record<string, string>,
    logLines: string[],
    parts: AsyncDisposableStack,
  ) {
    this.control = control;
    this.passwords = passwords;
    this.logLines = logLines;
    this.#parts = parts;
  }

  static async start(kind: PostgresKind): Promise<ApiClient> {
    await using stack = new AsyncDisposableStack();
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const log = createLog({ program: 'control', level: 'debug', write, now: Date.now });
    let database: { url: string } | undefined;
    if (kind === 'server') {
      const address = await stack.use(await startTestPostgres('server')).createDatabase();
      if (address.kind === 'url') database = { url: address.url.reveal() };
    }
    const control = stack.use(await startTestControl(database, log));
    const file = `${control.context.config.data_dir}/first-start-passwords.json`;
    const passwords = (await Bun.file(file).json()) as Record<string, string>;
    const client = new ApiClient(control, passwords, lines, stack.move());
    client.admin = await client.logIn('admin@kasm.local', passwords['admin@kasm.local'] ?? '');
    client.user = await client.logIn('user@kasm.local', passwords['user@kasm.local'] ?? '');
    return client;
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.control.url + path, { method: 'POST', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body: unknown = isJson ? JSON.parse(text) : text;
    const at = (...keys: (string | number)[]): unknown =>
      keys.reduce<unknown>(
        (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
        body,
      );
    return { status: response.status, headers: response.headers, at };
  }

  /** Makes the call `/api/public/<name>`. */
  async call(
    name: string,
    body: object,
    token?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const authorization: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` };
    const init = { body: JSON.stringify(body), headers: { ...authorization, ...headers } };
    return this.send(`/api/public/${name}`, init);
  }

  /** @returns the token. @throws Error when the login is refused. */
  async logIn(username: string, password: string): Promise<string> {
    const answer = await this.call('login', { username, password });
    if (answer.status !== 200) throw new Error(`login refused: ${answer.at('error_message')}`);
    return answer.at('token') as string;
  }

  /** A user with `goodPassword`, logged in. */
  async addUser(): Promise<{ userId: string; username: string; token: string }> {
    const username = `user-${crypto.randomUUID()}`;
    const target_user = { username, password: goodPassword };
    const made = await this.call('create_user', { target_user }, this.admin);
    const token = await this.logIn(username, goodPassword);
    return { username, userId: made.at('user', 'user_id') as string, token };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
