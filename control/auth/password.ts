/** Password hashes: argon2id with OWASP's parameters (19 MiB, 2 passes, about 70 ms). */
const argon2id = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;

/** Verifications at once: each takes 19 MiB and a core, so a flood of logins waits outside. */
const verificationsMax = 16;

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, argon2id);
}

/** Checks passwords, as slowly for a user who does not exist as for one who does. */
export class PasswordChecker {
  /** Of a password nobody has, made at the first need. */
  #dummyHash: Promise<string> | undefined;
  #running = 0;

  /** @returns 'busy' when too many checks run already. */
  async check(password: string, hash: string | undefined): Promise<'right' | 'wrong' | 'busy'> {
    if (this.#running >= verificationsMax) return 'busy';
    this.#running++;
    try {
      this.#dummyHash ??= hashPassword(crypto.randomUUID());
      const matches = await Bun.password.verify(password, hash ?? (await this.#dummyHash));
      return matches && hash !== undefined ? 'right' : 'wrong';
    } finally {
      this.#running--;
    }
  }
}
