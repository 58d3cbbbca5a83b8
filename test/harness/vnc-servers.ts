/** The VNC servers of Debian that people run, each on a port of its own on 127.0.0.1. */
import { writeFile } from 'node:fs/promises';
import { type StartedProcess, startProcess } from './processes.ts';
import { findProgram } from './requirements.ts';
import { makeTempFolder } from './temp-folder.ts';
import { type Picture, readServerScreen, readXwdFile } from './vnc-servers-screen.ts';

export interface VncServer extends AsyncDisposable {
  /** RFB port on 127.0.0.1. */
  readonly port: number;
  /** What the server printed: log, and what its desktop tells of keys and pointer. */
  readonly printed: StartedProcess['printed'];
  /** The screen as it is, taken past the gateway. */
  readScreen(): Promise<Picture>;
}

export interface Xvfb extends AsyncDisposable {
  /** Such as `:7`. */
  readonly display: string;
  readScreen(): Promise<Picture>;
}

/** An X server without a monitor, whose screen lies in a file. */
export async function startXvfb(width: number, height: number): Promise<Xvfb> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.use(await makeTempFolder('xvfb'));
    const screen = ['-screen', '0', `${width}x${height}x24`, '-fbdir', folder.path];
    const server = stack.use(
      await startProcess(['Xvfb', '-displayfd', '1', ...screen, '-noreset', '-nolisten', 'tcp']),
    );
    const [, display = ''] = await server.printed(/^(\d+)$/m);
    return {
      display: `:${display}`,
      readScreen: () => readXwdFile(folder.file('Xvfb_screen0')),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Shows the screen of `xvfb`; asks for the password where one is given. */
export async function startX11vnc(xvfb: Xvfb, password?: string): Promise<VncServer> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.use(await makeTempFolder('x11vnc'));
    const file = folder.file('password');
    if (password !== undefined) await writeFile(file, `${password}\n`, { mode: 0o600 });
    const security = password === undefined ? ['-nopw'] : ['-passwdfile', file];
    const place = ['-display', xvfb.display, '-localhost', '-noipv6', '-autoport', '5900'];
    const server = stack.use(
      await startProcess(['x11vnc', ...place, ...security, '-forever', '-shared', '-norc', '-repeat'], {
        // It would wait most of a minute for a display manager to be gone before it owns a clipboard.
        env: { X11VNC_AVOID_WINDOWS: 'never' },
      }),
    );
    const [, port = ''] = await server.printed(/^PORT=(\d+)$/m);
    return {
      port: Number(port),
      printed: (pattern, timeMs) => server.printed(pattern, timeMs),
      readScreen: () => xvfb.readScreen(),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

const exampleFile = new URL('vnc-servers-libvncserver.c', import.meta.url).pathname;

/** Compiles and starts the desktop of vnc-servers-libvncserver.c, 640 × 480 at first. */
export async function startLibvncserver(): Promise<VncServer> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = stack.use(await makeTempFolder('libvncserver'));
    const program = folder.file('server');
    const compiler = await startProcess(['gcc', '-Wall', '-o', program, exampleFile, '-lvncserver']);
    stack.use(compiler);
    if ((await compiler.exited(30_000)) !== 0) throw new Error(`gcc failed: ${compiler.stderr}`);
    const server = stack.use(await startProcess([program, '-listen', '127.0.0.1', '-listenv6', '::1']));
    const [, text = ''] = await server.printed(/^listens on port (\d+)$/m);
    const port = Number(text);
    return {
      port,
      printed: (pattern, timeMs) => server.printed(pattern, timeMs),
      readScreen: () => readServerScreen(port),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** How long the firmware waits for Esc before it looks for a disk that is not there; it can't wait longer. */
const firmwareMenuMs = 65_535;

/**
 * A machine without a disk: its screen shows the firmware, which asks for Esc. Prints what its keyboard and pointer hear.
 * @param hasMouse its pointer moves by motion: the firmware has no driver for the tablet, which would go before a mouse.
 */
export async function startQemu(hasMouse = true): Promise<VncServer> {
  const board = hasMouse ? 'pc' : 'pc,i8042=off';
  const machine = ['-M', board, '-accel', 'tcg', '-m', '16', '-nodefaults', '-vga', 'std', '-nic', 'none'];
  const server = await startProcess([
    findProgram('qemu-system-x86_64') ?? 'qemu-system-x86_64',
    ...machine,
    ...['-device', 'usb-ehci', '-device', 'usb-tablet'],
    ...['-boot', `menu=on,splash-time=${firmwareMenuMs}`],
    ...['-display', 'vnc=127.0.0.1:0,to=99', '-trace', 'input_event_*'],
  ]);
  try {
    const [, text = ''] = await server.printed(/VNC server running on 127\.0\.0\.1:(\d+)/);
    const port = Number(text);
    return {
      port,
      printed: (pattern, timeMs) => server.printed(pattern, timeMs),
      readScreen: () => readServerScreen(port),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
