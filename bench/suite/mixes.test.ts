import { describe, expect, test } from 'bun:test';
import { formatSummary, type LoadTotals } from '../load/load-summary.ts';
import { Histogram } from '../report/histogram.ts';
import { parseMixFigure } from './mixes.ts';

const totals: LoadTotals = {
  open: 400,
  opened: 400,
  bytesDown: 1,
  failures: new Map(),
  failed: 0,
  lagMs: 1,
  cpuShare: 0.1,
  openMs: new Histogram(),
  latencyMs: new Histogram(),
  steadyBytesPerSecond: 5.8e7,
};

describe('the summary of a load', () => {
  test('says what the gateway used and how many sessions that is a core', () => {
    const summary = formatSummary(totals, undefined, { cpuShare: 0.25, residentMb: 120 });
    expect(parseMixFigure('video', summary)).toEqual({
      mix: 'video',
      streams: 400,
      cpuShare: 0.25,
      megabytesPerSecond: 58,
      perCore: 1120,
      late: false,
    });
  });

  test('says when the load was late, and when it was too small to tell', () => {
    const summary = formatSummary(totals, 'it was late', { cpuShare: 0.001, residentMb: 120 });
    expect(parseMixFigure('idle', summary)).toMatchObject({ perCore: undefined, late: true });
  });

  test('that broke off says nothing', () => expect(parseMixFigure('video', 'no table')).toBeUndefined());
});
