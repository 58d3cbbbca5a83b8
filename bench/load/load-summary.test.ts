import { describe, expect, test } from 'bun:test';
import type { GeneratorReport } from './generator-task.ts';
import { addReports, bottleneck, formatSummary, sessionsPerCore } from './load-summary.ts';

const report = (values: Partial<GeneratorReport>): GeneratorReport => ({
  open: 10,
  opened: 12,
  bytesDown: 1000,
  bytesUp: 10,
  messagesDown: 5,
  failures: {},
  lagMs: 1,
  cpuShare: 0.1,
  openMs: [],
  latencyMs: [],
  steadySeconds: 2,
  steadyBytesDown: 500,
  done: true,
  ...values,
});

describe('the reports of several processes', () => {
  const totals = addReports([
    report({ failures: { ECONNREFUSED: 2 }, cpuShare: 0.9 }),
    report({ failures: { ECONNREFUSED: 1, 'closed with 1011': 4 }, lagMs: 80 }),
  ]);

  test('add up, failures by cause', () => {
    expect(totals.open).toBe(20);
    expect(totals.failed).toBe(7);
    expect([...totals.failures]).toEqual([
      ['ECONNREFUSED', 3],
      ['closed with 1011', 4],
    ]);
    expect(totals.steadyBytesPerSecond).toBe(500);
  });

  test('are as late and as busy as the worst of them, and say so', () => {
    expect(bottleneck(totals)).toBe(
      'it came 80 ms late to what was due and a process of it used 90 % of its core',
    );
    expect(formatSummary(totals, bottleneck(totals), undefined)).toContain('THE LOAD WAS THE BOTTLENECK');
  });
});

test('a load that keeps up is no bottleneck', () => {
  const totals = addReports([report({})]);
  expect(bottleneck(totals)).toBeUndefined();
  expect(formatSummary(totals, undefined, undefined)).toContain('The load kept up');
});

test('sessions per core follow from the share of a core that was used', () => {
  expect(sessionsPerCore(1000, { cpuShare: 0.35, residentMb: 100 }, 0.7)).toBe(2000);
  expect(sessionsPerCore(10, { cpuShare: 0.001, residentMb: 100 }, 0.7)).toBeUndefined();
});
