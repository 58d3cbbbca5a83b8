/**
 * Requests between our own programs go direct. Bun's `fetch` sends every request to the proxy of HTTP_PROXY, also
 * one to loopback, and would hand it the users' cookies; it reads NO_PROXY afresh for each request.
 */
export function connectDirectly(hostname: string): void {
  if (connectsAllDirectly()) return;
  const present = (process.env.NO_PROXY ?? process.env.no_proxy ?? '').split(',');
  const hosts = present.map(host => host.trim()).filter(host => host !== '');
  if (hosts.includes(hostname)) return;
  const value = [...hosts, hostname].join(',');
  process.env.NO_PROXY = value;
  process.env.no_proxy = value;
}

/** As `connectDirectly`, for every host: a gateway dials control and desktops only, and none of them by way of a proxy. */
export function connectAllDirectly(): void {
  if (connectsAllDirectly()) return;
  process.env.NO_PROXY = '*';
  process.env.no_proxy = '*';
}

const connectsAllDirectly = (): boolean => process.env.NO_PROXY === '*';
