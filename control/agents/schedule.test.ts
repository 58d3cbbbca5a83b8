import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { type AgentCapacity, placeDesktop } from './schedule.ts';

const GiB = 1024 ** 3;

function agent(agentId: string, given: Partial<AgentCapacity> = {}): AgentCapacity {
  return {
    agentId,
    name: `host-${agentId}`,
    runtime: 'docker',
    runtimeProblem: '',
    cores: 8,
    memoryBytes: 16 * GiB,
    coresTaken: 0,
    memoryBytesTaken: 0,
    images: [],
    ...given,
  };
}

const demand = { image: 'desktop:1', cores: 2, memoryBytes: 2 * GiB };

describe('placing a desktop', () => {
  test('takes the agent with the most free cores', () => {
    const agents = [
      agent('a', { coresTaken: 4 }),
      agent('b', { coresTaken: 1 }),
      agent('c', { coresTaken: 2 }),
    ];
    expect(placeDesktop(agents, demand)).toEqual({ ok: true, agentId: 'b' });
  });

  test('between equal cores, takes the one with more free memory', () => {
    const agents = [agent('a', { memoryBytesTaken: 4 * GiB }), agent('b')];
    expect(placeDesktop(agents, demand)).toEqual({ ok: true, agentId: 'b' });
  });

  test('between equal capacity, takes the one that has the image already', () => {
    expect(placeDesktop([agent('a'), agent('b', { images: ['desktop:1'] })], demand)).toEqual({
      ok: true,
      agentId: 'b',
    });
  });

  test('passes over an agent with more cores but too little memory', () => {
    const agents = [agent('a', { memoryBytesTaken: 15 * GiB }), agent('b', { coresTaken: 6 })];
    expect(placeDesktop(agents, demand)).toEqual({ ok: true, agentId: 'b' });
  });

  test('an exact fit fits', () => {
    expect(placeDesktop([agent('a', { cores: 2, memoryBytes: 2 * GiB })], demand).ok).toBe(true);
  });

  test('says that no agent is connected', () => {
    expect(placeDesktop([], demand)).toEqual({ ok: false, limit: 'agents', why: 'no agent is connected' });
  });

  test("passes on the agent's own words when its runtime cannot be used", () => {
    const broken = agent('a', { runtime: 'none', runtimeProblem: 'docker does not answer: start it' });
    expect(placeDesktop([broken], demand)).toEqual({
      ok: false,
      limit: 'runtime',
      why: 'no agent has a usable runtime (host-a: docker does not answer: start it)',
    });
    expect(placeDesktop([broken, agent('b')], demand)).toEqual({ ok: true, agentId: 'b' });
  });

  test('names the cores it lacks', () => {
    expect(placeDesktop([agent('a', { coresTaken: 6.5 })], demand)).toEqual({
      ok: false,
      limit: 'cores',
      why: 'it needs 2 cores, the most free are 1.5',
    });
  });

  test('names the memory it lacks', () => {
    expect(placeDesktop([agent('a', { memoryBytesTaken: 15 * GiB })], demand)).toEqual({
      ok: false,
      limit: 'memory',
      why: 'it needs 2048 MiB of memory, the most free is 1024 MiB',
    });
  });

  test('never depends on the order of the agents, and never overfills one', () => {
    const any = fc.record({
      agentId: fc.uuid(),
      name: fc.string(),
      runtime: fc.constantFrom('docker', 'process', 'none') as fc.Arbitrary<AgentCapacity['runtime']>,
      runtimeProblem: fc.string(),
      cores: fc.integer({ min: 0, max: 8 }),
      memoryBytes: fc.integer({ min: 0, max: 8 }).map(n => n * GiB),
      coresTaken: fc.integer({ min: 0, max: 8 }),
      memoryBytesTaken: fc.integer({ min: 0, max: 8 }).map(n => n * GiB),
      images: fc.subarray(['desktop:1', 'desktop:2']),
    });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: one => one.agentId, maxLength: 6 }), agents => {
        const placement = placeDesktop(agents, demand);
        expect(placeDesktop(agents.toReversed(), demand).ok).toBe(placement.ok);
        if (!placement.ok) return;
        expect(placeDesktop(agents.toReversed(), demand)).toEqual(placement);
        const chosen = agents.find(one => one.agentId === placement.agentId);
        expect(chosen).toBeDefined();
        if (chosen === undefined) return;
        expect(chosen.cores - chosen.coresTaken).toBeGreaterThanOrEqual(demand.cores);
        expect(chosen.memoryBytes - chosen.memoryBytesTaken).toBeGreaterThanOrEqual(demand.memoryBytes);
      }),
    );
  });
});
