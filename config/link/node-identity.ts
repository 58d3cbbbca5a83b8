/** A node's id and credential, kept in its data folder (mode 0600) from its first Welcome on. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readDataFile, replaceDataFile } from '../data-file.ts';

const identitySchema = z.strictObject({
  node_id: z.string().min(1).max(64),
  credential: z.string().min(16).max(512),
});

export type NodeIdentity = z.infer<typeof identitySchema>;

/** @returns undefined when the node was never enrolled. @throws Error when the file is there but broken. */
export async function readNodeIdentity(dataDir: string): Promise<NodeIdentity | undefined> {
  const file = join(dataDir, 'node.json');
  let text: string;
  try {
    text = readDataFile(file);
  } catch {
    return undefined;
  }
  const parsed = identitySchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is damaged: delete it to enrol this node anew`);
}

/** Whole or not at all: a half-written credential would lock the node out. */
export async function writeNodeIdentity(dataDir: string, identity: NodeIdentity): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'node.json');
  replaceDataFile(file, `${JSON.stringify(identity)}\n`, 0o600);
}
