import { type LogLevel, logLevels } from '../config/log.ts';

/** One line a program printed: a JSON log line of ours, or whatever else a program under it printed. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** Without time, level, program and message. */
  readonly fields: ReadonlyMap<string, string>;
}

const frameFields = new Set(['time', 'level', 'program', 'message']);

/** Reads a JSON log line; undefined for any other text. */
export function parseLogLine(text: string): LogLine | undefined {
  const raw = parseObject(text);
  if (raw === undefined || typeof raw.message !== 'string') return undefined;
  const level = logLevels.find(known => known === raw.level);
  if (level === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(raw)) {
    if (!frameFields.has(name)) fields.set(name, String(value));
  }
  return { level, message: raw.message, fields };
}

/** True when `level` is `least` or graver. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const raw: unknown = JSON.parse(text);
    return typeof raw === 'object' && raw !== null ? { ...raw } : undefined;
  } catch {
    return undefined;
  }
}

/** A log line for people: `could not pull the image: no such host (image: x/y:1)`. */
export function formatLogLine(line: LogLine): string {
  const error = line.fields.get('error');
  const hint = line.fields.get('hint');
  const rest = [...line.fields].filter(([name]) => name !== 'error' && name !== 'hint');
  const details =
    rest.length === 0 ? '' : ` (${rest.map(([name, value]) => `${name}: ${value}`).join(', ')})`;
  return `${line.message}${error === undefined ? '' : `: ${error}`}${details}${hint === undefined ? '' : `; ${hint}`}`;
}
