/** The operator's listener, on an address of its own: /metrics (Prometheus text) and /healthz (JSON). */
import { StartError } from '../../config/command-line.ts';
import { errorText } from '../../config/log.ts';

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  readonly streams: number;
  /** The link to control; `none` in a standalone gateway. */
  readonly link: 'up' | 'down' | 'none';
  readonly uptime_s: number;
  /** Where several processes serve: those that do. */
  readonly workers?: number;
}

export interface MetricsListener extends AsyncDisposable {
  readonly port: number;
}

export interface MetricsOptions {
  readonly host: string;
  readonly port: number;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly health: () => Health;
}

/** @throws StartError when the address can't be listened on. */
export function startMetricsListener(options: MetricsOptions): MetricsListener {
  const { host, port } = options;
  try {
    const server = Bun.serve({ hostname: host, port, fetch: request => answer(request, options) });
    return {
      port: server.port ?? port,
      [Symbol.asyncDispose]: () => server.stop(true),
    };
  } catch (error) {
    throw new StartError(`metrics can not listen on ${host}:${port}: ${errorText(error)}`);
  }
}

async function answer(request: Request, options: MetricsOptions): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 });
  const path = new URL(request.url).pathname;
  if (path === '/metrics') {
    return new Response(await options.metrics(), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
  }
  // 200 also when degraded: whoever restarts a gateway because control is away ends streams that could go on.
  if (path === '/healthz') return Response.json(options.health());
  return new Response(null, { status: 404 });
}
