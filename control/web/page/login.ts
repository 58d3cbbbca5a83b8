/** The sign-in page. */
import { api } from './api.ts';
import { loginProblemText } from './api-problem.ts';
import { element, type View } from './element.ts';
import { mark } from './icon.ts';
import { rememberUser } from './known-user.ts';
import { themeButton } from './theme.ts';

/** @param signedIn called once the login cookie is there */
export function showLogin(host: HTMLElement, signedIn: () => void): View {
  document.title = 'Sign in · Sluice';
  const username = element('input', {
    id: 'username',
    name: 'username',
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    maxlength: 255,
  });
  const password = element('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    maxlength: 1024,
  });
  const problem = element('p', { class: 'problem', role: 'alert' });
  const submit = element('button', { type: 'submit', class: 'button-main' }, 'Sign in');
  const form = element(
    'form',
    { class: 'login-form', novalidate: true },
    element('label', { for: 'username' }, 'User name'),
    username,
    element('label', { for: 'password' }, 'Password'),
    password,
    problem,
    submit,
  );
  const signIn = async (): Promise<void> => {
    if (username.value.trim() === '' || password.value === '') {
      problem.textContent = 'Enter your user name and your password.';
      (username.value.trim() === '' ? username : password).focus();
      return;
    }
    submit.disabled = true;
    problem.textContent = '';
    const answer = await api.login(username.value.trim(), password.value);
    submit.disabled = false;
    if (answer.ok) {
      const name = answer.value.username ?? username.value.trim();
      rememberUser({ userId: answer.value.user_id, username: name });
      signedIn();
      return;
    }
    problem.textContent = loginProblemText(answer.problem);
    password.select();
    password.focus();
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    void signIn();
  });
  host.append(
    element(
      'main',
      { class: 'login' },
      element(
        'div',
        { class: 'login-card' },
        element('div', { class: 'login-brand' }, mark(), element('h1', {}, 'Sluice')),
        element('p', { class: 'quiet' }, 'Your desktops, in the browser.'),
        form,
      ),
      element('div', { class: 'login-foot' }, themeButton()),
    ),
  );
  username.focus();
  return { leave: () => undefined };
}
