/** TigerVNC's viewer on a display without a monitor, connected to a port of this machine. */
import { runToEnd, type StartedProcess, startProcess } from './processes.ts';
import { makeTempFolder } from './temp-folder.ts';
import type { Xvfb } from './vnc-servers.ts';
import { waitForWindow } from './vnc-servers-desktop.ts';
import { cropPicture, type Picture } from './vnc-servers-screen.ts';
import { waitFor } from './wait-for.ts';

export interface NativeViewerOptions {
  readonly port: number;
  /** Where its window appears, at the upper left corner. */
  readonly xvfb: Xvfb;
  /** Further parameters, such as `-PreferredEncoding=ZRLE`. */
  readonly parameters?: readonly string[];
}

const titleEnd = 'TigerVNC$';
/** The pointer stays on the screen. */
const pointerPixelsMax = 1_000;

export class NativeViewer implements AsyncDisposable {
  readonly #process: StartedProcess;
  readonly #xvfb: Xvfb;
  readonly #stack: AsyncDisposableStack;

  private constructor(process: StartedProcess, xvfb: Xvfb, stack: AsyncDisposableStack) {
    this.#process = process;
    this.#xvfb = xvfb;
    this.#stack = stack;
  }

  /** Starts the viewer and waits for its window, which has the keyboard then. */
  static async start(options: NativeViewerOptions): Promise<NativeViewer> {
    const { port, xvfb, parameters = [] } = options;
    const stack = new AsyncDisposableStack();
    try {
      const home = stack.use(await makeTempFolder('viewer'));
      const fixed = ['-RemoteResize=0', '-ReconnectOnError=0', '-AlertOnFatalError=0', '-Log=*:stderr:30'];
      const process = stack.use(
        await startProcess(['xtigervncviewer', ...fixed, ...parameters, `127.0.0.1::${port}`], {
          env: { DISPLAY: xvfb.display, HOME: home.path, LC_ALL: 'C.UTF-8' },
        }),
      );
      const viewer = new NativeViewer(process, xvfb, stack);
      await viewer.#focus();
      return viewer;
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  /** What it logged so far. */
  get log(): string {
    return this.#process.stderr;
  }

  /** What its window shows, of a desktop of that size. */
  async picture(width: number, height: number): Promise<Picture> {
    if (this.#process.exitCode !== undefined) throw new Error(`the viewer ended: ${this.log.slice(-500)}`);
    return cropPicture(await this.#xvfb.readScreen(), width, height);
  }

  /** Presses and releases a key, named as X names it. */
  async key(name: string): Promise<void> {
    await this.#xdotool('key', name);
  }

  /** Moves the pointer to that place of the desktop and presses the left button. */
  async click(x: number, y: number): Promise<void> {
    await this.#xdotool('mousemove', `${x}`, `${y}`, 'click', '1');
  }

  /** Ends it and waits until its picture is gone too, so that the next one can't pass with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await waitFor('the window to be gone', async () => {
      const { pixels } = await this.#xvfb.readScreen();
      return pixels.filter(pixel => pixel !== 0).length < pointerPixelsMax;
    });
  }

  async #focus(): Promise<void> {
    const ended = this.#process.exited(60_000).then(code => {
      throw new Error(`the viewer ended with ${code}: ${this.log.slice(-500)}`);
    });
    const window = await Promise.race([waitForWindow(this.#xvfb.display, titleEnd), ended]);
    ended.catch(() => {});
    await this.#xdotool('windowmove', window, '0', '0', 'windowfocus', window);
  }

  async #xdotool(...words: string[]): Promise<void> {
    const { exitCode, stderr } = await runToEnd(['xdotool', ...words], {
      env: { DISPLAY: this.#xvfb.display },
    });
    if (exitCode !== 0) throw new Error(`xdotool ${words.join(' ')} failed: ${stderr}`);
  }
}
