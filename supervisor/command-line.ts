import { parseArgs } from 'node:util';
import { type LogLevel, logLevels } from '../config/log.ts';
import { nearestName } from '../config/nearest-name.ts';

export const runtimeChoices = ['auto', 'docker', 'process'] as const;
export type RuntimeChoice = (typeof runtimeChoices)[number];

export interface StartOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly runtime: RuntimeChoice;
  /** May what desktops need be installed by apt (TigerVNC) or built (the workspace image)? */
  readonly install: boolean;
  readonly dockerSocket: string | undefined;
  readonly logLevel: LogLevel;
}

export type CommandLine =
  | { readonly kind: 'start'; readonly options: StartOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string };

export const helpText = `Sluice: remote desktops in the browser, with data-loss prevention in the gateway.

  npm start -- [options]

Starts control, agent and gateway with embedded defaults and prints the address to open.
Ctrl-C stops them. A second start on the same data folder keeps users, settings and images.

  --data-dir DIR        everything that is kept (default ./data)
  --port N              port of the gateway, 0 for any free one (default 8443)
  --host HOST           address the gateway listens on (default 0.0.0.0)
  --runtime KIND        where desktops run: docker, process, or auto (default): the Docker Engine
                        when one answers, else Xvnc on this host, which is for trying out only
  --docker-socket PATH  socket of the Docker Engine (default /var/run/docker.sock)
  --no-install          install nothing with apt and build no workspace image; without it, what desktops
                        need is installed (TigerVNC) or built (the image, once, with a Docker Engine)
  --log-level LEVEL     debug, info (default), warn or error; logs are in DIR/log
  --help                this text`;

const optionTypes = {
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  runtime: { type: 'string' },
  'docker-socket': { type: 'string' },
  'no-install': { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type OptionName = keyof typeof optionTypes;
const optionNames = Object.keys(optionTypes);

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(optionTypes, name);
}

class CommandLineError extends Error {}

/** Reads the arguments of `npm start`; an unknown option is refused and the nearest known one named. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const values = readValues(args);
    if (values.has('help')) return { kind: 'help' };
    return { kind: 'start', options: toStartOptions(values) };
  } catch (error) {
    if (error instanceof CommandLineError) return { kind: 'error', message: error.message };
    throw error;
  }
}

function readValues(args: readonly string[]): Map<OptionName, string> {
  const { tokens } = parseArgs({ args: [...args], options: optionTypes, strict: false, tokens: true });
  const values = new Map<OptionName, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new CommandLineError(`unexpected argument ${token.value}`);
    const { name, rawName } = token;
    if (!isOptionName(name)) {
      const nearest = nearestName(name, optionNames);
      const hint = nearest === undefined ? ' (--help lists all)' : `, did you mean --${nearest}?`;
      throw new CommandLineError(`unknown option ${rawName}${hint}`);
    }
    const takesValue = optionTypes[name].type === 'string';
    if (takesValue && (token.value === undefined || token.value === '' || isOptionLike(token))) {
      throw new CommandLineError(`option --${name} needs a value`);
    }
    if (!takesValue && token.value !== undefined) {
      throw new CommandLineError(`option --${name} takes no value`);
    }
    values.set(name, token.value ?? '');
  }
  return values;
}

/** `--data-dir --port 1`: the next option was taken for the value. */
function isOptionLike(token: {
  readonly inlineValue: boolean | undefined;
  readonly value: string | undefined;
}) {
  return token.inlineValue !== true && token.value?.startsWith('--') === true;
}

function toStartOptions(values: ReadonlyMap<OptionName, string>): StartOptions {
  return {
    dataDir: values.get('data-dir') ?? './data',
    host: values.get('host') ?? '0.0.0.0',
    port: toPort(values.get('port') ?? '8443'),
    runtime: toChoice('runtime', values.get('runtime') ?? 'auto', runtimeChoices),
    install: !values.has('no-install'),
    dockerSocket: values.get('docker-socket'),
    logLevel: toChoice('log-level', values.get('log-level') ?? 'info', logLevels),
  };
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new CommandLineError(`--port ${text}: a port is a number from 0 to 65535`);
  }
  return port;
}

function toChoice<T extends string>(name: OptionName, text: string, choices: readonly T[]): T {
  const choice = choices.find(known => known === text);
  if (choice === undefined)
    throw new CommandLineError(`--${name} ${text}: must be one of ${choices.join(', ')}`);
  return choice;
}
