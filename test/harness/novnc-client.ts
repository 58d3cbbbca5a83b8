/** noVNC in a real browser, connected to a stream of a gateway. */
import type { Page } from 'playwright-core';
import type {} from './novnc-client-page.ts';
import type { Picture } from './vnc-servers-screen.ts';
import { waitFor } from './wait-for.ts';

export interface NovncOptions {
  /** The gateway's port on 127.0.0.1. */
  readonly port: number;
  readonly sessionId: string;
  readonly token: string;
  /** Ask the desktop to take the size of the browser's window. */
  readonly resizeSession?: boolean;
}

const pageFile = new URL('novnc-client-page.ts', import.meta.url).pathname;
const html =
  '<!doctype html><meta charset="utf-8"><style>body { margin: 0 }</style><body><script type="module" src="/novnc.js"></script>';

export interface NovncServer extends AsyncDisposable {
  /** Where the page with noVNC in it is, such as `http://127.0.0.1:4711`. */
  readonly origin: string;
}

/** Serves a page with noVNC in it. */
export async function serveNovnc(): Promise<NovncServer> {
  const built = await Bun.build({ entrypoints: [pageFile], target: 'browser', format: 'esm' });
  const script = await built.outputs[0]?.text();
  if (script === undefined) throw new Error('noVNC could not be bundled');
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/': new Response(html, { headers: { 'Content-Type': 'text/html' } }),
      '/novnc.js': new Response(script, { headers: { 'Content-Type': 'text/javascript' } }),
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

export class NovncClient implements AsyncDisposable {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Connects, in a tab that shows the page of `serveNovnc`, and waits until there is something to see. */
  static async connect(page: Page, options: NovncOptions): Promise<NovncClient> {
    const { port, sessionId, token, resizeSession = false } = options;
    const address = `wss://127.0.0.1:${port}/desktop/${sessionId}/vnc/websockify?token=${token}`;
    // The script waits for the browser's codecs, and the page's load event does not wait for that.
    await page.waitForFunction(() => window.novnc !== undefined);
    await page.evaluate(([to, resize]) => window.novnc.open(to, { resizeSession: resize }), [
      address,
      resizeSession,
    ] as const);
    const client = new NovncClient(page);
    await waitFor('noVNC to connect and show something', async () => {
      const { state } = await client.report();
      if (state === 'disconnected') throw new Error('noVNC was disconnected');
      return state === 'connected' && (await client.#showsSomething());
    });
    return client;
  }

  report(): Promise<Window['novnc']['report']> {
    return this.#page.evaluate(() => window.novnc.report);
  }

  /** What the canvas shows. */
  async picture(): Promise<Picture> {
    const { width, height, base64 } = await this.#page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      if (!canvas || !image) return { width: 0, height: 0, base64: '' };
      let binary = '';
      for (let at = 0; at < image.data.length; at += 8192) {
        binary += String.fromCharCode(...image.data.subarray(at, at + 8192));
      }
      return { width: canvas.width, height: canvas.height, base64: btoa(binary) };
    });
    const bytes = Buffer.from(base64, 'base64');
    // Red comes first in the canvas, alpha last.
    const pixels = Uint32Array.from({ length: width * height }, (_, index) => bytes.readUIntBE(4 * index, 3));
    return { width, height, pixels };
  }

  /** The picture's size on the screen and in the desktop, which are the same here. */
  async size(): Promise<{ readonly width: number; readonly height: number }> {
    return this.#page.evaluate(() => {
      const { width = 0, height = 0 } = document.querySelector('canvas') ?? {};
      return { width, height };
    });
  }

  /** Clicks that place of the desktop, which also gives it the keyboard. */
  async click(x: number, y: number): Promise<void> {
    await this.#page.locator('canvas').click({ position: { x, y } });
  }

  /** A key as playwright names it. */
  async key(name: string): Promise<void> {
    await this.#page.keyboard.press(name);
  }

  /** As a page does when its user pastes. */
  async paste(text: string): Promise<void> {
    await this.#page.evaluate(pasted => window.novnc.rfb?.clipboardPasteFrom(pasted), text);
  }

  /** Waits until this text came from the desktop. */
  async copied(text: string): Promise<void> {
    await waitFor(`"${text}" on the browser's clipboard`, async () => {
      const { clipboard } = await this.report();
      if (clipboard !== text) throw new Error(`it holds ${JSON.stringify(clipboard)}`);
      return true;
    });
  }

  #showsSomething(): Promise<boolean> {
    return this.#page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      return image?.data.some((value, index) => index % 4 !== 3 && value !== 0) ?? false;
    });
  }

  /** Disconnects and waits until the gateway agreed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.evaluate(() => window.novnc.rfb?.disconnect());
    await waitFor('noVNC to be disconnected', async () => (await this.report()).state === 'disconnected');
  }
}
