/**
 * Preloaded into a process under test: tells over a Unix socket what its heap holds once garbage is collected.
 * Resident memory goes up and down with the allocator; the objects that are alive do not.
 */
import { heapStats } from 'bun:jsc';
import { hasEngineOptions } from '../../config/engine-options.ts';

export interface HeapContent {
  /** Objects alive, of all types. */
  readonly objectCount: number;
  readonly objectTypeCounts: Readonly<Record<string, number>>;
}

/** Environment variable with the socket's path; without it the probe does nothing. */
export const heapSocketVariable = 'SLUICE_TEST_HEAP_SOCKET';

const path = process.env[heapSocketVariable];
// Before the gateway has started itself anew it is not the process to look into.
if (path !== undefined && hasEngineOptions()) {
  Bun.serve({
    unix: path,
    fetch() {
      Bun.gc(true);
      const { objectCount, objectTypeCounts } = heapStats();
      return Response.json({ objectCount, objectTypeCounts } satisfies HeapContent);
    },
  });
}
