import { expect, test } from 'bun:test';
import { createLog } from '../config/log.ts';
import { formatLogLine, isAtLeast, parseLogLine } from './log-line.ts';
import { Terminal } from './terminal.ts';

function logLine(level: 'info' | 'warn' | 'error', message: string, fields = {}): string {
  const lines: string[] = [];
  createLog({ program: 'agent', level: 'debug', write: line => lines.push(line), now: () => 0 })[level](
    message,
    fields,
  );
  return lines[0] ?? '';
}

test('a line of our log is read back', () => {
  const line = parseLogLine(logLine('warn', 'slow', { error: 'late', port: 1 }));
  expect(line?.level).toBe('warn');
  expect(line?.message).toBe('slow');
  expect([...(line?.fields ?? [])]).toEqual([
    ['error', 'late'],
    ['port', '1'],
  ]);
});

test.each(['', 'plain text', '{', '{"level":"warn"}', '{"level":"loud","message":"a"}', '[1]', 'null'])(
  'any other text is no log line: %p',
  text => expect(parseLogLine(text)).toBeUndefined(),
);

test('a person reads the message, why, the details and what to do', () => {
  const line = parseLogLine(
    logLine('error', 'could not pull', { image: 'a/b:1', error: 'no such host', hint: 'check the name' }),
  );
  expect(line && formatLogLine(line)).toBe('could not pull: no such host (image: a/b:1); check the name');
});

test('levels are ordered', () => {
  expect(isAtLeast('warn', 'warn')).toBe(true);
  expect(isAtLeast('error', 'warn')).toBe(true);
  expect(isAtLeast('info', 'warn')).toBe(false);
});

test('the terminal shows warnings and errors, each once', () => {
  let shown = '';
  const terminal = new Terminal(text => {
    shown += text;
  });
  for (const text of [
    logLine('info', 'quiet'),
    logLine('warn', 'odd'),
    logLine('warn', 'odd'),
    logLine('error', 'bad'),
  ]) {
    const line = parseLogLine(text);
    if (line !== undefined) terminal.showLogLine('agent', line);
  }
  expect(shown).toBe('agent: warning: odd\nagent: error: bad\n');
});
