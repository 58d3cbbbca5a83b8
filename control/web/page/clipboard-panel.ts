/** The clipboard by hand, for browsers that don't let a page read or write it. */
import { formatBytes } from './byte-format.ts';
import { mayRead } from './clipboard-sync.ts';
import { element } from './element.ts';

interface PanelActions {
  send(text: string): void;
  /** The panel closed: the keyboard goes back to the desktop. */
  onClose(): void;
}

export class ClipboardPanel {
  readonly element: HTMLElement;
  readonly #text = element('textarea', {
    id: 'clipboard-text',
    rows: 6,
    spellcheck: 'false',
    placeholder: 'What the desktop copies appears here. Type or paste here to send it there.',
  });
  readonly #status = element('p', { class: 'quiet', role: 'status', 'aria-live': 'polite' });
  readonly #mode = element('p', { class: 'quiet' });
  readonly #actions: PanelActions;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    const send = element('button', { type: 'button', class: 'button-main' }, 'Send');
    send.addEventListener('click', () => actions.send(this.#text.value));
    const copy = element('button', { type: 'button', class: 'button-quiet' }, 'Copy');
    copy.addEventListener('click', () => void this.#copy());
    const close = element('button', { type: 'button', class: 'button-quiet' }, 'Close');
    close.addEventListener('click', () => this.close());
    this.element = element(
      'section',
      { class: 'clipboard-panel', 'aria-labelledby': 'clipboard-title', hidden: true },
      element('h2', { id: 'clipboard-title' }, 'Clipboard'),
      this.#mode,
      element('label', { for: 'clipboard-text', class: 'hidden-label' }, 'Clipboard text'),
      this.#text,
      this.#status,
      element('div', { class: 'dialog-actions' }, close, copy, send),
    );
    this.element.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.close();
    });
  }

  toggle(): void {
    if (this.element.hidden) this.#open();
    else this.close();
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#actions.onClose();
  }

  showReceived(text: string, written: boolean): void {
    this.#text.value = text;
    const size = formatBytes(new TextEncoder().encode(text).length);
    this.#status.textContent = `${size} from the desktop${written ? ', on your clipboard' : ''}`;
  }

  showSent(text: string): void {
    this.#text.value = text;
    this.#status.textContent = `${formatBytes(new TextEncoder().encode(text).length)} sent to the desktop`;
  }

  #open(): void {
    this.element.hidden = false;
    this.#text.focus();
    void mayRead().then(automatic => {
      this.#mode.textContent = automatic
        ? 'Synchronised by itself in both directions.'
        : 'Paste with Ctrl+V in the desktop, or use this box.';
    });
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text.value);
      this.#status.textContent = 'On your clipboard';
    } catch {
      this.#text.select();
      this.#status.textContent = 'Press Ctrl+C to copy the marked text';
    }
  }
}
