/**
 * Requests between our own programs go direct. Bun's `fetch` sends every request to the proxy of HTTP_PROXY, also
 * one to loopback, and would hand it the users' cookies; it reads NO_PROXY afresh for each request.
 */
export function connectDirectly(hostname: string): void {
  const present = (process.env.NO_PROXY ?? process.env.no_proxy ?? '').split(',');
  const hosts = present.map(host => host.trim()).filter(host => host !== '');
  if (hosts.includes(hostname)) return;
  const value = [...hosts, hostname].join(',');
  process.env.NO_PROXY = value;
  process.env.no_proxy = value;
}
