/**
 * What a user sees of a gateway with several processes while it restarts, and when the one with his desktop dies: a
 * moment of nothing, without a click of his.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { needs } from '../harness/requirements.ts';
import { waitFor } from '../harness/wait-for.ts';
import { type BrowserTab, openBrowser } from './browser.ts';
import { type DesktopHost, processHost } from './desktop-host.ts';
import { DesktopPage } from './desktop-page.ts';
import { ordinaryUser, type Product, startProduct } from './product.ts';

const longMs = 120_000;

describe.skipIf(!needs('root', 'desktop', 'chromium'))('a user of a gateway with two workers', () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let host: DesktopHost;
  let tab: BrowserTab;
  let user: DesktopPage;
  let dials = 0;

  /** Its picture never stands still. */
  const pictureMoves = async () => {
    const before = await user.pictureHash();
    await user.explain(
      waitFor('the picture to move', async () => (await user.pictureHash()) !== before, 20_000),
    );
  };

  /** The process that has the user's stream now. */
  const processOfStream = async (): Promise<number> => {
    const lines = await product.gatewayLog();
    const opened = lines.findLastIndex(line => line.message === 'stream opened');
    const listens = lines
      .slice(0, opened)
      .findLast(line => line.message === 'worker listens' && line.worker === lines[opened]?.worker);
    if (typeof listens?.pid !== 'number') throw new Error('no worker opened a stream');
    return listens.pid;
  };

  /** Until the viewer has dialled anew and shows a picture that moves, from another process. */
  const comesBackFrom = async (pid: number, dialled: number) => {
    await waitFor('the viewer to dial again', () => dials > dialled, 30_000);
    await tab.page.locator('.viewer.connected').waitFor({ timeout: 30_000 });
    await waitFor('a stream in another process', async () => (await processOfStream()) !== pid, 30_000);
    await pictureMoves();
  };

  beforeAll(async () => {
    host = stack.use(await processHost());
    product = stack.use(await startProduct({ kind: 'process' }));
    await product.configureGateway(text =>
      text.replace('listen: {', 'listen: { workers: 2, drain_time_s: 1,'),
    );
    tab = stack.use(await openBrowser());
    tab.page.on('websocket', () => {
      dials += 1;
    });
    user = new DesktopPage(tab.page);
    await user.signIn(product.address, ordinaryUser, product.passwords.get(ordinaryUser) ?? '');
    await user.launch('Debian Desktop');
    await user.focusTerminal();
    await waitFor(
      'the shell to answer',
      async () => {
        await user.type(`while echo $RANDOM; do touch ${host.path('runs')}; sleep 0.1; done`);
        return (await host.read('', 'runs')) === '';
      },
      20_000,
    );
    await pictureMoves();
  }, longMs);

  afterAll(() => stack.disposeAsync(), longMs);

  test(
    'sees the same desktop move on after a restart whose time for streams is over',
    async () => {
      const [pid, dialled] = [await processOfStream(), dials];
      await product.signalGateway('SIGUSR2');
      await comesBackFrom(pid, dialled);
    },
    longMs,
  );

  test(
    'sees it move on after the process with his stream was killed',
    async () => {
      const [pid, dialled] = [await processOfStream(), dials];
      process.kill(pid, 'SIGKILL');
      await comesBackFrom(pid, dialled);
    },
    longMs,
  );

  test('met no exception and nothing that a header refused', () => {
    expect(tab.complaints).toEqual([]);
  });
});
