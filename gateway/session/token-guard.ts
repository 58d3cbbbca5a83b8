/**
 * A session directory that is not asked for an address from which too many wrong tokens came. Tokens are too long to be
 * guessed; this keeps whoever tries from keeping control busy, and tells the operator.
 */
import type { Authorisation, AuthorisationRequest, Refusal, SessionDirectory } from './grant.ts';

/** How many wrong tokens an address may show: admission/rate-limits.ts. */
export interface TokenRates {
  /** 0: its tokens are looked at. */
  tokenWaitMs(address: string): number;
  wrongToken(address: string): void;
}

/** A guess, whether at the token or at the session. */
const guesses: ReadonlySet<Refusal> = new Set(['bad_token', 'unknown_session']);

export class TokenGuard implements SessionDirectory {
  readonly #directory: SessionDirectory;
  readonly #rates: TokenRates;

  /** @param directory stays its owner's to dispose of. */
  constructor(directory: SessionDirectory, rates: TokenRates) {
    this.#directory = directory;
    this.#rates = rates;
  }

  get link(): SessionDirectory['link'] {
    return this.#directory.link;
  }

  authorise(request: AuthorisationRequest): Authorisation | Promise<Authorisation> {
    const { address } = request;
    const waitMs = this.#rates.tokenWaitMs(address);
    if (waitMs > 0) return { refusal: 'too_many_tokens', retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) };
    const answer = this.#directory.authorise(request);
    if (answer instanceof Promise) return answer.then(found => this.#count(address, found));
    return this.#count(address, answer);
  }

  #count(address: string, answer: Authorisation): Authorisation {
    if ('refusal' in answer && guesses.has(answer.refusal)) this.#rates.wrongToken(address);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
