/**
 * What a user does with the product, in a real browser against the three running programs: signs in, launches a
 * desktop, works in it, meets the clipboard policy, and ends it. Once with containers, once with plain processes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { needs, testEnvironment } from '../harness/requirements.ts';
import { waitFor } from '../harness/wait-for.ts';
import { type BrowserTab, openBrowser } from './browser.ts';
import { type DesktopHost, dockerHost, processHost } from './desktop-host.ts';
import { DesktopPage } from './desktop-page.ts';
import { ordinaryUser, type Product, type ProductRuntime, startProduct } from './product.ts';

const allUsers = '68d557ac-4cac-42cc-a9f3-1c7c853de0f3';
const image = 'Debian Desktop';
const startMs = 120_000;
const stepMs = 90_000;

/** Each test goes on where the one before it stopped, as one user's visit does. */
function visit(open: () => Promise<{ runtime: ProductRuntime; host: DesktopHost }>, picture = false): void {
  let host: DesktopHost;
  let product: Product;
  let tab: BrowserTab;
  let user: DesktopPage;
  let sessionId = '';
  const stack = new AsyncDisposableStack();

  const set = (name: string, value: string) =>
    product.administer('set_settings_group', {
      target_group: { group_id: allUsers },
      target_setting: { name, value },
    });
  const written = (name: string, expected: string) =>
    user.explain(
      waitFor(
        `${name} to be written in the desktop`,
        async () => (await host.read(sessionId, name)) === expected,
        20_000,
      ),
    );
  /** Again and again: the first key presses may come before the shell is there to read them. */
  const shellAnswers = () =>
    user.explain(
      waitFor(
        'the shell to answer',
        async () => {
          await user.type(`echo ready > ${host.path('ready')}`);
          return (await host.read(sessionId, 'ready')) === 'ready\n';
        },
        20_000,
      ),
    );

  beforeAll(async () => {
    const opened = await open();
    host = stack.use(opened.host);
    product = stack.use(await startProduct(opened.runtime));
    tab = stack.use(await openBrowser(product.address));
    user = new DesktopPage(tab.page);
  }, startMs);

  afterAll(() => stack.disposeAsync(), startMs);

  test('signs in with the password that the first start printed', async () => {
    const password = product.passwords.get(ordinaryUser) ?? '';
    expect(password.length).toBeGreaterThan(11);
    await user.signIn(product.address, ordinaryUser, password);
    expect(await tab.page.title()).toBe('Desktops · Sluice');
  });

  test('is served under the shipped headers, which leave the clipboard to our own pages', async () => {
    const { headers } = await fetch(`${product.address}/`, { tls: { rejectUnauthorized: false } });
    const shipped = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    };
    for (const [name, value] of Object.entries(shipped)) expect(headers.get(name)).toBe(value);
    expect(headers.get('permissions-policy')).toContain('clipboard-read=(self), clipboard-write=(self)');
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('strict-transport-security')).toContain('max-age=');
  });

  test(
    'launches a desktop and sees its pixels change',
    async () => {
      sessionId = await user.launch(image);
      await user.focusTerminal();
      await shellAnswers();
      expect(await user.colours()).toBeGreaterThan(2);
      const before = await user.pictureHash();
      await user.type(`seq 1 20`);
      await waitFor('the picture to change', async () => (await user.pictureHash()) !== before);
      expect(await host.countOf(sessionId)).toBe(1);
    },
    stepMs,
  );

  test('keeps the token of the stream where no script can read it', async () => {
    const address = `${product.address}/desktop/${sessionId}/`;
    const cookies = await tab.page.context().cookies(address);
    expect(cookies.find(({ name }) => name === 'session_token')).toMatchObject({
      ...{ httpOnly: true, secure: true, sameSite: 'Strict', path: `/desktop/${sessionId}/` },
    });
  });

  test('types a command into the terminal and finds its effect inside', async () => {
    await user.type(`echo "it works: $((6 * 7))" > ${host.path('typed')}`);
    await written('typed', 'it works: 42\n');
  });

  test(
    'copies inside and reads it outside, and the reverse',
    async () => {
      await user.type(`printf 'copied inside' | xclip -selection clipboard`);
      await waitFor(
        'the local clipboard to be filled',
        async () => (await user.clipboardOutside()) === 'copied inside',
      );
      await user.copyOutside('copied outside: äöü 桌面');
      await user.type(`sleep 0.5; xclip -selection clipboard -o > ${host.path('pasted')}`);
      await written('pasted', 'copied outside: äöü 桌面');
    },
    stepMs,
  );

  test(
    'is stopped and told so while the group’s settings switch the clipboard off, without reconnecting',
    async () => {
      await set('allow_kasm_clipboard_up', 'False');
      await set('allow_kasm_clipboard_down', 'False');
      await user.copyOutside('must not come in');
      await user.toast('Clipboard to the session is switched off');
      await user.type(`sleep 0.5; xclip -selection clipboard -o > ${host.path('blocked')}`);
      await written('blocked', 'copied outside: äöü 桌面');
      await user.type(`printf 'must not get out' | xclip -selection clipboard`);
      await user.toast('Clipboard from the session is switched off');
      expect(await user.clipboardOutside()).toBe('must not come in');
    },
    stepMs,
  );

  test(
    'is told the size and the limit when the clipboard is too large',
    async () => {
      await set('clipboard_up_bytes_max', '10000');
      await set('allow_kasm_clipboard_up', 'True');
      await user.copyOutside('x'.repeat(12_000));
      // A desktop may fetch an announced text only when a program in it asks for it.
      await user.type('timeout 2 xclip -selection clipboard -o > /dev/null');
      await user.toast('Clipboard: 12 kB is over the 10 kB limit');
      await user.copyOutside('small enough');
      await user.type(`sleep 0.5; xclip -selection clipboard -o > ${host.path('small')}`);
      await written('small', 'small enough');
    },
    stepMs,
  );

  test(
    'leaves nothing behind when the session is ended',
    async () => {
      if (picture) await takeScreenshot(user);
      await user.endSession();
      await waitFor('the desktop to be gone', async () => (await host.countOf(sessionId)) === 0, 20_000);
      await waitFor('the session to be gone', async () => {
        const { kasms } = (await product.administer('get_kasms', {})) as { kasms: unknown[] };
        return kasms.length === 0;
      });
    },
    stepMs,
  );

  test('met no exception and nothing that the content policy refused', () => {
    expect(tab.complaints).toEqual([]);
  });

  test('Ctrl-C stops all three programs', async () => expect(await product.stop()).toBe(0), stepMs);
}

/** The picture in the README: a desktop at work, and the policy that just stopped something. */
async function takeScreenshot(user: DesktopPage): Promise<void> {
  // A fresh page says again what it said a moment ago.
  await user.page.reload();
  await user.page.locator('.viewer.connected').waitFor();
  await user.focusTerminal();
  await user.type(
    `xterm -fa 'DejaVu Sans Mono' -fs 10 -bg '#10201f' -fg '#cfe8e4' -geometry 80x20+540+340 -e top &`,
  );
  const before = await user.pictureHash();
  await waitFor('the second terminal', async () => (await user.pictureHash()) !== before);
  // The new window took the keyboard.
  await user.focusTerminal();
  await user.type('clear; head -4 /etc/os-release');
  await user.copyOutside('y'.repeat(12_000));
  await user.type('timeout 1 xclip -selection clipboard -o');
  await user.toast('Clipboard: 12 kB is over the 10 kB limit');
  await user.page.mouse.move(640, 5);
  await user.page.locator('.strip.shown').waitFor();
  const path = join(import.meta.dir, '..', '..', 'docs', 'images', 'desktop.png');
  await user.page.screenshot({ path, animations: 'disabled' });
}

describe.skipIf(!needs('root', 'docker', 'workspace-image', 'chromium'))(
  'a user with a container desktop',
  () => {
    visit(async () => {
      const socket = testEnvironment.dockerSocket ?? '';
      return { runtime: { kind: 'docker', socket }, host: dockerHost(socket) };
    }, process.env.SLUICE_SCREENSHOT === '1');
  },
);

describe.skipIf(!needs('root', 'desktop', 'chromium'))('a user with a desktop of plain processes', () => {
  visit(async () => ({ runtime: { kind: 'process' }, host: await processHost() }));
});
