/** A gateway in front of VNC servers, and the two kinds of viewers before it. */
import { afterAll, beforeAll } from 'bun:test';
import type { Page } from 'playwright-core';
import { openBrowser } from '../e2e/browser.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { NativeViewer } from './native-viewer.ts';
import { NovncClient, serveNovnc } from './novnc-client.ts';
import { needs } from './requirements.ts';
import { handshakeRfb } from './rfb-viewer.ts';
import { openStream, type StreamClient } from './stream-client.ts';
import { startXvfb, type Xvfb } from './vnc-servers.ts';
import { waitFor } from './wait-for.ts';
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

/** What may differ in a channel of a picture of 256 colours: there are 4 blues. */
export const fewColoursTolerance = 48;

/**
 * Registers the set-up of a test file: what `open` puts on the stack is closed after the tests, the last first.
 * @returns whether the machine has what such tests need.
 */
export function setUpServers(open: (stack: AsyncDisposableStack) => Promise<void>): boolean {
  const isPossible = needs('vnc-servers', 'desktop', 'chromium');
  const stack = new AsyncDisposableStack();
  beforeAll(async () => {
    if (isPossible) await open(stack);
  }, 60_000);
  afterAll(() => stack.disposeAsync());
  return isPossible;
}

const token = 'a-token-of-some-length';

/** The session of a server from which no clipboard may come. */
function guardedName(name: string): string {
  return `${name}, guarded`;
}

export class CompatStage implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #gateway: GatewayProcess;
  readonly #ids: ReadonlyMap<string, string>;
  /** The tab in which noVNC runs. */
  readonly page: Page;
  /** The display of the native viewer. */
  readonly xvfb: Xvfb;

  private constructor(
    stack: AsyncDisposableStack,
    gateway: GatewayProcess,
    ids: ReadonlyMap<string, string>,
    page: Page,
    xvfb: Xvfb,
  ) {
    this.#stack = stack;
    this.#gateway = gateway;
    this.#ids = ids;
    this.page = page;
    this.xvfb = xvfb;
  }

  /** Starts a gateway with two sessions for every server: one that allows everything, and a guarded one. */
  static async start(servers: Readonly<Record<string, CompatServer>>): Promise<CompatStage> {
    const stack = new AsyncDisposableStack();
    try {
      const ids = new Map<string, string>();
      const sessions = Object.entries(servers).flatMap(([name, { port, password }]) => {
        const address = { protocol: 'rfb', access: 'full', upstream: `tcp://127.0.0.1:${port}` };
        const common = {
          token,
          ...address,
          ...(password === undefined ? {} : { upstream_password: password }),
        };
        const [id, guarded] = [crypto.randomUUID(), crypto.randomUUID()];
        ids.set(name, id).set(guardedName(name), guarded);
        return [
          { id, ...common },
          { id: guarded, ...common, settings: { allow_kasm_clipboard_down: false } },
        ];
      });
      const { origin } = stack.use(await serveNovnc());
      const http = { origins: { allow: [origin] } };
      const gateway = stack.use(await startGatewayProcess({ sessions, http }));
      const xvfb = stack.use(await startXvfb(1400, 1000));
      const { page } = stack.use(await openBrowser(origin));
      await page.goto(origin);
      return new CompatStage(stack, gateway, ids, page, xvfb);
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
      port: this.#gateway.port,
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

  /** As `openNative`, but no clipboard of the desktop may come through: see `catches`. */
  openGuarded(name: string, parameters: readonly string[]): Promise<OpenedViewer> {
    return this.openNative(guardedName(name), parameters);
  }

  /**
   * Copies something on the desktop while a guarded viewer is open, until the gateway has stopped it. So it still knows
   * where messages begin and end after all that the viewer was sent.
   */
  async catches(copy: () => Promise<unknown>): Promise<void> {
    const before = await this.#stoppedCopies();
    await waitFor('the gateway to stop the clipboard', async () => {
      await copy();
      return (await this.#stoppedCopies()) > before;
    });
  }

  async #stoppedCopies(): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.#gateway.metricsPort}/metrics`)).text();
    const samples = metrics.matchAll(/^sluice_policy_drops_total\{(.*)\} (\d+)$/gm);
    return [...samples]
      .filter(([, labels = '']) => labels.includes('"clipboard"') && labels.includes('"down"'))
      .reduce((sum, [, , count]) => sum + Number(count), 0);
  }

  /** Opens the desktop of a server in TigerVNC's viewer. */
  async openNative(name: string, parameters: readonly string[] = []): Promise<OpenedViewer> {
    const address = { port: this.#gateway.port, sessionId: this.#idOf(name), token };
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
    const stream = await openStream({ port: this.#gateway.port, sessionId: this.#idOf(name), token });
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
