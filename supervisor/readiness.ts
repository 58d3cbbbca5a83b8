const healthPath = '/api/__healthcheck';
const pauseMs = 50;
const requestTimeMs = 2_000;

/**
 * Asks for control's health until it answers well; through the gateway this shows the whole way to be open.
 * @param origin for example http://127.0.0.1:8080; certificates are not judged: the address is this machine's own
 * @returns false when `signal` aborted before
 */
export async function waitForHealth(origin: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isHealthy(origin, signal)) return true;
    await Bun.sleep(pauseMs);
  }
  return false;
}

async function isHealthy(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(origin + healthPath, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeMs)]),
      tls: { rejectUnauthorized: false },
      keepalive: false,
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}
