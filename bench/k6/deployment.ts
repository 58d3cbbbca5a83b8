/** The deployment under test, as the environment names it: `k6 run -e NAME=value script.ts`. */

interface EnvironmentOption {
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

/** What the script that runs takes beside that, in the order in which it asks. */
const asked: EnvironmentOption[] = [];

/** An option of one script: asked for once, with what the help says of it. @throws Error unless it is a number above 0. */
export function numberOption(name: string, fallback: number, text: string): number {
  const value = Number(choiceOption(name, String(fallback), text));
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${textOption(name)}`);
  return value;
}

/** As `numberOption`, for words. */
export function choiceOption(name: string, fallback: string, text: string): string {
  asked.push({ name, text, fallback });
  return textOption(name, fallback);
}

export const isHelpWanted = textOption('HELP') !== '' && textOption('HELP') !== '0';

/** Without a trailing slash. */
export const baseUrl = textOption('SLUICE_URL', 'https://localhost:8443').replace(/\/$/, '');

export const takesAnyCertificate = textOption('SLUICE_INSECURE') === '1';

/**
 * The text that HELP=1 prints.
 * @param script its file name.
 * @param further options that are not the script's alone.
 */
export function helpText(
  script: string,
  purpose: string,
  further: readonly EnvironmentOption[] = [],
): string {
  const line = ({ name, text, fallback }: EnvironmentOption): string =>
    `  ${name.padEnd(24)} ${text}${fallback === undefined ? '' : ` (${fallback})`}`;
  const options = [...asked, ...further, ...commonOptions].map(line);
  return [purpose, '', `  k6 run -e NAME=value … ${script}`, '', ...options, ''].join('\n');
}
