import { formatLogLine, type LogLine } from './log-line.ts';

const repeatMs = 10_000;
/** Messages that the supervisor says in words of its own, at the right moment. */
const restated = [
  /^could not start$/,
  /^serving with a self-signed certificate/,
  /^desktops run as processes of this host/,
  /^an agent has no usable runtime/,
];

/** What the person at the terminal reads: plain lines, a program's own ones only when they warn. */
export class Terminal {
  readonly #write: (text: string) => void;
  readonly #shownAtMs = new Map<string, number>();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  print(line: string): void {
    this.#write(`${line}\n`);
  }

  /** Shows warnings and errors; the same one at most every ten seconds (all of them are in the log file). */
  showLogLine(program: string, line: LogLine): void {
    if (line.level !== 'warn' && line.level !== 'error') return;
    if (restated.some(message => message.test(line.message))) return;
    const mark = line.level === 'error' ? 'error: ' : 'warning: ';
    this.#printOnce(`${program}: ${mark}${formatLogLine(line)}`);
  }

  showText(program: string, text: string): void {
    this.#printOnce(`${program}: ${text}`);
  }

  #printOnce(line: string): void {
    const nowMs = performance.now();
    for (const [shown, atMs] of this.#shownAtMs) {
      if (nowMs - atMs > repeatMs) this.#shownAtMs.delete(shown);
    }
    if (this.#shownAtMs.has(line)) return;
    this.#shownAtMs.set(line, nowMs);
    this.print(line);
  }
}
