/** Says what the bearer of a session's token may have of the desktop's own pages, and which policy holds for it. */
import { hash } from 'node:crypto';
import { limits } from '../../config/limits.ts';
import type { PolicyDocument } from '../../config/policy.ts';
import type { DesktopServer } from '../http/desktop-fetch.ts';
import type { AuthorisePages, DesktopAccess } from '../http/desktop-pages.ts';
import type { SideDoors } from '../http/desktop-path.ts';
import type { ExplainPolicy } from '../http/http-side.ts';
import { UpstreamError } from '../relay/upstream.ts';
import { parseUpstreamAddress, type UpstreamAddress } from '../relay/upstream-address.ts';
import type { UpstreamGuard } from '../relay/upstream-guard.ts';
import type { Decisions } from './decision-log.ts';
import { type Authorisation, type SessionDirectory, type StreamGrant, toldRefusal } from './grant.ts';
import { explainPolicy } from './policy-explanation.ts';

export interface DesktopDeskParts {
  readonly directory: SessionDirectory;
  readonly decisions: Decisions;
  /** Which addresses may be asked, whatever a grant says. */
  readonly upstreams: UpstreamGuard;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Asked {
  readonly answer: Authorisation | Promise<Authorisation>;
  readonly untilMs: number;
}

export class DesktopDesk {
  readonly #parts: DesktopDeskParts;
  /** By the hash of session and token: a page asks for a hundred files at once. */
  readonly #asked = new Map<string, Asked>();

  constructor(parts: DesktopDeskParts) {
    this.#parts = parts;
  }

  readonly authorisePages: AuthorisePages = async request => {
    const { sessionId, token } = request;
    const key = hash('sha256', `${sessionId} ${token}`, 'base64');
    const answer = await this.#ask(key, () =>
      this.#parts.directory.authorise({ ...request, channel: 'pages' }),
    );
    if ('refusal' in answer) return { refusal: toldRefusal(answer) };
    try {
      return { access: await this.#accessOf(answer.grant) };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { refusal: { status: 502, message: error.message } };
    }
  };

  /** Asks anew each time: an explanation is of what holds now. */
  readonly explainPolicy: ExplainPolicy = async request => {
    const answer = await this.#parts.directory.authorise({ ...request, channel: 'policy' });
    if ('refusal' in answer) return { refusal: toldRefusal(answer) };
    return { explanation: explainPolicy(answer.grant, await this.#parts.decisions.of(request.sessionId)) };
  };

  #ask(key: string, ask: () => Asked['answer']): Asked['answer'] {
    const nowMs = this.#parts.now();
    for (const [old, { untilMs }] of this.#asked) {
      if (untilMs > nowMs) break;
      this.#asked.delete(old);
    }
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked.answer;
    const answer = ask();
    this.#asked.set(key, { answer, untilMs: nowMs + limits.desktopGrantReuseMs });
    return answer;
  }

  /** @throws UpstreamError */
  async #accessOf(grant: StreamGrant): Promise<DesktopAccess> {
    const [address] = await this.#parts.upstreams.check(parseUpstreamAddress(grant.upstream));
    return {
      server: grant.protocol === 'kasmvnc' ? desktopServerOf(grant, address) : undefined,
      isOpen: grant.policy.settings.allow_kasmvnc_web_client !== false,
      doors: sideDoorsOf(grant.policy),
      refused: reason =>
        this.#parts.decisions.add(grant.sessionId, {
          type: 'web_client',
          direction: 'up',
          verdict: 'drop',
          reason,
        }),
    };
  }
}

/**
 * @param address the grant's, checked.
 * @returns undefined for an upstream that is reached by other means than HTTP.
 */
export function desktopServerOf(grant: StreamGrant, address: UpstreamAddress): DesktopServer | undefined {
  if (!address.framed) return undefined;
  const { upstreamAuthorization: authorization, tlsVerify, tlsCa } = grant;
  const { endpoint } = address;
  const isSocket = 'socket' in endpoint;
  const host = isSocket ? 'localhost' : `${bracketed(endpoint.host)}:${endpoint.port}`;
  const name = isSocket ? 'localhost' : `${bracketed(address.hostname)}:${endpoint.port}`;
  const folder = address.url.pathname.replace(/\/[^/]*$/, '');
  return {
    base: `${address.tls ? 'https' : 'http'}://${host}${folder}`,
    host: name,
    socket: isSocket ? endpoint.socket : undefined,
    authorization,
    tlsVerify,
    tlsCa,
  };
}

/** Side doors open for those only who have the whole session, and only where a setting says so. */
export function sideDoorsOf({ access, settings }: PolicyDocument): SideDoors {
  const isWhole = access === 'full' && settings.view_only !== true;
  return {
    downloads: isWhole && settings.allow_kasm_downloads === true,
    api: isWhole && settings.allow_kasmvnc_api === true,
  };
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
