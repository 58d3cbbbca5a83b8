import { expect, test } from 'bun:test';
import { createLog } from './log.ts';
import { Secret } from './secret.ts';

test('a log line is one JSON object with time, level, program, message and its fields', () => {
  const lines: string[] = [];
  const log = createLog({ program: 'gateway', level: 'info', write: line => lines.push(line), now: () => 0 });
  log.child({ sessionId: 's' }).warn('cut', { closeReason: 'session_ended' });
  log.debug('not shown');
  expect(lines.map(line => JSON.parse(line))).toEqual([
    {
      time: '1970-01-01T00:00:00.000Z',
      level: 'warn',
      program: 'gateway',
      message: 'cut',
      sessionId: 's',
      closeReason: 'session_ended',
    },
  ]);
});

test('a secret shows itself in no text, no JSON and no inspection', () => {
  const secret = new Secret('hunter2');
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    Bun.inspect(secret),
    Bun.inspect({ a: [secret] }),
  ];
  expect(shown.join(' ')).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});
