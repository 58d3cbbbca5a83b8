/** Password hashes: argon2id with OWASP's parameters (19 MiB, 2 passes, about 70 ms). */
const argon2id = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;

/** Verifications at once: each takes 19 MiB and a core. */
const runningMax = 4;
/** Logins that wait for their turn; at 70 ms each the last one waits about a second. */
const waitingMax = 64;

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, argon2id);
}

/** Checks passwords, as slowly for a user who does not exist as for one who does. */
export class PasswordChecker {
  /** Of a password nobody has, made at the first need. */
  #dummyHash: Promise<string> | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @returns 'busy' when too many wait already: a flood of logins stays outside. */
  async check(password: string, hash: string | undefined): Promise<'right' | 'wrong' | 'busy'> {
    if (this.#waiting.length >= waitingMax) return 'busy';
    if (this.#running >= runningMax) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#running++;
    try {
      this.#dummyHash ??= hashPassword(crypto.randomUUID());
      const matches = await Bun.password.verify(password, hash ?? (await this.#dummyHash));
      return matches && hash !== undefined ? 'right' : 'wrong';
    } finally {
      // The turn goes to the next in line, or back.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
