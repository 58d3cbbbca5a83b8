/** The launcher: what may be launched, and what runs. */
import { api, type Image, type Kasm } from './api.ts';
import { type ApiProblem, problemText } from './api-problem.ts';
import { element, type View } from './element.ts';
import { icon, mark } from './icon.ts';
import { imageCard } from './image-card.ts';
import type { KnownUser } from './known-user.ts';
import { showLaunch } from './launch-progress.ts';
import { sessionRow } from './session-row.ts';
import { themeButton } from './theme.ts';

/** Sessions change without this page (another tab, an administrator): look again this often while visible. */
const refreshMs = 5_000;

interface LauncherHost {
  readonly user: KnownUser;
  /** The login is gone: the page goes to the sign-in form. */
  signedOut(): void;
  /** Opens the viewer at a hash. */
  open(hash: string): void;
}

export function showLauncher(host: HTMLElement, context: LauncherHost): View {
  document.title = 'Desktops · Sluice';
  const launcher = new Launcher(context);
  host.append(launcher.header, launcher.main);
  launcher.start();
  return launcher;
}

class Launcher implements View {
  readonly header: HTMLElement;
  readonly main: HTMLElement;
  readonly #context: LauncherHost;
  readonly #problem = element('div', { class: 'problem problem-page', role: 'alert' });
  readonly #cards = element('ul', { class: 'cards', 'aria-label': 'Desktops you can launch' });
  readonly #sessions = element('section', {
    class: 'running',
    'aria-labelledby': 'running-title',
    hidden: true,
  });
  readonly #rows = element('ul', { class: 'rows' });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownSessions = '';
  #left = false;
  readonly #onVisible = (): void => {
    if (!document.hidden) void this.#refreshSessions();
  };

  constructor(context: LauncherHost) {
    this.#context = context;
    this.header = this.#makeHeader();
    this.#sessions.append(element('h2', { id: 'running-title' }, 'Running'), this.#rows);
    this.main = element(
      'main',
      { class: 'launcher' },
      this.#problem,
      this.#sessions,
      element(
        'section',
        { 'aria-labelledby': 'launch-title' },
        element('h2', { id: 'launch-title' }, 'Launch'),
        this.#cards,
      ),
    );
  }

  start(): void {
    this.#cards.append(
      ...[1, 2, 3].map(() => element('li', { class: 'card card-empty', 'aria-hidden': 'true' })),
    );
    document.addEventListener('visibilitychange', this.#onVisible);
    void this.#loadImages();
    void this.#refreshSessions();
  }

  leave(): void {
    this.#left = true;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisible);
  }

  #makeHeader(): HTMLElement {
    const out = element('button', { type: 'button', class: 'button-quiet' }, icon('signOut'), 'Sign out');
    out.addEventListener('click', () => {
      out.disabled = true;
      void api.logout().then(() => this.#context.signedOut());
    });
    return element(
      'header',
      { class: 'bar' },
      element('div', { class: 'bar-brand' }, mark(), element('span', {}, 'Sluice')),
      element(
        'div',
        { class: 'bar-end' },
        element('span', { class: 'quiet bar-user' }, this.#context.user.username),
        themeButton(),
        out,
      ),
    );
  }

  async #loadImages(): Promise<void> {
    const answer = await api.getImages();
    if (this.#left) return;
    if (!answer.ok) {
      this.#cards.replaceChildren();
      this.#showProblem(answer.problem, () => void this.#loadImages());
      return;
    }
    this.#problem.replaceChildren();
    const images = answer.value.images.filter(image => image.enabled !== false && image.hidden !== true);
    this.#cards.replaceChildren(
      ...images.map(image =>
        element(
          'li',
          {},
          imageCard(image, () => void this.#launch(image)),
        ),
      ),
    );
    if (images.length === 0) {
      this.#cards.append(
        element('li', { class: 'empty' }, 'No desktops are set up for you. Ask an administrator.'),
      );
    }
  }

  async #refreshSessions(): Promise<void> {
    clearTimeout(this.#timer);
    const answer = await api.getUserKasms(this.#context.user.userId);
    if (this.#left) return;
    if (answer.ok) this.#showSessions(answer.value.kasms);
    else if (answer.problem.kind === 'signed_out') return this.#context.signedOut();
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => void this.#refreshSessions(), refreshMs);
  }

  /** Redrawn only when something changed, so that the keyboard focus stays where it is. */
  #showSessions(kasms: Kasm[]): void {
    const shown = JSON.stringify(kasms.map(kasm => [kasm.kasm_id, kasm.operational_status]));
    if (shown === this.#shownSessions) return;
    this.#shownSessions = shown;
    this.#sessions.hidden = kasms.length === 0;
    this.#rows.replaceChildren(
      ...kasms.map(kasm =>
        sessionRow(kasm, {
          resume: () => void this.#resume(kasm),
          end: () => void this.#end(kasm),
        }),
      ),
    );
  }

  async #launch(image: Image): Promise<void> {
    const name = image.friendly_name ?? image.name ?? 'Desktop';
    const { user } = this.#context;
    await this.#follow(showLaunch({ name, userId: user.userId, imageId: image.image_id }));
  }

  async #resume(kasm: Kasm): Promise<void> {
    const name = kasm.image?.friendly_name ?? 'Desktop';
    await this.#follow(showLaunch({ name, userId: kasm.user_id, kasmId: kasm.kasm_id }));
  }

  async #follow(launch: Promise<string | 'signed_out' | undefined>): Promise<void> {
    const outcome = await launch;
    if (this.#left) return;
    if (outcome === 'signed_out') this.#context.signedOut();
    else if (outcome !== undefined) this.#context.open(outcome);
    else void this.#refreshSessions();
  }

  async #end(kasm: Kasm): Promise<void> {
    const answer = await api.destroyKasm(kasm.user_id, kasm.kasm_id);
    if (this.#left) return;
    if (!answer.ok) this.#showProblem(answer.problem, undefined);
    this.#shownSessions = '';
    await this.#refreshSessions();
  }

  #showProblem(problem: ApiProblem, retry: (() => void) | undefined): void {
    if (problem.kind === 'signed_out') {
      this.#context.signedOut();
      return;
    }
    this.#problem.replaceChildren(icon('warning'), element('span', {}, problemText(problem)));
    if (retry !== undefined) {
      this.#problem.append(
        element('button', { type: 'button', class: 'button-quiet', onclick: retry }, 'Try again'),
      );
    }
  }
}
