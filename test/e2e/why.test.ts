/**
 * How a user finds out why something did not arrive, and sees the watermark: the real pages and a real gateway in a
 * browser, with stand-ins for control's link (test/harness/link-control.ts) and for the desktop.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { startWebPages } from '../../control/web/web-pages.ts';
import { type GatewayProcess, startGatewayProcess } from '../harness/gateway-process.ts';
import { KasmvncServer } from '../harness/kasmvnc-server.ts';
import { KasmvncWeb } from '../harness/kasmvnc-web.ts';
import { enrolmentToken, LinkControl } from '../harness/link-control.ts';
import { needs } from '../harness/requirements.ts';
import { makeTempFolder } from '../harness/temp-folder.ts';
import { waitFor } from '../harness/wait-for.ts';
import { type BrowserTab, openBrowser } from './browser.ts';

const sessionId = '11111111-1111-4111-8111-111111111111';
const userId = '22222222-2222-4222-8222-222222222222';
const startMs = 60_000;

const settings = { allow_kasm_clipboard_up: false, allow_keyboard: false };
const watermark = {
  text: { template: '${USER}', angle: 30, font_size: 40 },
  tint: '255,0,0,255',
  repeat_spacing: 60,
};
const group = { from: 'group', name: 'Contractors', priority: 5 };

describe.skipIf(!needs('chromium'))('a user who wonders', () => {
  const stack = new AsyncDisposableStack();
  const control = stack.use(LinkControl.start());
  let desktop: KasmvncServer;
  let gateway: GatewayProcess;
  let tab: BrowserTab;

  function allow(token: string, section: object, protocol = 'rfb'): void {
    control.answers.set(token, {
      grant: {
        sessionId,
        userId,
        username: 'alice',
        protocol,
        upstream: `ws://127.0.0.1:${desktop.port}/websockify`,
        policyJson: JSON.stringify({ access: 'full', settings, data_loss_prevention: section }),
        policySourcesJson: JSON.stringify({
          access: { from: 'token' },
          'settings.allow_kasm_clipboard_up': group,
          'settings.allow_keyboard': group,
        }),
        policyVersion: 1,
        access: 'full',
        tokenId: token,
      },
    });
  }

  beforeAll(async () => {
    const web = new KasmvncWeb();
    desktop = stack.use(await KasmvncServer.start({ web: web.answer }));
    const folder = stack.use(await makeTempFolder('why'));
    await writeFile(folder.file('token'), enrolmentToken);
    control.pages = await startWebPages();
    const link = { url: control.url, enrolment_token_file: folder.file('token') };
    gateway = stack.use(await startGatewayProcess({ control: link }));
    await control.heard('gatewayState');
    tab = stack.use(await openBrowser());
  }, startMs);

  afterAll(() => stack.disposeAsync(), startMs);

  beforeEach(async () => {
    await tab.page.goto('about:blank');
  });

  async function open(token: string, section: object = {}, protocol = 'rfb'): Promise<void> {
    allow(token, section, protocol);
    await tab.page.goto(`https://127.0.0.1:${gateway.port}/#/connect/kasm/${sessionId}/${userId}/${token}`);
    await tab.page.locator('.viewer.connected').waitFor();
  }

  const panel = () => tab.page.getByRole('region', { name: 'What this session allows' }).first();

  test(
    'opens “Why?” by keyboard, reads what is off and who says so, and goes back to the desktop',
    async () => {
      await open('token-for-reading-0001');
      const { page } = tab;
      await page.keyboard.press('Control+Alt+Shift');
      await page.getByRole('toolbar').getByRole('button', { name: 'Why?' }).focus();
      await page.keyboard.press('Enter');
      await panel().getByText('Clipboard into the desktop').waitFor();
      const text = await panel().innerText();
      expect(text).toMatch(/Clipboard into the desktop\s+off – group “Contractors”/);
      expect(text).toMatch(/Clipboard out of the desktop\s+on – the default/);
      expect(text).toMatch(/Your access\s+the whole session – the link/);
      await page.keyboard.press('Escape');
      await panel().waitFor({ state: 'hidden' });
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('CANVAS');
    },
    startMs,
  );

  test(
    'is offered the reason by the message that says what was refused',
    async () => {
      await open('token-for-toasts-0002');
      const { page } = tab;
      await page.locator('.screen canvas').first().click();
      await page.keyboard.press('a');
      const toast = page.locator('.toast', { hasText: 'The keyboard is switched off in this session' });
      await toast.getByRole('button', { name: 'Why?' }).click();
      await panel().getByText('The keyboard is switched off in this session').waitFor();
      expect(await panel().innerText()).toMatch(/Keyboard\s+off – group “Contractors”/);
    },
    startMs,
  );

  test(
    'sees a watermark over the picture that lets every click through, and none without one',
    async () => {
      await open('token-without-mark-0003');
      const layer = tab.page.locator('.watermark');
      await waitFor('the report to be read', async () => (await layer.getAttribute('hidden')) !== null);
      await tab.page.goto('about:blank');
      await open('token-with-mark-0004', { watermark });
      const shares = await waitFor('the watermark to be drawn', async () => {
        const drawn = await layer.evaluate((canvas: HTMLCanvasElement) => {
          const { width, height } = canvas;
          const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
          const quarters = [0, 0, 0, 0];
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] !== 255 || data[at + 1] !== 0 || data[at + 3] !== 255) continue;
            const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
            const quarter = (x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2);
            quarters[quarter] = (quarters[quarter] ?? 0) + 1;
          }
          return quarters;
        });
        return drawn.some(count => count > 0) ? drawn : undefined;
      });
      expect(shares.every(count => count > 100)).toBe(true);
      const under = await tab.page.evaluate(() => {
        const found = document.elementFromPoint(400, 400);
        return found?.closest('.screen') !== null;
      });
      expect(under).toBe(true);
    },
    startMs,
  );

  test(
    'opens KasmVNC’s own client where the desktop brings one, without a token in its address',
    async () => {
      const token = 'token-of-kasmvnc-0005';
      const { page } = tab;
      const link = page.getByRole('link', { name: 'KasmVNC client' });
      await open('token-of-plain-vnc-0006');
      expect(await link.count()).toBe(0);
      await page.goto('about:blank');
      await open(token, {}, 'kasmvnc');
      await page.keyboard.press('Control+Alt+Shift');
      const opening = page.context().waitForEvent('page');
      await link.click();
      const client = await opening;
      const title = await waitFor('the client to have tried everything', async () =>
        (await client.title()).startsWith('worked: ') ? client.title() : undefined,
      );
      expect(title).toEndWith(' stream');
      expect(title).not.toContain('cookie');
      expect(client.url()).not.toContain(token);
      expect(await client.evaluate(() => window.opener)).toBe(null);
    },
    startMs,
  );

  test('and nothing of it trips over the content policy', () => {
    expect(tab.complaints).toEqual([]);
  });
});
