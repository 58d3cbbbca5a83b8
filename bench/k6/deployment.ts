/** The deployment under test, as the environment names it: `k6 run -e NAME=value script.ts`. */

export interface EnvironmentOption {
  readonly name: string;
  readonly text: string;
  /** Shown in the help; undefined: there is none. */
  readonly fallback?: string;
}

/** What all scripts take. */
const commonOptions: readonly EnvironmentOption[] = [
  { name: 'SLUICE_URL', text: 'address of the deployment', fallback: 'https://localhost:8443' },
  { name: 'SLUICE_USERNAME', text: 'who logs in', fallback: 'user@kasm.local' },
  { name: 'SLUICE_PASSWORD', text: 'the password of that user' },
  { name: 'SLUICE_IMAGE', text: 'name or id of the workspace image to launch', fallback: 'the first one' },
  { name: 'SLUICE_INSECURE', text: '1: take any certificate, such as a self-signed one', fallback: '0' },
  { name: 'SUMMARY_FILE', text: 'also write the summary there, as JSON' },
  { name: 'HELP', text: '1: print this text and do nothing' },
];

/** For scripts that need no session of their own. */
export const sessionOptions: readonly EnvironmentOption[] = [
  { name: 'SLUICE_SESSION', text: 'id of a session that runs already: nothing is launched, no login needed' },
  { name: 'SLUICE_TOKEN', text: 'the stream token of that session' },
];

/** The value of an environment variable; empty counts as not set. */
export function textOption(name: string, fallback = ''): string {
  return __ENV[name] || fallback;
}

/** @throws Error unless the value is a number above 0. */
export function numberOption(name: string, fallback: number): number {
  const text = textOption(name);
  if (text === '') return fallback;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${text}`);
  return value;
}

export const isHelpWanted = textOption('HELP') !== '' && textOption('HELP') !== '0';

/** Without a trailing slash. */
export const baseUrl = textOption('SLUICE_URL', 'https://localhost:8443').replace(/\/$/, '');

export const takesAnyCertificate = textOption('SLUICE_INSECURE') === '1';

/** The text that HELP=1 prints. @param script its file name */
export function helpText(script: string, purpose: string, own: readonly EnvironmentOption[]): string {
  const line = ({ name, text, fallback }: EnvironmentOption): string =>
    `  ${name.padEnd(24)} ${text}${fallback === undefined ? '' : ` (${fallback})`}`;
  const options = [...own, ...commonOptions].map(line);
  return [purpose, '', `  k6 run -e NAME=value … ${script}`, '', ...options, ''].join('\n');
}
