import { describe, expect, test } from 'bun:test';
import type { EngineProgress } from './docker-connection.ts';
import { PullProgress } from './pull-progress.ts';

function after(...lines: EngineProgress[]): { message: string; progress: number } {
  const pull = new PullProgress();
  for (const line of lines) pull.take(line);
  const { message, progress } = pull.step();
  return { message, progress };
}

const layer = (id: string): EngineProgress => ({ id, status: 'Pulling fs layer' });
const downloading = (id: string, current: number, total: number): EngineProgress => ({
  id,
  status: 'Downloading',
  progressDetail: { current, total },
});

describe('the progress of a pull', () => {
  test('begins before the first layer is known', () => {
    expect(after({ status: 'Pulling from library/x', id: '1' })).toEqual({
      message: 'asking the registry for the image',
      progress: 0,
    });
  });

  test('weighs layers by their size', () => {
    const step = after(layer('a'), layer('b'), downloading('a', 900, 900), downloading('b', 0, 100));
    expect(step).toEqual({ message: 'pulling the image: 0 of 2 layers', progress: 63 });
  });

  test('counts layers that are there already as done', () => {
    expect(after({ id: 'a', status: 'Already exists' }, layer('b')).message).toBe(
      'pulling the image: 1 of 2 layers',
    );
  });

  test('reaches 100 when every layer is complete', () => {
    const step = after(layer('a'), downloading('a', 1, 10), { id: 'a', status: 'Pull complete' });
    expect(step).toEqual({ message: 'pulling the image: 1 of 1 layers', progress: 100 });
  });

  test('never falls back', () => {
    const pull = new PullProgress();
    const seen: number[] = [];
    for (const line of [
      layer('a'),
      downloading('a', 5, 10),
      downloading('a', 10, 10),
      { id: 'a', status: 'Verifying Checksum' },
      { id: 'a', status: 'Download complete' },
      { id: 'a', status: 'Extracting', progressDetail: { current: 5, total: 10 } },
      { id: 'a', status: 'Pull complete' },
    ]) {
      pull.take(line);
      seen.push(pull.step().progress);
    }
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.at(-1)).toBe(100);
  });

  test('tells only of changes', () => {
    const pull = new PullProgress();
    expect(pull.take(layer('a'))).toBeTrue();
    expect(pull.take(downloading('a', 500, 1000))).toBeTrue();
    expect(pull.take(downloading('a', 501, 1000))).toBeFalse();
  });
});
