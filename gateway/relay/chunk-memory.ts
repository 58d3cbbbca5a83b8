/**
 * Smaller memory is left to the garbage collector: to ask where it lies costs more than it would save. Not below 8 KiB,
 * the pool that `Buffer` cuts small pieces from.
 */
export const releasedBytesMin = 16 * 1024;

/**
 * Gives the memory behind a view back now rather than at the next garbage collection: every view of it becomes
 * empty. A read chunk is up to 512 KiB; given back at once, the next one lies in the same pages, which are mapped
 * and in the cache of the core (docs/performance.md).
 *
 * @param bytes nobody reads them, or anything else in the same memory, after this call.
 */
export function releaseChunk(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer.byteLength >= releasedBytesMin && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
