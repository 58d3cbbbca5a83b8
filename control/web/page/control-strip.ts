/** The strip at the top edge of the viewer: hidden until hovered, focused, touched or called by its key chord. */
import { element } from './element.ts';
import { type IconName, icon } from './icon.ts';

const hideAfterMs = 2_500;

interface StripActions {
  back(): void;
  toggleClipboard(): void;
  toggleWhy(): void;
  end(): void;
  /** The strip lets go of the keyboard. */
  release(): void;
}

export class ControlStrip {
  readonly element: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #name = element('span', { class: 'strip-name' });
  readonly #fullscreen: HTMLButtonElement;
  /** In a tab of its own: what the desktop serves has no business with this page. */
  readonly #ownClient = element(
    'a',
    { class: 'strip-button', target: '_blank', rel: 'noopener', hidden: true },
    icon('desktop'),
    element('span', {}, 'KasmVNC client'),
  );
  readonly #actions: StripActions;
  readonly #listening = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: StripActions) {
    this.#actions = actions;
    this.#fullscreen = stripButton('fullscreen', 'Full screen', () => {
      void toggleFullscreen().then(actions.release);
    });
    const end = stripButton('power', 'End session', actions.end);
    end.classList.add('button-danger');
    const handle = element('button', {
      type: 'button',
      class: 'strip-handle',
      'aria-label': 'Show the controls',
      title: 'Controls (Ctrl+Alt+Shift)',
    });
    handle.addEventListener('click', () => this.show(true));
    this.#bar = element(
      'div',
      { class: 'strip-bar', role: 'toolbar', 'aria-label': 'Session controls' },
      stripButton('back', 'Desktops', actions.back),
      this.#name,
      stripButton('clipboard', 'Clipboard', actions.toggleClipboard),
      stripButton('question', 'Why?', actions.toggleWhy),
      this.#ownClient,
      this.#fullscreen,
      end,
    );
    this.element = element('div', { class: 'strip' }, this.#bar, handle);
    this.element.addEventListener('pointerenter', () => this.show(false));
    this.element.addEventListener('pointerleave', () => this.#hideSoon());
    this.element.addEventListener('focusin', () => this.show(false));
    this.element.addEventListener('focusout', () => this.#hideSoon());
    this.element.addEventListener('keydown', event => this.#keyDown(event));
    document.addEventListener('fullscreenchange', () => this.#drawFullscreen(), {
      signal: this.#listening.signal,
    });
    this.#fullscreen.hidden = !document.fullscreenEnabled;
  }

  set desktopName(name: string) {
    this.#name.textContent = name;
  }

  /** Offers the web client that the desktop itself brings. @param address undefined: it brings none. */
  set ownClient(address: string | undefined) {
    this.#ownClient.hidden = address === undefined;
    if (address !== undefined) this.#ownClient.href = address;
  }

  /** @param takeFocus puts the keyboard on its first button */
  show(takeFocus: boolean): void {
    clearTimeout(this.#timer);
    this.element.classList.add('shown');
    if (takeFocus) this.#bar.querySelector('button')?.focus();
  }

  /** Shown at first, so that people see it exists; then it hides by itself. */
  introduce(): void {
    this.show(false);
    this.#hideSoon();
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#listening.abort();
  }

  #hideSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.element.matches(':hover, :focus-within')) this.element.classList.remove('shown');
    }, hideAfterMs);
  }

  #keyDown(event: KeyboardEvent): void {
    const buttons = [...this.#bar.querySelectorAll<HTMLElement>('button, a')].filter(
      button => !button.hidden,
    );
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Escape') {
      this.element.classList.remove('shown');
      this.#actions.release();
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const step = event.key === 'ArrowRight' ? 1 : -1;
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
    }
  }

  #drawFullscreen(): void {
    const full = document.fullscreenElement !== null;
    const text = full ? 'Leave full screen' : 'Full screen';
    this.#fullscreen.replaceChildren(
      icon(full ? 'leaveFullscreen' : 'fullscreen'),
      element('span', {}, text),
    );
  }
}

function stripButton(name: IconName, text: string, action: () => void): HTMLButtonElement {
  return element(
    'button',
    { type: 'button', class: 'strip-button', onclick: action },
    icon(name),
    element('span', {}, text),
  );
}

async function toggleFullscreen(): Promise<void> {
  try {
    if (document.fullscreenElement === null) await document.documentElement.requestFullscreen();
    else await document.exitFullscreen();
  } catch {
    // The browser refused (an embedding page may forbid it): the button simply does nothing.
  }
}
