/**
 * Branded identifiers. All are UUIDs; outside input may write them with or without dashes
 * (Kasm's API prints both), inside they are always the lower-case dashed form.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<'UserId'>;
export type GroupId = Branded<'GroupId'>;
export type ImageId = Branded<'ImageId'>;
export type SessionId = Branded<'SessionId'>;
export type NodeId = Branded<'NodeId'>;
export type ConnectionId = Branded<'ConnectionId'>;

const plain = /^[0-9a-f]{32}$/;
const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads a UUID from outside text, with or without dashes, in either case.
 * @returns the lower-case dashed form, or undefined when the text is no UUID.
 */
export function parseId<Id extends string>(text: unknown): Id | undefined {
  if (typeof text !== 'string' || text.length > 36) return undefined;
  const lower = text.toLowerCase();
  if (dashed.test(lower)) return lower as Id;
  if (!plain.test(lower)) return undefined;
  const at = (from: number, to: number): string => lower.slice(from, to);
  return `${at(0, 8)}-${at(8, 12)}-${at(12, 16)}-${at(16, 20)}-${at(20, 32)}` as Id;
}

/** A fresh random id (UUID version 4). */
export function createId<Id extends string>(): Id {
  return crypto.randomUUID() as string as Id;
}
