/** What a user is told when something is refused, lost or taken away; on desktops of plain processes, which start fast. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { needs } from '../harness/requirements.ts';
import { waitFor } from '../harness/wait-for.ts';
import { type BrowserTab, openBrowser } from './browser.ts';
import { type DesktopHost, processHost } from './desktop-host.ts';
import { DesktopPage } from './desktop-page.ts';
import { ordinaryUser, type Product, startProduct } from './product.ts';

const allUsers = '68d557ac-4cac-42cc-a9f3-1c7c853de0f3';
const image = 'Debian Desktop';
const longMs = 120_000;

describe.skipIf(!needs('root', 'desktop', 'chromium'))('a user whose day goes wrong', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let host: DesktopHost;
  let tab: BrowserTab;
  let user: DesktopPage;
  let sessionId = '';
  let dials = 0;

  const password = () => product.passwords.get(ordinaryUser) ?? '';
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
  const runsAgain = async () => {
    await tab.page.locator('.viewer.connected').waitFor({ timeout: 60_000 });
    await user.focusTerminal();
  };

  beforeAll(async () => {
    host = stack.use(await processHost());
    product = stack.use(await startProduct({ kind: 'process' }));
    tab = stack.use(await openBrowser());
    tab.page.on('websocket', () => {
      dials += 1;
    });
    user = new DesktopPage(tab.page);
  }, longMs);

  afterAll(() => stack.disposeAsync(), longMs);

  test('a wrong password is called wrong, and the right one still works', async () => {
    await tab.page.goto(`${product.address}/`);
    await tab.page.getByLabel('User name').fill(ordinaryUser);
    await tab.page.getByLabel('Password').fill('not the password');
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    await user.signIn(product.address, ordinaryUser, password());
  });

  test('an image that this host cannot run says why, and nothing is left of the launch', async () => {
    await tab.page.locator('.card', { hasText: 'Firefox' }).click();
    await tab.page.getByRole('alert').getByText('needs a Docker Engine').waitFor();
    await tab.page.getByRole('button', { name: 'Close' }).click();
    expect(await product.administer('get_kasms', {})).toMatchObject({ kasms: [] });
  });

  test(
    'a reloaded tab is connected again',
    async () => {
      sessionId = await user.launch(image);
      await tab.page.reload();
      await runsAgain();
    },
    longMs,
  );

  test(
    'a browser that may not read the clipboard pastes by its paste key',
    async () => {
      await tab.page.keyboard.press('Control+Alt+Shift');
      await tab.page.getByRole('button', { name: 'Clipboard' }).click();
      await tab.page.getByLabel('Clipboard text').fill(`echo pasted > ${host.path('pasted')}`);
      await tab.page.getByRole('button', { name: 'Copy' }).click();
      await tab.page.getByText('On your clipboard').waitFor();
      await tab.page.keyboard.press('Escape');
      await user.focusTerminal();
      // The desktop fetches the text when it pastes, which takes a moment: Enter until the command is there to run.
      // On a busy machine the browser's paste event can miss its key; a user pastes again, too.
      let pastedAtMs = Number.NEGATIVE_INFINITY;
      await user.explain(
        waitFor('the pasted command to run', async () => {
          if (performance.now() - pastedAtMs > 3_000) {
            await tab.page.keyboard.press('Shift+Insert');
            pastedAtMs = performance.now();
          }
          await tab.page.keyboard.press('Enter');
          return (await host.read(sessionId, 'pasted')) === 'pasted\n';
        }),
      );
    },
    longMs,
  );

  test(
    'a crashed gateway is waited for, and the same desktop is there again',
    async () => {
      // The gateway may be back within half a second: the notice is watched for, not looked for now and then.
      const told = tab.page.evaluate(
        () =>
          new Promise<void>(resolve => {
            new MutationObserver((_, observer) => {
              if (!document.body.innerText.includes('Connection lost')) return;
              observer.disconnect();
              resolve();
            }).observe(document.body, { subtree: true, childList: true, attributes: true });
          }),
      );
      await product.crash('gateway');
      await told;
      await runsAgain();
      await user.type(`echo back > ${host.path('back')}`);
      await written('back', 'back\n');
    },
    longMs,
  );

  test('a keyboard that is switched off says so once, not at every key', async () => {
    await set('allow_keyboard', 'False');
    await user.explain(
      waitFor('the toast', async () => {
        await tab.page.keyboard.type('abc', { delay: 10 });
        return (await tab.page.locator('.toast', { hasText: 'The keyboard is switched off' }).count()) > 0;
      }),
    );
    await tab.page.keyboard.type('many more keys', { delay: 5 });
    expect(await tab.page.locator('.toast', { hasText: 'The keyboard is switched off' }).count()).toBe(1);
    await set('allow_keyboard', 'True');
  });

  test(
    'a launch over the limit names the limit',
    async () => {
      await set('max_kasms_per_user', '1');
      await tab.page.keyboard.press('Control+Alt+Shift');
      await tab.page.getByRole('button', { name: 'Desktops' }).click();
      await tab.page.getByRole('button', { name: `Resume ${image}` }).waitFor();
      await tab.page.locator('.card', { hasText: image }).click();
      await tab.page.getByRole('alert').getByText('the limit max_kasms_per_user is 1').waitFor();
      await tab.page.getByRole('button', { name: 'Close' }).click();
    },
    longMs,
  );

  test(
    'a session that an administrator ends closes with the reason and is not dialled again',
    async () => {
      await tab.page.getByRole('button', { name: `Resume ${image}` }).click();
      await tab.page.locator('.viewer.connected').waitFor();
      const { kasms } = (await product.administer('get_kasms', {})) as {
        kasms: Array<{ kasm_id: string; user_id: string }>;
      };
      await product.administer('destroy_kasm', { kasm_id: kasms[0]?.kasm_id, user_id: kasms[0]?.user_id });
      await user.explain(user.notice('Session ended'));
      const dialled = dials;
      await tab.page.getByRole('button', { name: 'Back to desktops' }).press('Enter');
      await tab.page.getByRole('heading', { name: 'Launch' }).waitFor();
      expect(dials).toBe(dialled);
    },
    longMs,
  );

  test(
    'a locked user loses the desktop at once and cannot sign in again',
    async () => {
      await user.launch(image);
      const { user: account } = (await product.administer('get_user', {
        target_user: { username: ordinaryUser },
      })) as {
        user: { user_id: string };
      };
      await product.administer('update_user', { target_user: { user_id: account.user_id, locked: true } });
      await user.explain(user.notice('Access withdrawn'));
      await tab.page.getByRole('button', { name: 'Back to desktops' }).press('Enter');
      await tab.page.getByLabel('User name').fill(ordinaryUser);
      await tab.page.getByLabel('Password').fill(password());
      await tab.page.keyboard.press('Enter');
      await tab.page.getByRole('alert').getByText('This account is locked').waitFor();
    },
    longMs,
  );

  test('none of it raised an exception in the page', () => {
    expect(tab.complaints).toEqual([]);
  });
});
