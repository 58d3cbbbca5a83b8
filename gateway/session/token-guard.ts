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

  async authorise(request: AuthorisationRequest): Promise<Authorisation> {
    const waitMs = this.#rates.tokenWaitMs(request.address);
    if (waitMs > 0) return { refusal: 'too_many_tokens', retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) };
    const answer = await this.#directory.authorise(request);
    if ('refusal' in answer && guesses.has(answer.refusal)) this.#rates.wrongToken(request.address);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
