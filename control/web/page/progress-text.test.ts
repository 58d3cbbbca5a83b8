import { expect, test } from 'bun:test';
import { progressPercent, progressText, stepOf } from './progress-text.ts';

test('the step comes from the status and, while starting, from what the agent says', () => {
  expect(stepOf({ status: 'requested' })).toBe('requested');
  expect(stepOf({ status: 'starting' })).toBe('starting');
  expect(stepOf({ status: 'starting', message: 'pulling image kasmweb/desktop:1.16.0' })).toBe('pulling');
  expect(stepOf({ status: 'starting', message: 'starting the container' })).toBe('starting');
  expect(stepOf({ status: 'running', message: 'pulled' })).toBe('running');
});

test('a status the page does not know counts as starting', () => {
  expect(stepOf({ status: 'provisioning' })).toBe('starting');
});

test('the line is what the service says, or our own words, with the percentage when there is one', () => {
  expect(progressText({ status: 'requested' })).toBe('Asking for a place');
  expect(progressText({ status: 'starting', message: '  ' })).toBe('Starting the desktop');
  expect(progressText({ status: 'starting', message: 'pulling image', percent: 41.6 })).toBe(
    'Pulling image (42 %)',
  );
});

test('nought and nonsense are no percentage', () => {
  for (const percent of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, undefined]) {
    expect(progressPercent({ status: 'starting', percent })).toBeUndefined();
  }
  expect(progressPercent({ status: 'starting', percent: 250 })).toBe(100);
});
