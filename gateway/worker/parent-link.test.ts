import { expect, test } from 'bun:test';

/** A process with a channel, as a worker is: it asks what can't be sent, and tells how many timers run afterwards. */
const program = `
  const running = new Set();
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  globalThis.setTimeout = (...args) => { const timer = start(...args); running.add(timer); return timer; };
  globalThis.clearTimeout = timer => { running.delete(timer); stop(timer); };
  const { ParentLink } = await import(process.argv[1]);
  const { limits } = await import(process.argv[2]);
  const link = new ParentLink({ onMessage() {}, onLost() {} });
  const sessionId = 'x'.repeat(limits.workerMessageCharsMax);
  const failed = await link.ask({ kind: 'decisionsOf', sessionId }).catch(error => error.name);
  process.send(JSON.stringify({ failed, timers: running.size }), undefined, undefined, () => process.exit(0));
`;

test('a question that can not be sent fails at once, and nothing waits for an answer to it', async () => {
  const urls = ['./parent-link.ts', '../../config/limits.ts'].map(
    file => new URL(file, import.meta.url).href,
  );
  const told = Promise.withResolvers<string>();
  const child = Bun.spawn([process.execPath, '-e', program, ...urls], {
    stdio: ['ignore', 'inherit', 'inherit'],
    serialization: 'advanced',
    ipc: text => told.resolve(text as string),
  });
  try {
    expect(JSON.parse(await told.promise)).toEqual({ failed: 'MessageError', timers: 0 });
  } finally {
    child.kill();
    await child.exited;
  }
});
