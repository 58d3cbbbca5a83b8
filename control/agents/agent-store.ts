/** What agents said of their hosts, and what is still free there. Scheduling truth is these rows. */
import { limits } from '../../config/limits.ts';
import type { AgentState } from '../../config/link/link.ts';
import type { Db, DbOrTransaction } from '../db/connect.ts';
import type { AgentCapacity } from './schedule.ts';

const imagesMax = 1_000;
const textCharsMax = 2_000;

export class AgentStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** @throws Error when the report contradicts itself (an unknown runtime). */
  async report(agentId: string, state: AgentState): Promise<void> {
    const row = {
      agent_id: agentId,
      runtime: checkRuntime(state.runtime),
      runtime_version: (state.runtimeVersion ?? '').slice(0, textCharsMax),
      runtime_problem: (state.runtimeProblem ?? '').slice(0, textCharsMax),
      cores: state.cores ?? 0,
      memory_bytes: Number(state.memoryBytes ?? 0),
      images: (state.images ?? []).slice(0, imagesMax),
    };
    await this.#db`
      insert into agent ${this.#db(row)}
      on conflict on constraint agent_pkey do update set runtime = excluded.runtime,
        runtime_version = excluded.runtime_version, runtime_problem = excluded.runtime_problem,
        cores = excluded.cores, memory_bytes = excluded.memory_bytes, images = excluded.images, reported_at = now()`;
  }

  /**
   * The agents that are connected to any control instance and have reported, with what they have promised.
   * A session on its way out still takes its share: its desktop may still be there.
   */
  async listConnected(on: DbOrTransaction = this.#db): Promise<AgentCapacity[]> {
    type Row = Omit<AgentCapacity, 'memoryBytes' | 'memoryBytesTaken'> & {
      memoryBytes: string;
      memoryBytesTaken: string;
    };
    const rows = await on<Row[]>`
      select a.agent_id as "agentId", n.name, a.runtime, a.runtime_problem as "runtimeProblem", a.cores,
        a.memory_bytes as "memoryBytes", a.images, coalesce(taken.cores, 0) as "coresTaken",
        coalesce(taken.memory_bytes, 0)::text as "memoryBytesTaken"
      from agent a join node n on n.node_id = a.agent_id
        left join (
          select agent_id, sum(cores) as cores, sum(memory_bytes) as memory_bytes from session group by agent_id
        ) taken on taken.agent_id = a.agent_id
      where n.control_id is not null and n.seen_at > now() - ${limits.linkSilenceMs} * interval '1 millisecond'`;
    return rows.map(row => ({
      ...row,
      memoryBytes: Number(row.memoryBytes),
      memoryBytesTaken: Number(row.memoryBytesTaken),
    }));
  }
}

function checkRuntime(runtime: string | null | undefined): AgentCapacity['runtime'] {
  if (runtime === 'docker' || runtime === 'process' || runtime === 'none') return runtime;
  throw new Error(`an agent reported the unknown runtime "${(runtime ?? '').slice(0, 40)}"`);
}
