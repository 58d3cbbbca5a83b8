/** A gateway in front of VNC servers, and the two kinds of viewers before it. */
import type { Page } from 'playwright-core';
import { openBrowser } from '../e2e/browser.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { NativeViewer } from './native-viewer.ts';
import { NovncClient, serveNovnc } from './novnc-client.ts';
import { handshakeRfb } from './rfb-viewer.ts';
import { openStream, type StreamClient } from './stream-client.ts';
import { startXvfb, type Xvfb } from './vnc-servers.ts';
import { WebSocketBridge } from './websocket-bridge.ts';

export interface CompatServer {
  readonly port: number;
  /** The gateway's answer to VncAuth. */
  readonly password?: string;
}

export interface OpenedViewer extends AsyncDisposable {
  readonly viewer: NativeViewer;
  readonly bridge: WebSocketBridge;
}

const token = 'a-token-of-some-length';

export class CompatStage implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #gatewayPort: number;
  readonly #ids: ReadonlyMap<string, string>;
  /** The tab in which noVNC runs. */
  readonly page: Page;
  /** The display of the native viewer. */
  readonly xvfb: Xvfb;

  private constructor(
    stack: AsyncDisposableStack,
    gatewayPort: number,
    ids: ReadonlyMap<string, string>,
    page: Page,
    xvfb: Xvfb,
  ) {
    this.#stack = stack;
    this.#gatewayPort = gatewayPort;
    this.#ids = ids;
    this.page = page;
    this.xvfb = xvfb;
  }

  /** Starts a gateway with a session for every server, by name. */
  static async start(servers: Readonly<Record<string, CompatServer>>): Promise<CompatStage> {
    const stack = new AsyncDisposableStack();
    try {
      const ids = new Map(Object.keys(servers).map(name => [name, crypto.randomUUID()]));
      const sessions = Object.entries(servers).map(([name, { port, password }]) => ({
        ...{ id: ids.get(name), token, protocol: 'rfb', access: 'full', upstream: `tcp://127.0.0.1:${port}` },
        ...(password === undefined ? {} : { upstream_password: password }),
      }));
      const gateway = stack.use(await startGatewayProcess({ sessions }));
      const xvfb = stack.use(await startXvfb(1400, 1000));
      const { origin } = stack.use(await serveNovnc());
      const { page } = stack.use(await openBrowser(origin));
      await page.goto(origin);
      return new CompatStage(stack, gateway.port, ids, page, xvfb);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  /** Opens the desktop of a server in noVNC. */
  openNovnc(
    name: string,
    options: { readonly resizeSession?: boolean; readonly page?: Page } = {},
  ): Promise<NovncClient> {
    const { page = this.page, ...rest } = options;
    return NovncClient.connect(page, {
      port: this.#gatewayPort,
      sessionId: this.#idOf(name),
      token,
      ...rest,
    });
  }

  /** A second tab with noVNC in it, closed with the stage. */
  async openTab(): Promise<Page> {
    const page = await this.page.context().newPage();
    await page.goto(this.page.url());
    return page;
  }

  /** Opens the desktop of a server in TigerVNC's viewer. */
  async openNative(name: string, parameters: readonly string[] = []): Promise<OpenedViewer> {
    const address = { port: this.#gatewayPort, sessionId: this.#idOf(name), token };
    const bridge = await WebSocketBridge.start(address);
    try {
      const viewer = await NativeViewer.start({ port: bridge.port, xvfb: this.xvfb, parameters });
      return {
        viewer,
        bridge,
        [Symbol.asyncDispose]: async () => {
          await viewer[Symbol.asyncDispose]();
          await bridge[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      await bridge[Symbol.asyncDispose]();
      throw new Error(`the viewer did not open; the gateway said: ${bridge.reasons.join(', ')}`, {
        cause: error,
      });
    }
  }

  /** Opens the stream of a server as a viewer that asks for no extension at all. */
  async openPlain(name: string): Promise<StreamClient> {
    const stream = await openStream({ port: this.#gatewayPort, sessionId: this.#idOf(name), token });
    await handshakeRfb(stream);
    return stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #idOf(name: string): string {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`no server is called ${name}`);
    return id;
  }
}
