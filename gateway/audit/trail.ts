/**
 * The audit trail of one gateway: JSON lines in its data folder, one a record, appended before the
 * call returns. Bounded: a file over the limit becomes `.1` and the one before that is dropped, so that
 * nobody fills a disk by knocking at the door.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyRecord } from '../relay/policy-record.ts';

export interface AuditRecord {
  readonly event: 'stream_refused' | 'stream_opened' | 'stream_closed' | 'policy';
  readonly atMs: number;
  readonly connectionId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly channel: string;
  readonly address: string;
  /** Of the client certificate, if a verified one was shown. */
  readonly subject?: string;
  readonly reason?: string;
  readonly bytesToClient?: number;
  readonly bytesToUpstream?: number;
  readonly policyDrops?: number;
  readonly durationMs?: number;
  /** What policy saw or did, where the policy's logging level asks for it. */
  readonly policy?: PolicyRecord;
}

/** An audit file that is larger is renamed. */
export const auditFileBytesMax = 64 * 1024 * 1024;

export class AuditTrail {
  readonly #file: string;
  readonly #bytesMax: number;
  #bytes: number;

  /** @throws Error when the folder can't be made or written. */
  constructor(dataDir: string, bytesMax: number = auditFileBytesMax) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#file = join(dataDir, 'audit.ndjson');
    this.#bytesMax = bytesMax;
    appendFileSync(this.#file, '', { mode: 0o600 });
    this.#bytes = statSync(this.#file).size;
  }

  get file(): string {
    return this.#file;
  }

  /**
   * Renames the file when it is over the limit, whoever wrote to it. For the one process, of several that write,
   * that renames: the others have no limit. @throws Error
   */
  rotateIfFull(): void {
    this.#bytes = statSync(this.#file).size;
    if (this.#bytes > this.#bytesMax) this.#rename();
  }

  /** @throws Error when the record can't be written (disk full, folder gone). */
  write(record: AuditRecord): void {
    const line = `${JSON.stringify(record)}\n`;
    if (this.#bytes > 0 && this.#bytes + line.length > this.#bytesMax) {
      this.#rename();
    }
    appendFileSync(this.#file, line, { mode: 0o600 });
    this.#bytes += line.length;
  }

  #rename(): void {
    renameSync(this.#file, `${this.#file}.1`);
    appendFileSync(this.#file, '', { mode: 0o600 });
    this.#bytes = 0;
  }
}
