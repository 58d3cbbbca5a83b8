/** A starting session's state, put into words and steps. Pure. */

/** The parts of get_kasm_status that tell how far a start is. */
export interface StartState {
  readonly status: string;
  readonly message?: string | undefined;
  /** 0 to 100 within the present step; 0 or missing: not known */
  readonly percent?: number | undefined;
}

export type StepName = 'requested' | 'pulling' | 'starting' | 'running';

/** In their order; `text` is what the line says when the service says nothing itself. */
export const steps: ReadonlyArray<{
  readonly name: StepName;
  readonly label: string;
  readonly text: string;
}> = [
  { name: 'requested', label: 'Request', text: 'Asking for a place' },
  { name: 'pulling', label: 'Image', text: 'Fetching the image' },
  { name: 'starting', label: 'Start', text: 'Starting the desktop' },
  { name: 'running', label: 'Ready', text: 'Opening the desktop' },
];

/**
 * The step a state belongs to. The API's words are few (requested, starting, running) and the agent's
 * phase travels in the message, so a "starting" that talks of pulling is the pulling step.
 */
export function stepOf(state: StartState): StepName {
  if (state.status === 'running') return 'running';
  if (state.status === 'requested') return 'requested';
  if (state.status === 'pulling' || /\b(pull|fetch|download)/i.test(state.message ?? '')) return 'pulling';
  return 'starting';
}

/** One line that says what happens now: the service's own sentence when it sent one. */
export function progressText(state: StartState): string {
  const message = state.message?.trim() ?? '';
  const usual = steps.find(step => step.name === stepOf(state))?.text ?? '';
  const text = message === '' ? usual : sentence(message);
  const percent = progressPercent(state);
  return percent === undefined ? text : `${text} (${percent} %)`;
}

/** Whole percent of the present step, or undefined when nobody knows. */
export function progressPercent(state: StartState): number | undefined {
  const percent = state.percent;
  if (percent === undefined || !Number.isFinite(percent) || percent <= 0) return undefined;
  return Math.min(100, Math.round(percent));
}

/** API messages start in lower case; on a page they are sentences. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
