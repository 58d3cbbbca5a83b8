/**
 * The stream token of a session, in the cookie that a WebSocket shows. The gateway sets it, so that no script can read it:
 * neither one of ours nor one of a desktop's own pages.
 */
import type { SessionId } from '../../../config/ids.ts';

const waitMs = 10_000;

/** Before each dial, for the cookie may have been refused or belong to another tab by then. Never rejects. */
export function keepToken(sessionId: SessionId, token: string): Promise<void> {
  return ask(sessionId, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
}

/** Once the session is over. Never rejects: without an answer the cookie stays, and opens nothing any more. */
export function dropToken(sessionId: SessionId): Promise<void> {
  return ask(sessionId, { method: 'DELETE' });
}

/** What goes wrong here goes wrong at the stream too, which says so. */
async function ask(sessionId: SessionId, request: RequestInit): Promise<void> {
  try {
    await fetch(`/desktop/${sessionId}/token`, { ...request, signal: AbortSignal.timeout(waitMs) });
  } catch {}
}
