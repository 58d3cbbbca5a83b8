/** What the gateway says of the policy that holds (`GET /desktop/<id>/policy`). */
import type { SessionId } from '../../../config/ids.ts';
import type { PolicyRule } from '../../../config/policy-sources.ts';
import type { Watermark } from '../../../config/watermark.ts';
import type { PolicyEvent } from './policy-toast.ts';

/** A thing that policy did, and when it did it last. */
export interface Decision extends PolicyEvent {
  /** ISO 8601. */
  readonly time: string;
  /** How often in a row. */
  readonly count: number;
}

export interface PolicyReport {
  readonly protocol: string;
  readonly username: string;
  readonly rules: readonly PolicyRule[];
  readonly watermark: Watermark | null;
  /** The newest first. */
  readonly decisions: readonly Decision[];
}

/** @returns undefined when the gateway does not say, which changes nothing of what it enforces. */
export async function readPolicyReport(sessionId: SessionId): Promise<PolicyReport | undefined> {
  try {
    const response = await fetch(`/desktop/${sessionId}/policy`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return undefined;
    const report: unknown = await response.json();
    const { rules, decisions } = report as { rules?: unknown; decisions?: unknown };
    return Array.isArray(rules) && Array.isArray(decisions) ? (report as PolicyReport) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the desktop brings a web client of its own, and policy lets it be opened. */
export function bringsClient({ protocol, rules }: PolicyReport): boolean {
  const isClosed = rules.some(
    ({ key, value }) => key === 'settings.allow_kasmvnc_web_client' && value === false,
  );
  return protocol === 'kasmvnc' && !isClosed;
}
