/** Waits for a VNC server: the sign that a desktop is there. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 100;
const attemptTimeMs = 2_000;

/**
 * Dials a TCP port until an RFB server greets with "RFB " (RFC 6143 §7.1.1).
 * @throws AbortError when the signal fires first
 */
export function waitForRfb(host: string, port: number, signal: AbortSignal): Promise<void> {
  return waitFor(() => greets(host, port, signal), signal);
}

/** Dials until a KasmVNC web server answers a plain GET at all, whatever its status. @throws AbortError */
export function waitForHttps(host: string, port: number, signal: AbortSignal): Promise<void> {
  return waitFor(() => answers(`https://${host}:${port}/`, signal), signal);
}

async function waitFor(look: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await look())) await sleep(pauseMs, undefined, { signal });
  signal.throwIfAborted();
}

function greets(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    const finish = (answer: boolean) => (): void => {
      signal.removeEventListener('abort', aborted);
      socket.destroy();
      resolve(answer);
    };
    const aborted = finish(false);
    signal.addEventListener('abort', aborted, { once: true });
    socket.setTimeout(attemptTimeMs, finish(false));
    socket.once('error', finish(false));
    socket.once('close', finish(false));
    socket.once('data', (greeting: Buffer) => finish(greeting.toString('latin1').startsWith('RFB '))());
  });
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeMs)]),
      redirect: 'manual',
      // Its certificate is self-signed by the image: there is nothing to check it against.
      tls: { rejectUnauthorized: false },
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
