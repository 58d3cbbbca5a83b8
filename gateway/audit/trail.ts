/**
 * The audit trail of one gateway, in its data folder: what was done by who was let in, and beside it which streams were
 * refused. Two files, for anybody can have streams refused, and must erase nothing by it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyRecord } from '../relay/policy-record.ts';
import { RecordFile } from './record-file.ts';

export interface StreamRecord {
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

/** Refused streams without a record of their own. */
export interface RefusedRecord {
  readonly event: 'streams_refused';
  readonly atMs: number;
  /** Of one address, or of one IPv6 /64; empty: of others. */
  readonly address: string;
  readonly reason: string;
  readonly count: number;
}

export type AuditRecord = StreamRecord | RefusedRecord;

/** An audit file that is larger is renamed. */
export const auditFileBytesMax = 64 * 1024 * 1024;
const refusedFileBytesMax = 16 * 1024 * 1024;

export class AuditTrail {
  readonly #kept: RecordFile;
  readonly #refused: RecordFile;

  /**
   * @param bytesMax of a file; Infinity: another process renames.
   * @param now a clock that never goes back, in milliseconds.
   * @throws Error when the folder can't be made or written.
   */
  constructor(
    dataDir: string,
    bytesMax: number = auditFileBytesMax,
    now: () => number = () => performance.now(),
  ) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const refusedMax =
      bytesMax === Number.POSITIVE_INFINITY ? bytesMax : Math.min(bytesMax, refusedFileBytesMax);
    this.#kept = new RecordFile(join(dataDir, 'audit.ndjson'), bytesMax, now);
    this.#refused = new RecordFile(join(dataDir, 'audit-refused.ndjson'), refusedMax, now);
  }

  get file(): string {
    return this.#kept.file;
  }

  get refusedFile(): string {
    return this.#refused.file;
  }

  /**
   * Renames the files that are over their limit, whoever wrote to them. For the one process, of several that write,
   * that renames: the others have no limit. @throws Error
   */
  rotateIfFull(): void {
    this.#kept.rotateIfFull();
    this.#refused.rotateIfFull();
  }

  /** @throws Error when the record can't be written (disk full, folder gone). */
  write(record: AuditRecord): void {
    const isRefusal = record.event === 'stream_refused' || record.event === 'streams_refused';
    (isRefusal ? this.#refused : this.#kept).write(record);
  }

  /** What is written after it opens the files anew. */
  close(): void {
    this.#kept.close();
    this.#refused.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
