import { afterAll, setDefaultTimeout } from 'bun:test';
import { listOpenHandles } from './harness/leaked-handles.ts';

// Generous, because two cores may be shared with servers; a test that needs longer says so itself. Bun forgets this
// after the first file of a run: a run of many files gives --timeout as well.
setDefaultTimeout(20_000);

const openAtStart = new Set(listOpenHandles());

// A server or a process that outlives the tests is a resource nobody owns: the run fails and names it.
afterAll(async () => {
  const graceMs = 2_000;
  const end = performance.now() + graceMs;
  for (;;) {
    const leaked = listOpenHandles().filter(handle => !openAtStart.has(handle));
    if (leaked.length === 0) return;
    if (performance.now() >= end) throw new Error(`the tests left open:\n  ${leaked.join('\n  ')}`);
    await Bun.sleep(20);
  }
});
