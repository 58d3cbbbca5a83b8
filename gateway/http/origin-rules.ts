/**
 * Which pages may use the gateway from a browser: those of its own origin, and those of listed ones. The same rules
 * hold for CORS and for WebSocket upgrades, where a browser sends cookies along whatever page it is on.
 */
import type { OriginsConfig } from '../../config/gateway-http.ts';

/**
 * - `own`: the page came from this front door.
 * - `listed`: from an origin of the list.
 * - `absent`: the client named none, so it is no browser page.
 * - `foreign`: anything else, `null` included.
 */
export type OriginVerdict = 'own' | 'listed' | 'absent' | 'foreign';

const originCharsMax = 512;

export class OriginRules {
  readonly config: OriginsConfig;
  readonly #exact: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  constructor(config: OriginsConfig) {
    this.config = config;
    this.#exact = new Set(config.allow.filter(origin => !origin.includes('*')));
    this.#patterns = config.allow.filter(origin => origin.includes('*')).map(toPattern);
  }

  /** Whether any other origin is listed: answers then differ by origin. */
  get hasListed(): boolean {
    return this.config.allow.length > 0;
  }

  /**
   * @param origin the header's value as sent; several of them, joined, are foreign.
   * @param hosts under which the client reached us: `Host`, and what a trusted proxy says of it.
   */
  judge(origin: string | null | undefined, hosts: readonly (string | null | undefined)[]): OriginVerdict {
    if (origin === undefined || origin === null) return 'absent';
    if (origin.length > originCharsMax) return 'foreign';
    const text = origin.toLowerCase();
    if (hosts.some(host => host && text === ownOrigin(host))) return 'own';
    const isListed = this.#exact.has(text) || this.#patterns.some(pattern => pattern.test(text));
    return isListed ? 'listed' : 'foreign';
  }

  /** Whether a client with this verdict may open a stream. */
  mayOpenStream(verdict: OriginVerdict): boolean {
    return verdict === 'own' || verdict === 'listed' || (verdict === 'absent' && !this.config.require);
  }
}

/** The front door speaks TLS only, so a page over plain http is another origin. */
function ownOrigin(host: string): string {
  return `https://${host.toLowerCase().replace(/:443$/, '')}`;
}

/** The star stands for one label: dots are not in it. */
function toPattern(origin: string): RegExp {
  const escaped = origin.replace(/[.]/g, '\\.').replace('*', '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?');
  return new RegExp(`^${escaped}$`);
}
