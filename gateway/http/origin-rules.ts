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

export type Scheme = 'http' | 'https';

const originCharsMax = 512;

export class OriginRules {
  readonly config: OriginsConfig;
  readonly #untold: readonly Scheme[];
  readonly #exact: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  /** @param plainHttp whether the front door listens without TLS: then it is for its proxies to say who has it. */
  constructor(config: OriginsConfig, plainHttp = false) {
    this.config = config;
    this.#untold = plainHttp ? ['https', 'http'] : ['https'];
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
   * @param scheme by which it reached a trusted proxy; undefined: it came directly, or the proxy does not say.
   */
  judge(
    origin: string | null | undefined,
    hosts: readonly (string | null | undefined)[],
    scheme?: Scheme,
  ): OriginVerdict {
    if (origin === undefined || origin === null) return 'absent';
    if (origin.length > originCharsMax) return 'foreign';
    const text = origin.toLowerCase();
    const schemes = scheme === undefined ? this.#untold : [scheme];
    if (hosts.some(host => host && schemes.some(each => text === ownOrigin(each, host)))) return 'own';
    const isListed = this.#exact.has(text) || this.#patterns.some(pattern => pattern.test(text));
    return isListed ? 'listed' : 'foreign';
  }

  /** Whether a client with this verdict may open a stream. */
  mayOpenStream(verdict: OriginVerdict): boolean {
    return verdict === 'own' || verdict === 'listed' || (verdict === 'absent' && !this.config.require);
  }
}

function ownOrigin(scheme: Scheme, host: string): string {
  return `${scheme}://${host.toLowerCase().replace(scheme === 'https' ? /:443$/ : /:80$/, '')}`;
}

/** The star stands for one label: dots are not in it. */
function toPattern(origin: string): RegExp {
  const escaped = origin.replace(/[.]/g, '\\.').replace('*', '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?');
  return new RegExp(`^${escaped}$`);
}
