/**
 * The audit trail of one gateway: JSON lines in its data folder, one a record, with the system before the
 * call returns. Bounded: a file over the limit becomes `.1` and the one before that is dropped, so that
 * nobody fills a disk by knocking at the door.
 *
 * The file is held open, since a stream writes two records. Whether another process renamed or removed it meanwhile
 * is looked at once a second: until then records go to the file that was there.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
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

/** How long a file is written to without a look whether it is still the one of that name. */
const lookEveryMs = 1_000;

export class AuditTrail {
  readonly #file: string;
  readonly #bytesMax: number;
  readonly #now: () => number;
  #descriptor: number;
  #inode = 0;
  #lookedAtMs = 0;
  #bytes = 0;

  /**
   * @param now a clock that never goes back, in milliseconds.
   * @throws Error when the folder can't be made or written.
   */
  constructor(
    dataDir: string,
    bytesMax: number = auditFileBytesMax,
    now: () => number = () => performance.now(),
  ) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#file = join(dataDir, 'audit.ndjson');
    this.#bytesMax = bytesMax;
    this.#now = now;
    this.#descriptor = -1;
    this.#open();
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
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    if (this.#descriptor < 0 || this.#now() - this.#lookedAtMs >= lookEveryMs) this.#look();
    if (this.#bytes > 0 && this.#bytes + line.length > this.#bytesMax) this.#rename();
    for (let at = 0; at < line.length; ) at += writeSync(this.#descriptor, line, at);
    this.#bytes += line.length;
  }

  /** What is written after it opens the file anew. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor >= 0) closeSync(descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #look(): void {
    const inode = statSync(this.#file, { throwIfNoEntry: false })?.ino;
    if (this.#descriptor < 0 || inode !== this.#inode) this.#open();
    this.#lookedAtMs = this.#now();
  }

  #open(): void {
    this.close();
    this.#descriptor = openSync(this.#file, 'a', 0o600);
    const { ino, size } = fstatSync(this.#descriptor);
    this.#inode = ino;
    this.#bytes = size;
    this.#lookedAtMs = this.#now();
  }

  #rename(): void {
    renameSync(this.#file, `${this.#file}.1`);
    this.#open();
  }
}
