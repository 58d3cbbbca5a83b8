/** Password hashes, and who is checked first when many log in at once. */
import { TurnQueue } from './turn-queue.ts';

/** OWASP's parameters: 19 MiB, 2 passes, about 70 ms. */
const argon2id = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;

/** Verifications at once: each takes 19 MiB and a core. */
const runningMax = 4;
/**
 * Logins that wait for their turn, of each kind. A stranger is whoever asks from a place the account did not log in from
 * before; the others have places that no stranger can take.
 */
const waitingMax = { known: 64, stranger: 48 } as const;

/** Who logs in. */
export interface Asker {
  /** Whether the account logged in before from this device or address. */
  readonly isKnown: boolean;
  /** Who shares places with others of the same: the account of one that is known, the network of a stranger. */
  readonly party: string;
}

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(password, argon2id);
}

/** Checks passwords, as slowly for a user who does not exist as for one who does. */
export class PasswordChecker {
  /** Of a password nobody has, made at the first need. */
  #dummyHash: Promise<string> | undefined;
  #running = 0;
  readonly #known = new TurnQueue(waitingMax.known);
  readonly #strangers = new TurnQueue(waitingMax.stranger);
  /** Of two that wait, one of each kind, the one whose kind was not served last goes first. */
  #servesKnownNext = true;

  /** @returns 'busy' when too many wait already: a flood of logins stays outside. */
  async check(password: string, hash: string | undefined, asker: Asker): Promise<'right' | 'wrong' | 'busy'> {
    if (this.#running < runningMax) this.#running += 1;
    else if (!(await (asker.isKnown ? this.#known : this.#strangers).enter(asker.party))) return 'busy';
    try {
      this.#dummyHash ??= hashPassword(crypto.randomUUID());
      const dummyHash = await this.#dummyHash;
      const matches = await Bun.password.verify(password, hash ?? dummyHash);
      return matches && hash !== undefined ? 'right' : 'wrong';
    } finally {
      this.#passOn();
    }
  }

  /** The turn goes to who waits, by turns of known ones and strangers, or back. */
  #passOn(): void {
    const [first, second] = this.#servesKnownNext
      ? [this.#known, this.#strangers]
      : [this.#strangers, this.#known];
    if (first.next()) this.#servesKnownNext = !this.#servesKnownNext;
    else if (!second.next()) this.#running -= 1;
  }
}
