/**
 * Reads a program's YAML file into its typed configuration. All problems at once, each as
 * `file:line:column: message`; an unknown key is refused and the nearest known one named.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { errorText } from './log.ts';
import { nearestName } from './nearest-name.ts';

const configFileBytesMax = 1024 * 1024;

export class ConfigError extends Error {
  /** One `file:line:column: message` each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The keys whose values name files and folders: relative ones count from the config file's folder. */
const pathKeys = new Set([
  'certificate',
  'private_key',
  'data_dir',
  'ca',
  'passphrase_file',
  'authorities',
  'revocation_list',
  'enrolment_token_file',
  'passwords_file',
  'password_file',
  'socket',
]);

/**
 * @throws ConfigError when the file can't be read, is no YAML, or breaks the schema.
 */
export async function readConfig<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}:1:1: can't read the file: ${errorText(error)}`]);
  }
  if (text.length > configFileBytesMax) {
    throw new ConfigError([`${file}:1:1: the file is over ${configFileBytesMax} characters`]);
  }
  return parseConfig(file, text, schema);
}

/** As readConfig, from text: `file` only names it in messages. */
export function parseConfig<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // Its warnings go past our log to stderr and quote the file, secrets and all.
    logLevel: 'error',
  });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ConfigError(document.errors.map(error => `${at(error.pos[0])}: ${error.message}`));
  }
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    // An alias without its anchor, or more aliases than a person writes.
    throw new ConfigError([`${file}:1:1: ${errorText(error)}`]);
  }
  const result = schema.safeParse(raw, { reportInput: true });
  if (result.success) return resolvePaths(dirname(resolve(file)), result.data);
  const problems = result.error.issues
    .flatMap(issue => flattenIssue(issue))
    .map(issue => {
      return `${at(offsetOf(document, issue.path))}: ${describe(issue, schema)}`;
    });
  throw new ConfigError([...new Set(problems)]);
}

/** What is wrong with a value that only the world can judge: a file that is missing, a certificate that expired. */
export interface ConfigProblem {
  /** Keys from the top. */
  readonly path: readonly (string | number)[];
  /** A sentence that says what it is about by itself. */
  readonly message: string;
  /** --check tells it; a program starts all the same. */
  readonly toleratedAtStart?: boolean;
}

/** `file:line:column: message` each; a problem that is only a sentence stands at the top. */
export async function locateProblems(
  file: string,
  problems: readonly (string | ConfigProblem)[],
): Promise<string[]> {
  const lines = new LineCounter();
  const text = await readFile(file, 'utf8').catch(() => '');
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  return problems.map(problem => {
    const { path, message } = typeof problem === 'string' ? { path: [], message: problem } : problem;
    const { line, col } = path.length === 0 ? { line: 1, col: 1 } : lines.linePos(offsetOf(document, path));
    return `${file}:${line}:${col}: ${message}`;
  });
}

interface FlatIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly unknownKey?: string;
}

function flattenIssue(issue: z.core.$ZodIssue): FlatIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map(key => ({
    path: [...issue.path, key],
    message: `unknown key ${key}`,
    unknownKey: key,
  }));
}

function describe(issue: FlatIssue, schema: z.ZodType): string {
  const name = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  if (issue.unknownKey === undefined) return name + issue.message;
  const nearest = nearestName(issue.unknownKey, knownKeys(schema, issue.path.slice(0, -1)));
  return name + issue.message + (nearest === undefined ? '' : `, did you mean ${nearest}?`);
}

/** Offset of the key or value a path names; of its nearest existing parent when it isn't there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(item => isNode(item.key) && String(item.key) === String(last));
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Keys an object schema knows at a path; walks wrappers (default, optional, pipe) and arrays. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let shapes = objectShapes(schema);
  for (const step of path) {
    shapes = shapes.flatMap(shape => {
      const inner = typeof step === 'number' ? undefined : shape[String(step)];
      return inner === undefined ? (typeof step === 'number' ? [shape] : []) : objectShapes(inner);
    });
  }
  return shapes.flatMap(shape => Object.keys(shape));
}

type Shape = Readonly<Record<string, z.ZodType>>;

function objectShapes(schema: z.ZodType): Shape[] {
  const definition = schema.def as {
    type: string;
    shape?: Shape;
    innerType?: z.ZodType;
    element?: z.ZodType;
    in?: z.ZodType;
    options?: z.ZodType[];
  };
  if (definition.shape) return [definition.shape];
  const inner = definition.innerType ?? definition.element ?? definition.in;
  if (inner) return objectShapes(inner);
  return (definition.options ?? []).flatMap(option => objectShapes(option));
}

/** A copy of a parsed configuration with every relative path made absolute. */
function resolvePaths<T>(folder: string, value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => resolvePaths(folder, item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    if (typeof inner === 'string' && pathKeys.has(key)) return [key, resolve(folder, inner)];
    return [key, resolvePaths(folder, inner)];
  });
  return Object.fromEntries(entries) as T;
}
