/** The dialog between "launch" and a desktop: asks for the session, shows how far it is, opens it or says what failed. */
import { type Answer, api, type KasmStatus } from './api.ts';
import { type ApiProblem, problemText } from './api-problem.ts';
import { element } from './element.ts';
import { progressPercent, progressText, type StartState, stepOf, steps } from './progress-text.ts';
import { hashOfKasmUrl } from './route.ts';

const pollMs = 700;
/** Control or the gateway may restart while an image is pulled: that long without an answer is bearable. */
const silenceMaxMs = 60_000;

interface LaunchOrder {
  readonly name: string;
  readonly userId: string;
  /** a new session of this image */
  readonly imageId?: string;
  /** or a session that exists */
  readonly kasmId?: string;
}

/** @returns the viewer's hash, `signed_out`, or undefined when the user cancelled or read the failure. */
export async function showLaunch(order: LaunchOrder): Promise<string | undefined> {
  const launch = new Launch(order);
  try {
    return await launch.run();
  } finally {
    launch.close();
  }
}

class Launch {
  readonly #order: LaunchOrder;
  readonly #dialog: HTMLDialogElement;
  readonly #text = element('p', { class: 'launch-text', role: 'status', 'aria-live': 'polite' });
  readonly #bar = element('progress', { max: 100, 'aria-label': 'Progress' });
  readonly #steps = element('ol', { class: 'launch-steps', 'aria-hidden': 'true' });
  readonly #button = element('button', { type: 'button', class: 'button-quiet' }, 'Cancel');
  readonly #aborted = new AbortController();
  #kasmId: string | undefined;

  constructor(order: LaunchOrder) {
    this.#order = order;
    this.#kasmId = order.kasmId;
    for (const step of steps) this.#steps.append(element('li', { 'data-step': step.name }, step.label));
    this.#dialog = element(
      'dialog',
      { class: 'launch', 'aria-labelledby': 'launch-name' },
      element('h2', { id: 'launch-name' }, order.name),
      this.#bar,
      this.#text,
      this.#steps,
      element('div', { class: 'dialog-actions' }, this.#button),
    );
    this.#dialog.addEventListener('cancel', event => {
      event.preventDefault();
      this.#cancel();
    });
    this.#button.addEventListener('click', () => this.#cancel());
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#show({ status: 'requested' });
  }

  close(): void {
    this.#dialog.close();
    this.#dialog.remove();
  }

  async run(): Promise<string | undefined> {
    const problem = await this.#request();
    if (problem !== undefined) return this.#fail(problem);
    return await this.#poll();
  }

  /** Asks for a new session, unless one is to be resumed. A request cancelled meanwhile is taken back. */
  async #request(): Promise<ApiProblem | undefined> {
    if (this.#kasmId !== undefined || this.#order.imageId === undefined) return undefined;
    const answer = await api.requestKasm(this.#order.userId, this.#order.imageId);
    if (!answer.ok) return answer.problem;
    this.#kasmId = answer.value.kasm_id;
    return undefined;
  }

  async #poll(): Promise<string | undefined> {
    const kasmId = this.#kasmId;
    let heardMs = performance.now();
    while (kasmId !== undefined && !this.#aborted.signal.aborted) {
      const answer = await api.getKasmStatus(this.#order.userId, kasmId, AbortSignal.timeout(20_000));
      if (this.#aborted.signal.aborted) break;
      if (answer.ok || !isSilence(answer.problem)) heardMs = performance.now();
      const hash = this.#readyHash(answer);
      if (hash !== undefined) return hash;
      if (!answer.ok && !(isSilence(answer.problem) && performance.now() - heardMs < silenceMaxMs)) {
        return this.#fail(answer.problem);
      }
      await pause(pollMs, this.#aborted.signal);
    }
    await this.#takeBack();
    return undefined;
  }

  #readyHash(answer: Answer<KasmStatus>): string | undefined {
    if (!answer.ok) {
      if (isSilence(answer.problem)) this.#text.textContent = 'Waiting for the service…';
      return undefined;
    }
    const status = answer.value;
    const state: StartState = {
      status: status.operational_status ?? status.kasm?.operational_status ?? 'starting',
      message: status.operational_message ?? undefined,
      percent: status.operational_progress ?? undefined,
    };
    this.#show(state);
    if (state.status !== 'running' || status.kasm_url === undefined) return undefined;
    return hashOfKasmUrl(status.kasm_url);
  }

  #show(state: StartState): void {
    const text = progressText(state);
    // Written only when it changed: a live region that is rewritten is read out again.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    const percent = progressPercent(state);
    if (percent === undefined) this.#bar.removeAttribute('value');
    else this.#bar.value = percent;
    const reached = steps.findIndex(step => step.name === stepOf(state));
    [...this.#steps.children].forEach((step, index) => {
      step.className = index < reached ? 'done' : index === reached ? 'now' : '';
    });
  }

  /** Shows what failed until the user closes it. */
  async #fail(problem: ApiProblem): Promise<string | undefined> {
    if (problem.kind === 'signed_out') return 'signed_out';
    if (this.#aborted.signal.aborted) return undefined;
    this.#dialog.classList.add('failed');
    this.#bar.remove();
    this.#steps.remove();
    this.#text.setAttribute('role', 'alert');
    this.#text.textContent = problemText(problem);
    this.#button.textContent = 'Close';
    this.#button.focus();
    await new Promise(resolve => this.#aborted.signal.addEventListener('abort', resolve, { once: true }));
    return undefined;
  }

  #cancel(): void {
    this.#button.disabled = true;
    this.#aborted.abort();
  }

  /** A cancelled launch leaves no session behind; a cancelled resume leaves the session as it was. */
  async #takeBack(): Promise<void> {
    if (this.#kasmId === undefined || this.#order.kasmId !== undefined) return;
    this.#text.textContent = 'Cancelling…';
    await api.destroyKasm(this.#order.userId, this.#kasmId);
  }
}

function isSilence(problem: ApiProblem): boolean {
  return problem.kind === 'unreachable' || problem.kind === 'unavailable' || problem.kind === 'too_many';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
