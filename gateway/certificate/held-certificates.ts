/** Which open connections came in by a client certificate: they go when it is believed no more. */
import type { Transport } from '../relay/transport.ts';
import type { ShownCertificate } from './client-certificate.ts';
import { createRecheck, type Recheck } from './client-recheck.ts';
import type { DoorTls } from './door-tls.ts';

export interface HeldCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Of the request that the connection came with. */
  readonly path: string;
  /** Ends the stream and says why; undefined while there is none. */
  cut?: ((message: string) => void) | undefined;
}

export class HeldCertificates {
  readonly #held = new Map<Transport, HeldCertificate>();

  /** @returns undefined when the connection does not hang on a certificate */
  hold(client: Transport, shown: ShownCertificate | undefined, path: string): HeldCertificate | undefined {
    if (shown?.kind !== 'verified') return undefined;
    const held: HeldCertificate = { certificate: shown.certificate, path };
    this.#held.set(client, held);
    return held;
  }

  left(client: Transport): void {
    this.#held.delete(client);
  }

  /**
   * Other authorities or another list hold from now on. A stream is ended with the reason; another connection is closed,
   * and its client told at its next request.
   */
  changed(before: DoorTls, now: DoorTls): void {
    const recheck = createRecheck(before.material.clients, now.material.clients);
    if (recheck === undefined) return;
    for (const [client, { certificate, path, cut }] of [...this.#held]) {
      const reason = recheck(certificate);
      if (reason === undefined) continue;
      if (cut === undefined) client.terminate();
      else {
        const refusal = now.clientGate?.judge({ kind: 'refused', reason }, path);
        if (refusal !== undefined) cut(refusal.message);
      }
    }
  }
}

/** What a client that shook hands before a change showed, as it is judged after it. */
export function shownNow(shown: ShownCertificate, before: DoorTls, now: DoorTls): ShownCertificate {
  if (shown.kind !== 'verified' || before === now) return shown;
  const recheck: Recheck | undefined = createRecheck(before.material.clients, now.material.clients);
  const reason = recheck?.(shown.certificate);
  return reason === undefined ? shown : { kind: 'refused', reason };
}
