/** Something to see and to touch on an X display: a coloured ground, a terminal with text, a window that tells. */
import { writeFile } from 'node:fs/promises';
import { runToEnd, startProcess } from './processes.ts';
import { makeTempFolder } from './temp-folder.ts';
import { waitFor } from './wait-for.ts';

export interface PaintedDesktop extends AsyncDisposable {
  /** Waits until the left button was pressed at that place of the screen, inside `eventWindow`. */
  heardClick(x: number, y: number): Promise<void>;
  /** Waits until a key was pressed there, named as X names it, such as `Return`. */
  heardKey(name: string): Promise<void>;
}

/** Where the window is that tells of events. */
export const eventWindow = { x: 300, y: 200, width: 200, height: 150 } as const;

const gradient = ['-add', '#ff0000', '-add', '#00ff00', '-add', '#0000ff', '-gradient', '45'];
const terminalText = 'seq -s " " 1 400; printf "\\033[41m red \\033[42m green \\033[44m blue \\033[0m"';

export async function paintDesktop(display: string): Promise<PaintedDesktop> {
  const stack = new AsyncDisposableStack();
  const env = { DISPLAY: display };
  try {
    const { x, y, width, height } = eventWindow;
    const place = `${width}x${height}+${x}+${y}`;
    const events = await startProcess(['xev', '-geometry', place, '-event', 'keyboard', '-event', 'mouse'], {
      env,
    });
    stack.use(events);
    await events.printed(/KeymapNotify|MapNotify|Outer window is/);
    const script = `${terminalText}; exec sleep 600`;
    stack.use(
      await startProcess(['xterm', '-T', 'terminal', '-geometry', '60x12+10+10', '-e', 'sh', '-c', script], {
        env,
      }),
    );
    await waitForWindow(display, 'terminal');
    const { exitCode, stderr } = await runToEnd(['hsetroot', ...gradient], { env });
    if (exitCode !== 0) throw new Error(`hsetroot failed: ${stderr}`);
    return {
      heardClick: async (atX, atY) => {
        await events.printed(new RegExp(`ButtonPress event.*\n.*root:\\(${atX},${atY}\\),\n.*button 1,`));
      },
      heardKey: async key => {
        await events.printed(new RegExp(`KeyPress event.*\n.*\n.*keysym 0x[0-9a-f]+, ${key}\\)`));
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Waits until a window whose title or class matches is on the screen. @returns its id */
export async function waitForWindow(display: string, name: string): Promise<string> {
  const search = ['xdotool', 'search', '--onlyvisible', '--name', name];
  return waitFor(`a window "${name}"`, async () => {
    const { stdout } = await runToEnd(search, { env: { DISPLAY: display } });
    return stdout.trim().split('\n').at(-1) || undefined;
  });
}

/** Puts text into the cut buffer of old, where it stays. */
export async function cutOn(display: string, text: string): Promise<void> {
  const cut = ['sh', '-c', 'printf %s "$TEXT" | xclip -selection buffer-cut'];
  const { exitCode, stderr } = await runToEnd(cut, { env: { DISPLAY: display, TEXT: text } });
  if (exitCode !== 0) throw new Error(`xclip failed: ${stderr}`);
}

/** Puts text on the clipboard of a display, held until disposed. */
export async function copyOn(display: string, text: string): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder('clipboard'));
  await writeFile(folder.file('text'), text);
  const copy = ['xclip', '-selection', 'clipboard', '-quiet', folder.file('text')];
  stack.use(await startProcess(copy, { env: { DISPLAY: display } }));
  return stack;
}

/** What a program on that display would paste now; empty when there is nothing. */
export async function textOn(display: string): Promise<string> {
  const paste = ['timeout', '2', 'xclip', '-o', '-selection', 'clipboard'];
  return (await runToEnd(paste, { env: { DISPLAY: display } })).stdout;
}

/** Waits until a program on that display would paste this text. */
export async function pastedOn(display: string, text: string): Promise<void> {
  await waitFor(`"${text}" on the clipboard of ${display}`, async () => {
    const held = await textOn(display);
    if (held !== text) throw new Error(`it holds ${JSON.stringify(held)}`);
    return true;
  });
}

/** Width and height of a display. */
export async function sizeOfDisplay(display: string): Promise<string> {
  const { stdout } = await runToEnd(['xdotool', 'getdisplaygeometry'], { env: { DISPLAY: display } });
  return stdout.trim();
}
