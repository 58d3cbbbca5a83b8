/**
 * The scheduling rule: which agent runs a new desktop. Pure.
 *
 * Only agents that are connected and have a usable runtime count. Among those where the desktop
 * fits, the one with the most free cores wins; then the most free memory; then one that has the
 * image already; then the lowest id, so that the answer never depends on the order of rows.
 */
export interface AgentCapacity {
  readonly agentId: string;
  readonly name: string;
  readonly runtime: 'docker' | 'process' | 'none';
  /** Runtime none: the agent's own words for why, and the ways out. */
  readonly runtimeProblem: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Promised to sessions that are not gone yet, whatever they do with it. */
  readonly coresTaken: number;
  readonly memoryBytesTaken: number;
  readonly images: ReadonlyArray<string>;
}

export interface DesktopDemand {
  readonly image: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export type Placement =
  | { readonly ok: true; readonly agentId: string }
  | { readonly ok: false; readonly limit: 'agents' | 'runtime' | 'cores' | 'memory'; readonly why: string };

/** @param agents the connected ones; an agent that is away is not offered here at all. */
export function placeDesktop(agents: ReadonlyArray<AgentCapacity>, demand: DesktopDemand): Placement {
  if (agents.length === 0) return { ok: false, limit: 'agents', why: 'no agent is connected' };
  const usable = agents.filter(agent => agent.runtime !== 'none');
  if (usable.length === 0) return { ok: false, limit: 'runtime', why: describeRuntimeProblems(agents) };
  const withCores = usable.filter(agent => freeCores(agent) >= demand.cores);
  if (withCores.length === 0) {
    const best = Math.max(...usable.map(freeCores));
    return {
      ok: false,
      limit: 'cores',
      why: `it needs ${demand.cores} cores, the most free are ${round(best)}`,
    };
  }
  const fitting = withCores.filter(agent => freeMemory(agent) >= demand.memoryBytes);
  const [first, ...rest] = fitting;
  if (first === undefined) {
    const best = Math.max(...withCores.map(freeMemory));
    const why = `it needs ${mebibytes(demand.memoryBytes)} of memory, the most free is ${mebibytes(best)}`;
    return { ok: false, limit: 'memory', why };
  }
  const chosen = rest.reduce((best, agent) => (isBetter(agent, best, demand.image) ? agent : best), first);
  return { ok: true, agentId: chosen.agentId };
}

function isBetter(candidate: AgentCapacity, best: AgentCapacity, image: string): boolean {
  const cores = freeCores(candidate) - freeCores(best);
  if (cores !== 0) return cores > 0;
  const memory = freeMemory(candidate) - freeMemory(best);
  if (memory !== 0) return memory > 0;
  const hasImage = Number(candidate.images.includes(image)) - Number(best.images.includes(image));
  if (hasImage !== 0) return hasImage > 0;
  return candidate.agentId < best.agentId;
}

function describeRuntimeProblems(agents: ReadonlyArray<AgentCapacity>): string {
  const problems = agents.map(agent => `${agent.name}: ${agent.runtimeProblem || 'it gave no reason'}`);
  return `no agent has a usable runtime (${problems.join('; ')})`;
}

function freeCores(agent: AgentCapacity): number {
  return agent.cores - agent.coresTaken;
}

function freeMemory(agent: AgentCapacity): number {
  return agent.memoryBytes - agent.memoryBytesTaken;
}

function round(value: number): number {
  return Math.max(0, Math.round(value * 100) / 100);
}

function mebibytes(bytes: number): string {
  return `${Math.max(0, Math.floor(bytes / (1024 * 1024)))} MiB`;
}
