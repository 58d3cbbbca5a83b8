/**
 * Keeps the two clipboards in step as far as the browser lets a page: what the desktop copies is written to the
 * local clipboard, what the user pastes (or, where reading is permitted, has copied elsewhere) goes to the desktop.
 * What the browser refuses is no error: the clipboard panel has the text.
 */
interface ClipboardPort {
  /** Sends text to the desktop's clipboard. */
  send(text: string): void;
  /** Presses and releases `v` in the desktop (the modifiers are down there already). */
  pressPaste(key: 'v' | 'insert'): void;
  /** Text the desktop copied; `written` once it is on the local clipboard. */
  onReceived(text: string, written: boolean): void;
  onSent(text: string): void;
}

/** A paste event comes in the same turn of the event loop as its key, when it comes. */
const pasteEventGraceMs = 80;

export class ClipboardSync {
  readonly #screen: HTMLElement;
  readonly #port: ClipboardPort;
  readonly #listening = new AbortController();
  /** The text both sides have: not worth sending again. */
  #shared: string | undefined;
  #unwritten: string | undefined;
  #waitingPaste: { key: 'v' | 'insert'; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(screen: HTMLElement, port: ClipboardPort) {
    this.#screen = screen;
    this.#port = port;
    const options = { signal: this.#listening.signal, capture: true };
    window.addEventListener('focus', () => void this.sync(), options);
    screen.addEventListener('focusin', () => void this.sync(), options);
    screen.addEventListener('pointerenter', () => void this.sync(), options);
    window.addEventListener('pointerdown', () => void this.#writeRest(), options);
    window.addEventListener('keydown', event => this.#keyDown(event), options);
    window.addEventListener('keyup', event => this.#keyUp(event), options);
    document.addEventListener('paste', event => this.#pasted(event), options);
  }

  leave(): void {
    this.#listening.abort();
    clearTimeout(this.#waitingPaste?.timer);
  }

  /** Brings the local clipboard to the desktop, where the browser has permitted reading it. Never asks. */
  async sync(): Promise<void> {
    await this.#writeRest();
    if (this.#unwritten !== undefined || !document.hasFocus() || !(await mayRead())) return;
    try {
      this.offer(await navigator.clipboard.readText());
    } catch {
      // Not text, or the permission went away between the question and the reading.
    }
  }

  /** Sends local text to the desktop unless both have it. */
  offer(text: string): void {
    if (text === '' || text === this.#shared) return;
    this.send(text);
  }

  send(text: string): void {
    this.#shared = text;
    this.#unwritten = undefined;
    this.#port.send(text);
    this.#port.onSent(text);
  }

  /** The desktop copied something. */
  async received(text: string): Promise<void> {
    this.#shared = text;
    this.#unwritten = text;
    this.#port.onReceived(text, false);
    await this.#writeRest();
  }

  /** Forgets what was shared: a new connection may reach a desktop with another clipboard. */
  reset(): void {
    this.#shared = undefined;
  }

  async #writeRest(): Promise<void> {
    const text = this.#unwritten;
    if (text === undefined || !document.hasFocus()) return;
    try {
      await navigator.clipboard.writeText(text);
      if (this.#unwritten === text) this.#unwritten = undefined;
      this.#port.onReceived(text, true);
    } catch {
      // Some browsers write only right after a click or a key: the next one tries again.
    }
  }

  /**
   * A paste key in the desktop is held back until the browser's paste event has brought the local text over:
   * that event needs no permission in any browser. noVNC would swallow both.
   */
  #keyDown(event: KeyboardEvent): void {
    if (!event.isTrusted || event.repeat || !this.#screen.contains(event.target as Node)) return;
    const control = event.ctrlKey && !event.altKey && !event.metaKey && event.code === 'KeyV';
    const insert = event.shiftKey && !event.ctrlKey && !event.altKey && event.code === 'Insert';
    if (!control && !insert) return void this.#writeRest();
    event.stopImmediatePropagation();
    this.#finishPaste();
    const timer = setTimeout(() => this.#finishPaste(), pasteEventGraceMs);
    this.#waitingPaste = { key: insert ? 'insert' : 'v', timer };
  }

  /** The held-back key must reach the desktop before its modifier is released, or it would type a plain `v`. */
  #keyUp(event: KeyboardEvent): void {
    if (event.key === 'Control' || event.key === 'Shift') this.#finishPaste();
  }

  #pasted(event: ClipboardEvent): void {
    if (this.#waitingPaste === undefined) return;
    event.preventDefault();
    this.offer(event.clipboardData?.getData('text/plain') ?? '');
    this.#finishPaste();
  }

  #finishPaste(): void {
    const waiting = this.#waitingPaste;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waitingPaste = undefined;
    this.#port.pressPaste(waiting.key);
  }
}

/** Whether reading works without a question popping up. Browsers that don't know the permission: no. */
export async function mayRead(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName });
    return status.state === 'granted';
  } catch {
    return false;
  }
}
