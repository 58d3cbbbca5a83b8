/**
 * JSON-line logs with a closed set of field names. A field not named here cannot be logged,
 * so that nothing secret or sensitive reaches a log because somebody spread an object into it.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** All are public: ids, sizes, counts, names of things. Content, tokens and passwords have no field. */
export interface LogFields {
  sessionId?: string | undefined;
  connectionId?: string | undefined;
  userId?: string | undefined;
  agentId?: string | undefined;
  nodeId?: string | undefined;
  imageId?: string | undefined;
  groupId?: string | undefined;
  requestId?: string | undefined;
  containerId?: string | undefined;
  side?: string | undefined;
  direction?: string | undefined;
  closeReason?: string | undefined;
  error?: string | undefined;
  hint?: string | undefined;
  address?: string | undefined;
  /** Of a client certificate. */
  subject?: string | undefined;
  port?: number | undefined;
  url?: string | undefined;
  file?: string | undefined;
  path?: string | undefined;
  method?: string | undefined;
  status?: number | string | undefined;
  channel?: string | undefined;
  protocol?: string | undefined;
  image?: string | undefined;
  name?: string | undefined;
  role?: string | undefined;
  phase?: string | undefined;
  cause?: string | undefined;
  reason?: string | undefined;
  version?: string | undefined;
  runtime?: string | undefined;
  bytes?: number | undefined;
  bytesToClient?: number | undefined;
  bytesToUpstream?: number | undefined;
  count?: number | undefined;
  limit?: number | undefined;
  ms?: number | undefined;
  pid?: number | undefined;
  /** Its number, from 1 on. */
  worker?: number | undefined;
  generation?: number | undefined;
  code?: number | string | undefined;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to every line. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  readonly program: string;
  /** Read at every line: a getter may change it. */
  readonly level: LogLevel;
  /** Takes one line without its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createLog(options: LogOptions, bound: LogFields = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (logLevels.indexOf(level) < logLevels.indexOf(options.level)) return;
      const time = new Date(options.now()).toISOString();
      options.write(JSON.stringify({ time, level, program: options.program, message, ...bound, ...fields }));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => createLog(options, { ...bound, ...fields }),
  };
}

/** For tests and tools that want no output. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};

/** The sentence of an unknown thrown value, for the field `error`. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
