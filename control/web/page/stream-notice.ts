/** What lies over the desktop while it is not connected: a quiet line, or the reason why it ended. */
import { element } from './element.ts';
import type { StreamState } from './stream-connection.ts';

interface NoticeActions {
  dial(): void;
  back(): void;
}

export class StreamNotice {
  readonly element = element('div', { class: 'notice', role: 'status', 'aria-live': 'polite' });
  readonly #actions: NoticeActions;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(actions: NoticeActions) {
    this.#actions = actions;
  }

  show(state: StreamState): void {
    clearInterval(this.#countdown);
    this.element.hidden = state.name === 'connected';
    this.element.classList.toggle('stopped', state.name === 'stopped');
    if (state.name === 'connected') this.element.replaceChildren();
    else if (state.name === 'connecting') this.#showConnecting(state.attempt);
    else if (state.name === 'waiting') this.#showWaiting(state.untilMs, state.text ?? 'Connection lost.');
    else this.#showStopped(state.title, state.text);
  }

  leave(): void {
    clearInterval(this.#countdown);
  }

  #showConnecting(attempt: number): void {
    const text = attempt === 1 ? 'Connecting…' : `Connection lost. Connecting again, attempt ${attempt}…`;
    this.element.replaceChildren(spinner(), element('p', {}, text));
  }

  #showWaiting(untilMs: number, text: string): void {
    const seconds = element('span', { 'aria-hidden': 'true' });
    const draw = (): void => {
      const left = Math.max(0, Math.ceil((untilMs - performance.now()) / 1000));
      seconds.textContent = left > 1 ? ` Next try in ${left} seconds.` : '';
    };
    draw();
    this.#countdown = setInterval(draw, 250);
    const now = element(
      'button',
      { type: 'button', class: 'button-quiet', onclick: this.#actions.dial },
      'Try now',
    );
    this.element.replaceChildren(spinner(), element('p', {}, text, seconds), now);
  }

  #showStopped(title: string, text: string): void {
    const back = element(
      'button',
      { type: 'button', class: 'button-main', onclick: this.#actions.back },
      'Back to desktops',
    );
    const again = element(
      'button',
      { type: 'button', class: 'button-quiet', onclick: this.#actions.dial },
      'Connect again',
    );
    this.element.replaceChildren(
      element('h1', {}, title),
      element('p', {}, text),
      element('div', { class: 'dialog-actions' }, again, back),
    );
    back.focus();
  }
}

function spinner(): HTMLElement {
  return element('span', { class: 'spinner', 'aria-hidden': 'true' });
}
