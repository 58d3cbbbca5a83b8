/** Dark or light: what the system says, unless the user chose here. The choice stays in this browser. */

import { readStored, store } from './browser-storage.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';

type Theme = 'dark' | 'light';

const storageKey = 'sluice-theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

function chosenTheme(): Theme | undefined {
  const stored = readStored(storageKey);
  return stored === 'dark' || stored === 'light' ? stored : undefined;
}

export function applyTheme(): void {
  const chosen = chosenTheme();
  if (chosen === undefined) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function themeButton(): HTMLButtonElement {
  const current = (): Theme => chosenTheme() ?? (systemDark.matches ? 'dark' : 'light');
  const button = element('button', { type: 'button', class: 'button-bare' });
  const draw = (): void => {
    const next = current() === 'dark' ? 'light' : 'dark';
    button.replaceChildren(icon(next === 'light' ? 'sun' : 'moon'));
    button.setAttribute('aria-label', `Switch to ${next} colours`);
    button.title = `Switch to ${next} colours`;
  };
  button.addEventListener('click', () => {
    store(storageKey, current() === 'dark' ? 'light' : 'dark');
    applyTheme();
    draw();
  });
  draw();
  return button;
}
