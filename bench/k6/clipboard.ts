/** What the policy of a session says about copying into the desktop, read from `GET /desktop/<id>/policy`. */
import type { PolicyExplanation } from './api.ts';

const sizeKeys = new Set([
  'data_loss_prevention.clipboard.client_to_server.size',
  'settings.clipboard_up_bytes_max',
]);
const switchKeys = new Set([
  'data_loss_prevention.clipboard.client_to_server.enabled',
  'settings.allow_kasm_clipboard_up',
]);

/** Larger copies are not worth a load test's time. */
const limitMax = 1024 * 1024;

/** @returns bytes that may be copied into the desktop at once; undefined: so many that nobody tries more */
export function clipboardLimit({ rules }: PolicyExplanation): number | undefined {
  const limits = rules.flatMap(({ key, value }) => {
    if (switchKeys.has(key) && value === false) return [0];
    if (!sizeKeys.has(key)) return [];
    if (value === 'nothing') return [0];
    // KasmVNC's 0 is no limit.
    return typeof value === 'number' && value > 0 ? [value] : [];
  });
  const lowest = Math.min(...limits);
  return lowest <= limitMax ? lowest : undefined;
}

/** Whether between two answers one more copy into the desktop was refused. */
export function isCopyRefused(before: PolicyExplanation, after: PolicyExplanation): boolean {
  return refusedCopies(after) > refusedCopies(before);
}

function refusedCopies({ decisions }: PolicyExplanation): number {
  return decisions
    .filter(
      ({ type, direction, verdict }) => type === 'clipboard' && direction === 'up' && verdict !== 'pass',
    )
    .reduce((sum, { count }) => sum + count, 0);
}
