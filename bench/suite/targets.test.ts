import { describe, expect, test } from 'bun:test';
import { type FigureName, Samples } from './samples.ts';
import { judge, type Target, targets } from './targets.ts';

function samplesOf(figure: FigureName, values: Readonly<Record<string, readonly number[]>>): Samples {
  const samples = new Samples();
  for (const [relay, numbers] of Object.entries(values)) {
    for (const number of numbers) samples.add(figure, relay, number);
  }
  return samples;
}

const against = (relay: string, limit: number): Target => ({
  figure: 'cpu-large',
  against: { kind: 'relay', relay },
  limit,
  sense: 'at-most',
});

describe('a target against one relay', () => {
  test('compares round by round and judges the median', () => {
    const samples = samplesOf('cpu-large', { sluice: [0.7, 7, 0.6], 'nginx tuned': [1, 10, 0.5] });
    const verdict = judge(samples, against('nginx tuned', 0.75));
    expect(verdict.compared).toEqual({ median: 0.7, min: 0.7, max: 1.2 });
    expect(verdict.outcome).toBe('met');
    expect(verdict.close).toBe(true);
  });

  test('is missed above the limit, and says when all rounds agree', () => {
    const samples = samplesOf('cpu-large', { sluice: [0.8, 0.9], 'nginx tuned': [1, 1] });
    const verdict = judge(samples, against('nginx tuned', 0.75));
    expect(verdict.outcome).toBe('missed');
    expect(verdict.close).toBe(false);
  });

  test('is not measured where the relay was not installed', () => {
    const samples = samplesOf('cpu-large', { sluice: [0.8] });
    expect(judge(samples, against('nginx tuned', 0.75)).outcome).toBe('not measured');
  });
});

describe('a target against the best of some', () => {
  const target: Target = {
    figure: 'accept',
    against: { kind: 'best-of', relays: ['nginx as shipped', 'nginx tuned'] },
    limit: 1,
    sense: 'at-most',
  };

  test('takes the one with the lower median', () => {
    const samples = samplesOf('accept', {
      sluice: [0.5],
      'nginx as shipped': [0.9],
      'nginx tuned': [0.6],
      'haproxy tuned': [0.1],
    });
    const verdict = judge(samples, target);
    expect(verdict.peer?.name).toBe('nginx tuned');
    expect(verdict.outcome).toBe('met');
  });

  test('takes the one that is there', () => {
    const samples = samplesOf('accept', { sluice: [1], 'nginx as shipped': [0.9] });
    expect(judge(samples, target)).toMatchObject({ peer: { name: 'nginx as shipped' }, outcome: 'missed' });
  });
});

test('a target for the figure itself may be a floor', () => {
  const target: Target = { figure: 'workers-cpu', against: { kind: 'value' }, limit: 1.8, sense: 'at-least' };
  expect(judge(samplesOf('workers-cpu', { sluice: [1.9] }), target).outcome).toBe('met');
  expect(judge(samplesOf('workers-cpu', { sluice: [1.7] }), target).outcome).toBe('missed');
  expect(judge(new Samples(), target).outcome).toBe('not measured');
});

test('every figure that the product promises has a target', () => {
  const promised: FigureName[] = [
    'cpu-large',
    'cpu-packed',
    'cpu-single',
    'rtt-idle-p50',
    'rtt-idle-p99',
    'rtt-load-p50',
    'rtt-load-p99',
    'idle-memory',
    'accept',
    'cpu-growth',
    'memory-growth',
    'workers-rate',
    'slow-p99',
    'slow-memory',
  ];
  expect(promised.filter(figure => !targets.some(target => target.figure === figure))).toEqual([]);
});
