/** What went wrong with a call, put into words. Pure. */
import { sentence } from './progress-text.ts';

export interface ApiProblem {
  /**
   * signed_out: no valid login · refused: the service said no and why · too_many: rate limit ·
   * unavailable: the gateway answers but control does not · broken: control failed · unreachable: no answer at all
   */
  readonly kind: 'signed_out' | 'refused' | 'too_many' | 'unavailable' | 'broken' | 'unreachable';
  /** the service's own words, possibly empty */
  readonly message: string;
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
}

/** One or two sentences for the page. */
export function problemText(problem: ApiProblem): string {
  const own = problem.message.trim();
  switch (problem.kind) {
    case 'unreachable':
      return 'The server does not answer. Check your connection and try again.';
    case 'unavailable':
      return 'The service is restarting or unavailable. Running desktops go on; try again in a moment.';
    case 'broken':
      return `Something failed on the server${problem.requestId === undefined ? '' : ` (request ${problem.requestId})`}. Try again.`;
    case 'too_many':
      return `Too many attempts. ${waitText(problem.retryAfterSeconds)}`;
    case 'signed_out':
      return own === '' ? 'You are signed out. Sign in again.' : finished(own);
    case 'refused':
      return own === '' ? 'The service refused this.' : finished(own);
  }
}

/** The same for the sign-in form, where "no valid login" means a wrong name or password. */
export function loginProblemText(problem: ApiProblem): string {
  const denied = problem.kind === 'signed_out' || problem.kind === 'refused';
  if (!denied) return problemText(problem);
  if (/lock/i.test(problem.message)) return 'This account is locked. Ask an administrator to unlock it.';
  if (/disabled/i.test(problem.message)) return 'This account is disabled. Ask an administrator.';
  if (problem.kind === 'signed_out' || /denied|password|credential|unauthorized/i.test(problem.message)) {
    return 'The user name or the password is wrong.';
  }
  return problemText(problem);
}

/** `Try again in 40 seconds.` */
export function waitText(seconds: number | undefined): string {
  if (seconds === undefined) return 'Wait a little and try again.';
  if (seconds < 90) return `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

function finished(text: string): string {
  return /[.!?]$/.test(text) ? sentence(text) : `${sentence(text)}.`;
}
