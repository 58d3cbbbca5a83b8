/** Where a load goes, from its command line. Pure. */

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly serverName: string | undefined;
  readonly tls: boolean;
  /** One for each URL, with its token. */
  readonly paths: readonly string[];
}

/**
 * @param tokens one for all URLs, or one for each in their order; none where the URLs bring their own
 * @returns undefined without URLs
 * @throws for URLs of several hosts, and tokens that do not match the URLs in number
 */
export function parseLoadTargets(urls: readonly string[], tokens: readonly string[]): LoadTarget | undefined {
  if (urls.length === 0) {
    if (tokens.length > 0) throw new Error('--token needs a --url');
    return undefined;
  }
  if (tokens.length > 1 && tokens.length !== urls.length) {
    throw new Error(`${tokens.length} tokens for ${urls.length} URLs: give one for all, or one for each`);
  }
  const parsed = urls.map((text, index) => parseUrl(text, tokens[index] ?? tokens[0]));
  const [first] = parsed;
  const other = parsed.find(url => url.host !== first!.host || url.protocol !== first!.protocol);
  if (other !== undefined)
    throw new Error(`one load goes to one host, not to ${first!.host} and ${other.host}`);
  const tls = first!.protocol === 'https:';
  return {
    host: first!.hostname.replace(/^\[|\]$/g, ''),
    port: Number(first!.port || (tls ? 443 : 80)),
    serverName: first!.hostname,
    tls,
    paths: parsed.map(({ pathname, search }) => `${pathname}${search}`),
  };
}

function parseUrl(text: string, token: string | undefined): URL {
  const url = URL.canParse(text) ? new URL(text.replace(/^ws/, 'http')) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`"${text}" is not an address with https, wss, http or ws`);
  }
  if (token !== undefined) url.searchParams.set('token', token);
  // What is played are a KasmVNC client's messages.
  url.searchParams.set('client', 'kasmvnc');
  return url;
}
