/** How much the JavaScript engine lets be allocated before it collects garbage: an option that it reads as it starts. */

export const heapHeadroomVariable = 'BUN_JSC_largeHeapSize';

/**
 * In bytes. Every chunk that is relayed counts as allocated, although the relay gives its memory back at once
 * (gateway/relay/chunk-memory.ts): with the engine's own measure, 32 MiB, it would collect after each 16 MB relayed, a
 * millisecond's pause for all streams. What is garbage in truth can take up so much more before it goes; in quiet times
 * timers of the runtime collect it anyway.
 */
const headroomBytes = 128 * 1024 * 1024;

/**
 * Makes this process the same program again, with the option set: same process id, arguments and descriptors. Returns
 * when it is set already, by this or by the operator, or when the program can't be started anew: it runs without then.
 * To be called before anything else is loaded. Processes started from this one inherit the option.
 */
export function startWithHeapHeadroom(): void {
  const { env, execPath, execArgv, argv } = process;
  if (env[heapHeadroomVariable] !== undefined || process.execve === undefined) return;
  const again = [execPath, ...execArgv, ...argv.slice(1)];
  try {
    process.execve(execPath, again, { ...env, [heapHeadroomVariable]: String(headroomBytes) });
  } catch {
    // A system that forbids it: slower, and right all the same.
  }
}
