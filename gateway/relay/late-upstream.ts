import type { Sink, Source } from './half-pipe.ts';
import type { Transport } from './transport.ts';

/** The upstream for the pipes: while it is dialled it takes nothing. */
export class LateUpstream implements Sink, Source {
  transport: Transport | undefined;

  write(bytes: Uint8Array): number {
    return this.transport?.write(bytes) ?? 0;
  }

  pause(): void {
    this.transport?.pause();
  }

  resume(): void {
    this.transport?.resume();
  }
}
