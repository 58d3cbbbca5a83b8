/** Nodes: the gateways and agents that were enrolled, and which control instance holds their link. */
import { createHash } from 'node:crypto';
import type { NodeId } from '../../config/ids.ts';
import { limits } from '../../config/limits.ts';
import type { Db } from '../db/connect.ts';

export type NodeRole = 'gateway' | 'agent';

export interface EnrolledNode {
  readonly nodeId: NodeId;
  readonly role: NodeRole;
}

export interface NodeSummary {
  readonly nodeId: NodeId;
  readonly role: NodeRole;
  readonly name: string;
  readonly version: string;
  readonly connected: boolean;
  readonly seenAt: Date;
}

/** What of a credential is kept: enough to know it again, not enough to show it. */
export function hashCredential(credential: string): Buffer {
  return createHash('sha256').update(credential).digest();
}

export class NodeStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async findByCredential(credential: string): Promise<EnrolledNode | undefined> {
    const rows = await this.#db<EnrolledNode[]>`
      select node_id as "nodeId", role from node where credential_hash = ${hashCredential(credential)}`;
    return rows[0];
  }

  async enrol(node: { role: NodeRole; name: string; version: string; credential: string }): Promise<NodeId> {
    const rows = await this.#db<{ nodeId: NodeId }[]>`
      insert into node (role, name, version, credential_hash)
      values (${node.role}, ${node.name}, ${node.version}, ${hashCredential(node.credential)})
      returning node_id as "nodeId"`;
    const row = rows[0];
    if (row === undefined) throw new Error('the database returned no row for a new node');
    return row.nodeId;
  }

  /** The node speaks through this connection from now on, whatever connection it had before. */
  async connected(node: {
    nodeId: NodeId;
    name: string;
    version: string;
    controlId: string;
    connectionId: string;
  }): Promise<void> {
    await this.#db`
      update node set name = ${node.name}, version = ${node.version}, seen_at = now(),
        control_id = ${node.controlId}, connection_id = ${node.connectionId}
      where node_id = ${node.nodeId}`;
  }

  /** Leaves a newer connection of the same node alone. */
  async disconnected(connectionId: string): Promise<void> {
    await this.#db`
      update node set control_id = null, connection_id = null, seen_at = now()
      where connection_id = ${connectionId}`;
  }

  async seen(connectionIds: ReadonlyArray<string>): Promise<void> {
    if (connectionIds.length === 0) return;
    await this.#db`update node set seen_at = now() where connection_id = any(${[...connectionIds]}::uuid[])`;
  }

  async list(): Promise<NodeSummary[]> {
    return this.#db<NodeSummary[]>`
      select node_id as "nodeId", role, name, version, seen_at as "seenAt",
        control_id is not null and seen_at > now() - ${limits.linkSilenceMs} * interval '1 millisecond' as connected
      from node order by role, name, node_id`;
  }
}
