/** “Why?”: what this session allows and who says so, and what was refused lately. */
import { element } from './element.ts';
import type { PolicyReport } from './policy-report.ts';
import { policyEventText } from './policy-toast.ts';
import { describeRules, type RuleLine } from './policy-words.ts';

interface PanelActions {
  /** The newest report; undefined when there is none to be had. */
  read(): Promise<PolicyReport | undefined>;
  /** The panel closed: the keyboard goes back to the desktop. */
  onClose(): void;
}

export class WhyPanel {
  readonly element: HTMLElement;
  readonly #refused = element('ul', { class: 'why-refused' });
  readonly #rules = element('dl', { class: 'why-rules' });
  readonly #status = element('p', { class: 'quiet', role: 'status' });
  readonly #close = element('button', { type: 'button', class: 'button-quiet' }, 'Close');
  readonly #actions: PanelActions;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.#close.addEventListener('click', () => this.close());
    this.element = element(
      'section',
      { class: 'why-panel', 'aria-labelledby': 'why-title', hidden: true },
      element('h2', { id: 'why-title' }, 'What this session allows'),
      this.#status,
      element(
        'div',
        { class: 'why-scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'why-title' },
        element('h3', {}, 'Refused lately'),
        this.#refused,
        element('h3', {}, 'Rules'),
        this.#rules,
      ),
      element('div', { class: 'dialog-actions' }, this.#close),
    );
    this.element.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.close();
    });
  }

  toggle(): void {
    if (this.element.hidden) this.open();
    else this.close();
  }

  open(): void {
    this.element.hidden = false;
    this.#close.focus();
    void this.refresh();
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#actions.onClose();
  }

  /** Draws what holds now, while the panel is open. */
  async refresh(): Promise<void> {
    if (this.element.hidden) return;
    const report = await this.#actions.read();
    this.#status.textContent = report === undefined ? 'The gateway does not say at the moment.' : '';
    if (report === undefined) return;
    this.#refused.replaceChildren(...refusedItems(report));
    this.#rules.replaceChildren(...describeRules(report.rules).flatMap(ruleEntry));
  }
}

function refusedItems(report: PolicyReport): HTMLElement[] {
  const items: HTMLElement[] = [];
  for (const decision of report.decisions) {
    const text = policyEventText(decision);
    if (text === undefined) continue;
    const time = new Date(decision.time);
    const times = decision.count > 1 ? ` (${decision.count} times)` : '';
    const clock = element('time', { datetime: decision.time }, time.toLocaleTimeString());
    items.push(element('li', {}, clock, ` ${text}${times}`));
  }
  return items.length > 0 ? items : [element('li', { class: 'quiet' }, 'Nothing.')];
}

function ruleEntry({ subject, open, details }: RuleLine): HTMLElement[] {
  const said = details.map(({ text, source }) =>
    element('div', {}, `${text} `, element('span', { class: 'quiet' }, `– ${source}`)),
  );
  return [
    element('dt', { class: open ? 'why-open' : 'why-closed' }, subject),
    element('dd', {}, ...(said.length > 0 ? said : [element('div', { class: 'quiet' }, 'nothing is said')])),
  ];
}
