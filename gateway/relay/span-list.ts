import type { OutputSpans } from './stream-inspection.ts';

/** OutputSpans that can be added to. Keeps views, never copies. */
export class SpanList implements OutputSpans {
  readonly spans: Uint8Array[] = [];
  byteLength = 0;

  /** Adds `bytes` from `start` to `end`; nothing when that is empty. */
  add(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (start >= end) return;
    this.spans.push(bytes.subarray(start, end));
    this.byteLength += end - start;
  }

  clear(): void {
    this.spans.length = 0;
    this.byteLength = 0;
  }
}
