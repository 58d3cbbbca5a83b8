/**
 * Client certificates for chosen paths. The handshake only asks for one; whether it is needed and good enough is
 * judged for each request, when its path is known, so that a refusal is an answer that a person can read.
 */
import type { Socket } from 'bun';
import type { Counter } from '../audit/metric.ts';

export type CertificateRefusal = 'missing' | 'expired' | 'revoked' | 'untrusted';

export type ShownCertificate =
  | { readonly kind: 'none' }
  /** Signed by one of the authorities when the session began, and not on their list of revoked ones. */
  | {
      readonly kind: 'verified';
      readonly subject: string;
      readonly notAfterMs: number;
      /** DER. */
      readonly certificate: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: Exclude<CertificateRefusal, 'missing'> };

export interface ClientGateRules {
  readonly mode: 'required' | 'optional';
  /** Each begins with a slash; `/api/` covers /api and all below it, `/` everything. */
  readonly paths: readonly string[];
}

const subjectCharsMax = 256;
const decodingsMax = 4;

const messages: Readonly<Record<CertificateRefusal, string>> = {
  missing: 'this address needs a client certificate, and none was shown',
  expired: 'the client certificate has expired or is not valid yet',
  revoked: 'the client certificate has been revoked',
  untrusted: 'the client certificate is not signed by an authority this gateway trusts',
};

export class ClientGate {
  readonly #refusals: Counter;
  readonly #mode: ClientGateRules['mode'];
  readonly #folders: readonly string[];
  readonly #now: () => number;

  constructor(rules: ClientGateRules, refusals: Counter, now: () => number) {
    this.#refusals = refusals;
    this.#mode = rules.mode;
    this.#folders = rules.paths.map(path => path.toLowerCase().replace(/\/+$/, ''));
    this.#now = now;
  }

  /** Why a request is refused, with status 403; undefined when it may go on. @param path as the client spelt it. */
  judge(
    shown: ShownCertificate,
    path: string,
  ): { readonly status: 403; readonly message: string } | undefined {
    const reason = this.#reason(shown);
    if (reason === undefined || !this.#covers(path)) return undefined;
    this.#refusals.add(1, { reason });
    return { status: 403, message: messages[reason] };
  }

  #reason(shown: ShownCertificate): CertificateRefusal | undefined {
    if (shown.kind === 'refused') return shown.reason;
    if (shown.kind === 'none') return this.#mode === 'required' ? 'missing' : undefined;
    // A session may be resumed after its certificate's time.
    return this.#now() >= shown.notAfterMs ? 'expired' : undefined;
  }

  /** Every spelling of a covered path is covered, for the programs behind us may read it in another way than we do. */
  #covers(path: string): boolean {
    return spellings(path).some(spelling =>
      this.#folders.some(folder => spelling === folder || spelling.startsWith(`${folder}/`)),
    );
  }
}

/**
 * What a path may mean: decoded once or more, as UTF-8, with doubled slashes, with and without its dot segments. In lower
 * case by Unicode's rules, which is more than the HTTP side folds.
 */
function spellings(path: string): string[] {
  const found: string[] = [];
  let text = path;
  for (let round = 0; round < decodingsMax; round++) {
    const plain = text
      .toLowerCase()
      .replaceAll(/[/\\]+/g, '/')
      .replaceAll(/;[^/]*/g, '');
    found.push(plain, withoutDots(plain));
    const decoded = text.replaceAll(/(%[0-9A-Fa-f]{2})+/g, triplets =>
      Buffer.from(triplets.replaceAll('%', ''), 'hex').toString('utf8'),
    );
    if (decoded === text) break;
    text = decoded;
  }
  return found;
}

/** RFC 3986 section 5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** What the client of a finished handshake showed. Only for connections that were asked for a certificate. */
export function readShownCertificate(socket: Socket<unknown>): ShownCertificate {
  const certificate = socket.getPeerCertificate() as
    | {
        readonly subject?: Readonly<Record<string, string | readonly string[]>>;
        readonly valid_to?: string;
        readonly raw?: Uint8Array;
      }
    | undefined;
  if (certificate?.subject === undefined) return { kind: 'none' };
  const error = socket.getAuthorizationError() as (Error & { readonly code?: string }) | null;
  if (socket.authorized && !error) {
    const notAfterMs = Date.parse(certificate.valid_to ?? '');
    // A date that can't be read is a date that has passed.
    return {
      kind: 'verified',
      subject: subjectText(certificate.subject),
      notAfterMs: Number.isNaN(notAfterMs) ? 0 : notAfterMs,
      certificate: certificate.raw ?? new Uint8Array(0),
    };
  }
  return { kind: 'refused', reason: reasonOf(error?.code) };
}

function reasonOf(code: string | undefined): Exclude<CertificateRefusal, 'missing'> {
  if (code === 'CERT_REVOKED') return 'revoked';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired';
  return 'untrusted';
}

/** `CN=anna, O=Example`: what an authority wrote, made safe to stand in a log line. */
function subjectText(subject: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(subject)
    .map(([key, value]) => `${key}=${[value].flat().join('+')}`)
    .join(', ')
    .replaceAll(/[\p{C}]/gu, '?')
    .slice(0, subjectCharsMax);
}
