/** The pages' start: picks the view that the address names and swaps views when it changes. */
import { element, type View } from './element.ts';
import { knownUser, rememberUser } from './known-user.ts';
import { showLauncher } from './launcher.ts';
import { showLogin } from './login.ts';
import { parseRoute } from './route.ts';
import { applyTheme } from './theme.ts';

let current: View | undefined;
let shows = 0;

function go(hash: string): void {
  if (location.hash === hash) void show();
  else location.hash = hash;
}

function signedOut(): void {
  rememberUser(undefined);
  go('#/login');
}

async function show(): Promise<void> {
  shows += 1;
  const turn = shows;
  const host = document.getElementById('app') ?? document.body;
  current?.leave();
  current = undefined;
  host.replaceChildren();
  for (const left of document.querySelectorAll('dialog, .toast')) left.remove();
  const route = parseRoute(location.hash);
  const user = knownUser();
  if (route.name === 'viewer') {
    // noVNC is most of the pages' weight: the sign-in form doesn't wait for it.
    const { showViewer } = await import('./viewer.ts');
    if (turn === shows) current = showViewer(host, route, () => go('#/'));
  } else if (route.name === 'login' || (user === undefined && route.name === 'launcher')) {
    current = showLogin(host, () => go('#/'));
  } else if (route.name === 'launcher' && user !== undefined) {
    current = showLauncher(host, { user, signedOut, open: go });
  } else {
    host.append(
      element(
        'main',
        { class: 'login' },
        element(
          'div',
          { class: 'login-card' },
          element('h1', {}, 'No such page'),
          element('p', {}, 'The link is incomplete or wrong.'),
          element('a', { href: '#/', class: 'button-main' }, 'Go to the desktops'),
        ),
      ),
    );
  }
}

applyTheme();
window.addEventListener('hashchange', () => void show());
void show();
