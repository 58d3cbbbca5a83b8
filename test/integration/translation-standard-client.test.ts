/**
 * Standard VNC viewers before a KasmVNC desktop, through a real gateway: noVNC in a browser, and TigerVNC's viewer. The
 * desktop is the stand-in of kasmvnc-server.ts and kasmvnc-session.ts, which close at what KasmVNC would not take.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type BrowserTab, openBrowser } from '../e2e/browser.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { KasmvncSession } from '../harness/kasmvnc-session.ts';
import { NativeViewer } from '../harness/native-viewer.ts';
import { NovncClient, type NovncServer, serveNovnc } from '../harness/novnc-client.ts';
import { needs } from '../harness/requirements.ts';
import { startXvfb, type Xvfb } from '../harness/vnc-servers.ts';
import { copyOn, pastedOn } from '../harness/vnc-servers-desktop.ts';
import { waitFor } from '../harness/wait-for.ts';
import { WebSocketBridge } from '../harness/websocket-bridge.ts';

const withViewers = needs('vnc-servers', 'desktop', 'chromium');
const token = 'a-token-of-some-length';
const sessionId = '11111111-1111-4111-8111-111111111111';
const [width, height] = [320, 240];
const blue = 0x204060;
const red = 0xc03010;
let server: KasmvncServer;
let gateway: GatewayProcess;
let page: NovncServer;

beforeAll(async () => {
  if (!withViewers) return;
  page = await serveNovnc();
  server = await KasmvncServer.start({ width, height });
  const upstream = `ws://127.0.0.1:${server.port}/websockify`;
  gateway = await startGatewayProcess({
    http: { origins: { allow: [page.origin] } },
    sessions: [{ id: sessionId, token, protocol: 'kasmvnc', access: 'full', upstream }],
  });
});

afterAll(async () => {
  await page?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** The desktop's side of the next viewer. */
async function nextSession(): Promise<KasmvncSession> {
  return new KasmvncSession(await server.desktop(server.desktops.length), width, height);
}

/** A real KasmVNC would have closed, or frozen its desktop. */
function expectNoOffence(session: KasmvncSession): void {
  expect(session.violation).toBeUndefined();
  expect(session.halfMessages).toBe(0);
}

const isAll = (pixels: Uint32Array, colour: number): boolean => pixels.every(pixel => pixel === colour);

describe.skipIf(!withViewers)('noVNC', () => {
  let browser: BrowserTab;

  beforeAll(async () => {
    browser = await openBrowser(page.origin);
    await browser.page.goto(page.origin);
  }, 60_000);

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  });

  async function open(): Promise<{ novnc: NovncClient; session: KasmvncSession }> {
    const session = nextSession();
    const novnc = await NovncClient.connect(browser.page, { port: gateway.port, sessionId, token });
    return { novnc, session: await session };
  }

  test('shows the desktop, without the watermark, and goes on after what only KasmVNC says', async () => {
    const { novnc, session } = await open();
    await using _ = novnc;
    await waitFor('the picture', async () => isAll((await novnc.picture()).pixels, blue));
    session.gossip();
    session.paint(red);
    await waitFor('the next picture', async () => isAll((await novnc.picture()).pixels, red));
    expect((await novnc.report()).state).toBe('connected');
    expectNoOffence(session);
  });

  test('points, presses every button, scrolls and types', async () => {
    const { novnc, session } = await open();
    await using _ = novnc;
    await novnc.click(50, 60);
    await waitFor('the click', () => session.pointer.some(seen => seen.mask === 1 && seen.x === 50));
    expect(session.pointer).toContainEqual({ mask: 1, x: 50, y: 60, scrollX: 0, scrollY: 0 });
    await browser.page.mouse.wheel(0, 120);
    await waitFor('the wheel', () => session.pointer.some(seen => seen.scrollY > 0));
    expect(session.pointer).toContainEqual({ mask: 0, x: 50, y: 60, scrollX: 0, scrollY: 50 });
    // As a browser tells of the button that goes forward, which noVNC sends only to servers that know it.
    await browser.page.evaluate(() => {
      const canvas = document.querySelector('canvas');
      const at = canvas?.getBoundingClientRect();
      const place = { clientX: (at?.left ?? 0) + 7, clientY: (at?.top ?? 0) + 8, bubbles: true };
      canvas?.dispatchEvent(new MouseEvent('mousedown', { ...place, button: 4, buttons: 16 }));
      canvas?.dispatchEvent(new MouseEvent('mouseup', { ...place, button: 4, buttons: 0 }));
    });
    await waitFor('the ninth button', () => session.pointer.some(seen => seen.mask === 0x100));
    await novnc.key('n');
    await waitFor('the key', () => session.keys.includes(0x6e));
    expectNoOffence(session);
  });

  test('shares the clipboard both ways, in any script', async () => {
    const { novnc, session } = await open();
    await using _ = novnc;
    session.copy({ 'text/plain': 'Grüße – 漢字\nzweite Zeile', 'text/html': '<i>Grüße</i>' });
    await novnc.copied('Grüße – 漢字\nzweite Zeile');
    await novnc.paste('из браузера, 5 €');
    await waitFor('the paste', () => session.clipboards.at(-1)?.get('text/plain') === 'из браузера, 5 €');
    session.copy({ 'text/plain': 'x'.repeat(200_000) });
    await novnc.copied('x'.repeat(200_000));
    expectNoOffence(session);
  });
});

describe.skipIf(!withViewers)("TigerVNC's viewer", () => {
  let xvfb: Xvfb;

  beforeAll(async () => {
    xvfb = await startXvfb(640, 480);
  });

  afterAll(async () => {
    await xvfb?.[Symbol.asyncDispose]();
  });

  async function open(): Promise<{ viewer: NativeViewer; bridge: WebSocketBridge; session: KasmvncSession }> {
    const session = nextSession();
    const bridge = await WebSocketBridge.start({ port: gateway.port, sessionId, token });
    const viewer = await NativeViewer.start({ port: bridge.port, xvfb });
    return { viewer, bridge, session: await session };
  }

  test('shows the desktop, clicks, types and shares the clipboard', async () => {
    const { viewer, bridge, session } = await open();
    await using _bridge = bridge;
    await using _viewer = viewer;
    await waitFor('the picture', async () => {
      const { pixels } = await viewer.picture(width, height);
      return pixels.filter(pixel => pixel === blue).length > width * height * 0.98;
    });
    session.gossip();
    await viewer.click(70, 80);
    await waitFor('the click', () =>
      session.pointer.some(({ mask, x, y }) => mask === 1 && x === 70 && y === 80),
    );
    await viewer.key('v');
    await waitFor('the key', () => session.keys.includes(0x76));
    session.copy({ 'text/plain': 'from KasmVNC – 漢字' });
    await pastedOn(xvfb.display, 'from KasmVNC – 漢字');
    await using _owner = await copyOn(xvfb.display, 'beside the viewer, 5 €');
    await waitFor(
      'the paste',
      () => session.clipboards.at(-1)?.get('text/plain') === 'beside the viewer, 5 €',
    );
    expect(bridge.reasons).toEqual([]);
    expectNoOffence(session);
  });
});
