import { describe, expect, test } from 'bun:test';
import { demultiplex } from './log-frames.ts';

function frame(stream: number, text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [stream, 0, 0, 0, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes];
}

describe('the log stream of a container', () => {
  test('both streams in the order of their frames', () => {
    expect(demultiplex(Uint8Array.from([...frame(1, 'out\n'), ...frame(2, 'err\n')]))).toBe('out\nerr\n');
  });

  test('a character cut in two by a frame border is whole again', () => {
    const [first = 0, second = 0] = new TextEncoder().encode('é');
    const cut = [1, 0, 0, 0, 0, 0, 0, 1, first, 1, 0, 0, 0, 0, 0, 0, 1, second];
    expect(demultiplex(Uint8Array.from(cut))).toBe('é');
  });

  test('a frame that is cut off is left out', () => {
    expect(demultiplex(Uint8Array.from([...frame(1, 'whole'), ...frame(1, 'cut').slice(0, 9)]))).toBe(
      'whole',
    );
  });

  test('a container with a terminal has no frames', () => {
    expect(demultiplex(new TextEncoder().encode('plain text\n'))).toBe('plain text\n');
  });

  test('no log is no text', () => {
    expect(demultiplex(new Uint8Array())).toBe('');
  });
});
