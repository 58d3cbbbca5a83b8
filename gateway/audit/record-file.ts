/**
 * A file of JSON lines, one a record, with the system before the call returns. Bounded: a file over the limit becomes
 * `.1` and the one before that is dropped, so that nobody fills a disk.
 *
 * The file is held open, since a stream writes two records. Whether another process renamed or removed it meanwhile
 * is looked at once a second: until then records go to the file that was there.
 */
import { closeSync, fstatSync, renameSync, statSync, writeSync } from 'node:fs';
import { openToAppend } from '../../config/data-file.ts';

/** How long a file is written to without a look whether it is still the one of that name. */
const lookEveryMs = 1_000;

export class RecordFile {
  readonly file: string;
  readonly #bytesMax: number;
  readonly #now: () => number;
  #descriptor: number;
  #inode = 0;
  #lookedAtMs = 0;
  #bytes = 0;

  /** @param now a clock that never goes back, in milliseconds. @throws Error when it can't be opened. */
  constructor(file: string, bytesMax: number, now: () => number) {
    this.file = file;
    this.#bytesMax = bytesMax;
    this.#now = now;
    this.#descriptor = -1;
    this.#open();
  }

  /** Renames the file when it is over the limit, whoever wrote to it. @throws Error */
  rotateIfFull(): void {
    this.#bytes = statSync(this.file).size;
    if (this.#bytes > this.#bytesMax) this.#rename();
  }

  /** @throws Error when the record can't be written (disk full, folder gone). */
  write(record: object): void {
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

  #look(): void {
    const inode = statSync(this.file, { throwIfNoEntry: false })?.ino;
    if (this.#descriptor < 0 || inode !== this.#inode) this.#open();
    this.#lookedAtMs = this.#now();
  }

  #open(): void {
    this.close();
    this.#descriptor = openToAppend(this.file, 0o600);
    const { ino, size } = fstatSync(this.#descriptor);
    this.#inode = ino;
    this.#bytes = size;
    this.#lookedAtMs = this.#now();
  }

  #rename(): void {
    renameSync(this.file, `${this.file}.1`);
    this.#open();
  }
}
