/**
 * Where each value of a policy document comes from, so that a person can be told why something is not allowed and
 * who can change that. Travels beside the document, never inside it: nothing is decided by it. Pure.
 */
import { z } from 'zod';
import { type DataLossPrevention, dataLossPreventionSchema } from './data-loss-prevention.ts';
import type { PolicyDocument } from './policy.ts';

const sourceSchema = z.discriminatedUnion('from', [
  /** A group of the user; of several that define a setting the one with the lowest priority number. */
  z.object({ from: z.literal('group'), name: z.string(), priority: z.number() }),
  z.object({ from: z.literal('image'), name: z.string() }),
  /** The token that opened the stream. */
  z.object({ from: z.literal('token') }),
  /** The gateway's configuration file. */
  z.object({ from: z.literal('file') }),
  /** Nobody said anything, or what they said is the default. */
  z.object({ from: z.literal('default') }),
]);

export type PolicySource = z.infer<typeof sourceSchema>;

/**
 * By key of the document: `access`, `settings.view_only`, `data_loss_prevention.clipboard.client_to_server.size`.
 * A key speaks for all that lie below it; what no key speaks for is the default.
 */
export type PolicySources = Readonly<Record<string, PolicySource>>;

/** One value that holds, and where it comes from. */
export type PolicyRule = { readonly key: string; readonly value: unknown } & PolicySource;

const sourcesSchema = z.record(z.string(), sourceSchema);

/** @returns no sources for a text that is none: an explanation that is missing must not end a stream. */
export function parsePolicySources(json: string | null | undefined): PolicySources {
  if (json === null || json === undefined || json === '') return {};
  try {
    const result = sourcesSchema.safeParse(JSON.parse(json));
    return result.success ? result.data : {};
  } catch {
    return {};
  }
}

/** Every value of a document with its source, sorted by key. */
export function listPolicyRules(document: PolicyDocument, sources: PolicySources): PolicyRule[] {
  return listLeaves(document, '')
    .map(({ key, value }) => ({ key, value, ...sourceOf(key, sources) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** The sources of a document that one file says all of: what differs from the defaults is the file's. */
export function sourcesOfFile(document: PolicyDocument): PolicySources {
  const { data_loss_prevention, ...rest } = document;
  const said = listLeaves(rest, '').filter(({ key, value }) => key !== 'access' || value !== 'full');
  return {
    ...Object.fromEntries(said.map(({ key }) => [key, { from: 'file' } as const])),
    ...sourcesOfSection(data_loss_prevention, { from: 'file' }),
  };
}

/** The sources of a document's own section that one place says all of: what differs from the defaults is its word. */
export function sourcesOfSection(section: DataLossPrevention, source: PolicySource): PolicySources {
  const defaults = new Map(
    listLeaves(dataLossPreventionSchema.parse({}), 'data_loss_prevention').map(leaf => [
      leaf.key,
      JSON.stringify(leaf.value),
    ]),
  );
  const said = listLeaves(section, 'data_loss_prevention').filter(
    ({ key, value }) => defaults.get(key) !== JSON.stringify(value),
  );
  return Object.fromEntries(said.map(({ key }) => [key, source]));
}

/** The source of a key: its own, or that of the nearest key above it. */
function sourceOf(key: string, sources: PolicySources): PolicySource {
  for (let above = key; above !== ''; above = above.slice(0, Math.max(0, above.lastIndexOf('.')))) {
    const source = Object.hasOwn(sources, above) ? sources[above] : undefined;
    if (source !== undefined) return source;
  }
  return { from: 'default' };
}

interface Leaf {
  readonly key: string;
  readonly value: unknown;
}

/** Lists count as one value. Objects without a key, and keys without a value, say nothing. */
function listLeaves(value: unknown, key: string): Leaf[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ key, value }];
  return Object.entries(value).flatMap(([name, inner]) =>
    listLeaves(inner, key === '' ? name : `${key}.${name}`),
  );
}
