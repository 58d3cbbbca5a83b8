/** Unpredictable 32-bit mask keys (RFC 6455 section 5.3), drawn from the system a page at a time. */
import type { MaskKeySource } from '../websocket/frame-writer.ts';

export function createMaskKeys(): MaskKeySource {
  const page = new Uint32Array(1024);
  let next = page.length;
  return () => {
    if (next === page.length) {
      crypto.getRandomValues(page);
      next = 0;
    }
    return page[next++]!;
  };
}
