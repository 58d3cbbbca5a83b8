/** A worker's session directory: its parent process knows who may open what. */
import { errorText, type Log } from '../../config/log.ts';
import type { Decided, Decision, Decisions } from '../session/decision-log.ts';
import type { Authorisation, AuthorisationRequest, SessionDirectory } from '../session/grant.ts';
import { decodeGrant } from './grant-text.ts';
import type { ParentLink } from './parent-link.ts';

export class RemoteDirectory implements SessionDirectory {
  /** Its parent tells how the link to control is. */
  readonly link = 'none';
  readonly #parent: ParentLink;
  readonly #log: Log;

  constructor(parent: ParentLink, log: Log) {
    this.#parent = parent;
    this.#log = log;
  }

  async authorise(request: AuthorisationRequest): Promise<Authorisation> {
    const { connectionId } = request;
    const release = (): void => {
      if (connectionId !== undefined) this.#parent.post({ kind: 'unopened', connectionId });
    };
    try {
      const message = await this.#parent.ask({ kind: 'authorise', request });
      if (message.kind !== 'authorised') throw new Error(`the parent answered with ${message.kind}`);
      const { answer } = message;
      return 'grant' in answer ? { grant: decodeGrant(answer.grant), release } : answer;
    } catch (error) {
      const { sessionId } = request;
      // It may answer yet, to nobody.
      release();
      this.#log.error('the parent process was not asked', { sessionId, error: errorText(error) });
      return { refusal: 'control_unreachable' };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The last decisions on a session's streams are kept by the parent: they may run in several workers. */
export class RemoteDecisions implements Decisions {
  readonly #parent: ParentLink;

  constructor(parent: ParentLink) {
    this.#parent = parent;
  }

  /** The parent hears of every event anyhow. */
  heard(): void {}

  add(sessionId: string, decided: Decided): void {
    this.#parent.post({ kind: 'decided', sessionId, decided });
  }

  async of(sessionId: string): Promise<readonly Decision[]> {
    const message = await this.#parent.ask({ kind: 'decisionsOf', sessionId });
    return message.kind === 'decisions' ? message.decisions : [];
  }
}
