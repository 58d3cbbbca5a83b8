/** Control's one HTTP listener: the app, and the link's WebSocket endpoint beside it. */
import { StartError } from '../../config/command-line.ts';
import { limits } from '../../config/limits.ts';
import { linkPath } from '../../config/link/link.ts';
import { errorText } from '../../config/log.ts';
import type { LinkAttachment, LinkServer } from '../link/link-server.ts';
import type { App } from './app.ts';

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** How long requests may go on after the end was asked for. */
const drainTimeMs = 3_000;

/** The longest the runtime takes. */
const idleTimeS = 255;

/** @throws StartError when the address can't be listened on. */
export function startListener(
  address: { readonly host: string; readonly port: number },
  app: App,
  link: Pick<LinkServer, 'upgrade' | 'webSocketHandlers'>,
): Listener {
  let server: Bun.Server<LinkAttachment>;
  try {
    server = Bun.serve<LinkAttachment>({
      hostname: address.host,
      port: address.port,
      maxRequestBodySize: limits.httpBodyBytesMax,
      // Counted through transfers, not only between them: a slow upload must not be cut.
      idleTimeout: idleTimeS,
      development: false,
      websocket: link.webSocketHandlers,
      fetch: (request, self) => {
        if (new URL(request.url).pathname === linkPath) return link.upgrade(request, self);
        return app.fetch(request, { peerAddress: self.requestIP(request)?.address ?? '' });
      },
    });
  } catch (error) {
    throw new StartError(`can't listen on ${address.host} port ${address.port}: ${errorText(error)}`);
  }
  return {
    port: server.port ?? address.port,
    async [Symbol.asyncDispose]() {
      const drained = server.stop(false);
      const late = new Promise<void>(resolve => {
        setTimeout(resolve, drainTimeMs).unref();
      });
      await Promise.race([drained, late]);
      await server.stop(true);
    },
  };
}
