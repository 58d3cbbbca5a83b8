/**
 * The part of a policy that only KasmVNC itself can carry out, and its place in the kasmvnc.yaml of a desktop. Control
 * says the part, an agent puts it into the file before the desktop starts. Pure.
 */
import { isMap, isScalar, type Node, parseDocument, Scalar, YAMLMap } from 'yaml';
import { z } from 'zod';
import { limits } from './limits.ts';

/** Of the three files that KasmVNC's start script reads: after its defaults, before the user's own. */
export const kasmvncFile = { folder: '/etc/kasmvnc', name: 'kasmvnc.yaml' } as const;

/** Some of what may stand below `data_loss_prevention` there, in KasmVNC's own form. */
export interface KasmvncSection {
  readonly [key: string]: string | number | boolean | KasmvncSection;
}

const key = z.string().regex(/^[a-z_]{1,64}$/);

const sectionSchema: z.ZodType<KasmvncSection> = z.lazy(() =>
  z.record(key, z.union([z.string(), z.number(), z.boolean(), sectionSchema])),
);

/** @returns undefined when the text is no such part. */
export function parseKasmvncSection(json: string): KasmvncSection | undefined {
  if (json.length > limits.kasmvncSectionCharsMax) return undefined;
  try {
    return sectionSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/**
 * The file with the part in it. A value of ours takes the place of the file's; a watermark that of the whole watermark.
 * Nothing else changes, to the letter: KasmVNC takes every value as text, so that numbers are not read as such here.
 * @param text of the file; empty where there is none
 * @throws Error when the file is no YAML with sections; speaks of the file as "it"
 */
export function mergeKasmvncFile(text: string, section: KasmvncSection): string {
  const document = parseFile(text);
  const top = document.contents ?? new YAMLMap();
  if (!isMap(top)) throw new Error('it holds no sections');
  put(top, 'data_loss_prevention', section);
  document.contents = top;
  // KasmVNC's reader knows no text over several lines.
  return document.toString({ lineWidth: 0 });
}

function parseFile(text: string) {
  try {
    // All texts, but for a key without a value, which must stay one.
    const document = parseDocument<Node>(text, { schema: 'failsafe', customTags: ['null'] });
    const [problem] = document.errors;
    if (problem === undefined) return document;
    throw new Error(problem.message.split('\n')[0]);
  } catch (error) {
    // A RangeError for one that is nested too deeply is no other.
    throw new Error(`it is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function put(parent: YAMLMap, name: string, value: KasmvncSection[string]): void {
  // Its reader knows braces with nothing in them only.
  parent.flow = false;
  if (typeof value !== 'object') {
    parent.set(name, scalarOf(value));
    return;
  }
  let inner = parent.get(name, true) as Node | undefined;
  if (name === 'watermark' || inner === undefined || (isScalar(inner) && isBlank(inner.value))) {
    inner = new YAMLMap();
    parent.set(name, inner);
  }
  if (!isMap(inner)) throw new Error(`its ${name} is no section`);
  for (const [innerName, one] of Object.entries(value)) put(inner, innerName, one);
}

function isBlank(value: unknown): boolean {
  return value === null || value === '';
}

function scalarOf(value: string | number | boolean): Scalar<string> {
  const scalar = new Scalar(String(value));
  if (typeof value === 'string') scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
