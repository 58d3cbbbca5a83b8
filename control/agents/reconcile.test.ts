import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { type AssignedSession, reconcileAgent } from './reconcile.ts';

describe('reconciling an agent', () => {
  test('stops a desktop that no session of this agent asked for', () => {
    expect(reconcileAgent([], ['a'])).toEqual({ start: [], stop: ['a'], adopt: [], vanished: [] });
  });

  test('keeps a desktop that runs and should, and adopts one that finished starting meanwhile', () => {
    const assigned = [
      { sessionId: 'a', status: 'running' },
      { sessionId: 'b', status: 'starting' },
    ] as const;
    expect(reconcileAgent(assigned, ['a', 'b'])).toEqual({
      start: [],
      stop: [],
      adopt: ['a', 'b'],
      vanished: [],
    });
  });

  test('ends a session whose desktop vanished', () => {
    expect(reconcileAgent([{ sessionId: 'a', status: 'running' }], [])).toEqual({
      start: [],
      stop: [],
      adopt: [],
      vanished: ['a'],
    });
  });

  test('asks again for a desktop that was starting', () => {
    expect(reconcileAgent([{ sessionId: 'a', status: 'starting' }], []).start).toEqual(['a']);
  });

  test('stops a desktop that was given up while the agent was away, once', () => {
    expect(reconcileAgent([{ sessionId: 'a', status: 'deleting' }], ['a']).stop).toEqual(['a']);
  });

  test('asks for the stop of a session being deleted even where no desktop is listed: it may be half made', () => {
    expect(reconcileAgent([{ sessionId: 'a', status: 'deleting' }], []).stop).toEqual(['a']);
  });

  test('every session and every desktop gets exactly one answer', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const assigned = fc.uniqueArray(
      fc.record({ sessionId: id, status: fc.constantFrom('starting', 'running', 'deleting') }),
      { selector: one => one.sessionId },
    ) as fc.Arbitrary<AssignedSession[]>;
    fc.assert(
      fc.property(assigned, fc.uniqueArray(id), (sessions, desktops) => {
        const plan = reconcileAgent(sessions, desktops);
        const answers = [...plan.start, ...plan.stop, ...plan.adopt, ...plan.vanished].sort();
        expect(answers).toEqual([...new Set([...sessions.map(one => one.sessionId), ...desktops])].sort());
      }),
    );
  });
});
