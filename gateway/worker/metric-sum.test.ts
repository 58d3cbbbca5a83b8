import { expect, test } from 'bun:test';
import { Counter, Gauge } from '../audit/metric.ts';
import { sumCounters, sumMetrics } from './metric-sum.ts';

function textOf(opened: number, streams: number, startedS: number): string {
  const counter = new Counter('sluice_streams_opened_total', 'Streams.');
  counter.add(opened);
  const reasons = new Counter('sluice_streams_closed_total', 'Ends, by "reason".');
  reasons.add(opened, { reason: 'client closed' });
  if (streams > 1) reasons.add(1, { reason: 'other' });
  return [
    counter,
    reasons,
    new Gauge('sluice_streams', 'Open now.', () => streams),
    new Gauge('process_start_time_seconds', 'Start.', () => startedS),
  ]
    .map(metric => metric.render())
    .join('');
}

test('samples of the same name and labels are added up, each family is written once', () => {
  expect(sumMetrics([textOf(3, 1, 200), '', textOf(4, 2, 100)])).toBe(
    [
      '# HELP sluice_streams_opened_total Streams.',
      '# TYPE sluice_streams_opened_total counter',
      'sluice_streams_opened_total 7',
      '# HELP sluice_streams_closed_total Ends, by "reason".',
      '# TYPE sluice_streams_closed_total counter',
      'sluice_streams_closed_total{reason="client closed"} 7',
      'sluice_streams_closed_total{reason="other"} 1',
      '# HELP sluice_streams Open now.',
      '# TYPE sluice_streams gauge',
      'sluice_streams 3',
      '# HELP process_start_time_seconds Start.',
      '# TYPE process_start_time_seconds gauge',
      'process_start_time_seconds 100',
      '',
    ].join('\n'),
  );
});

test('of a process that is gone the counters stay, and what it had at the moment does not', () => {
  const gone = sumCounters([textOf(3, 1, 200), textOf(4, 2, 100)]);
  expect(gone).toContain('sluice_streams_opened_total 7\n');
  expect(gone).not.toContain('gauge');
  expect(sumMetrics([gone, textOf(1, 1, 300)])).toContain('sluice_streams_opened_total 8\n');
});

test('a value that is no number adds nothing', () => {
  const text = '# HELP a A.\n# TYPE a gauge\na NaN\na 2\n';
  expect(sumMetrics([text])).toBe('# HELP a A.\n# TYPE a gauge\na 2\n');
});
