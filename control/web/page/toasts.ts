/** Short messages in a corner, read out by screen readers (the host is a polite live region). */
import { element } from './element.ts';
import { icon } from './icon.ts';

const shownForMs = 7_000;
const shownAtOnceMax = 4;

export type ToastKind = 'notice' | 'warning';

/** Something the message offers to do. */
export interface ToastAction {
  readonly text: string;
  run(): void;
}

/** Shows a message until it is dismissed or some seconds have passed; hovering or focusing it keeps it. */
export function showToast(text: string, kind: ToastKind = 'notice', action?: ToastAction): void {
  const host = document.getElementById('toasts');
  if (host === null) return;
  const toast = element(
    'div',
    { class: `toast toast-${kind}` },
    kind === 'warning' ? icon('warning') : undefined,
    element('span', { class: 'toast-text' }, text),
  );
  let timer = setTimeout(() => toast.remove(), shownForMs);
  const keep = (): void => clearTimeout(timer);
  const release = (): void => {
    keep();
    timer = setTimeout(() => toast.remove(), shownForMs / 2);
  };
  const dismiss = (): void => {
    keep();
    toast.remove();
  };
  // A click on a toast leaves the keyboard where it was: in the desktop.
  toast.addEventListener('mousedown', event => event.preventDefault());
  toast.addEventListener('mouseenter', keep);
  toast.addEventListener('mouseleave', release);
  toast.addEventListener('focusin', keep);
  toast.addEventListener('focusout', release);
  if (action !== undefined) {
    const act = (): void => {
      dismiss();
      action.run();
    };
    toast.append(element('button', { type: 'button', class: 'toast-action', onclick: act }, action.text));
  }
  toast.append(
    element(
      'button',
      { type: 'button', class: 'button-bare', 'aria-label': 'Dismiss', onclick: dismiss },
      icon('close'),
    ),
  );
  host.append(toast);
  while (host.childElementCount > shownAtOnceMax) host.firstElementChild?.remove();
}
