import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

const fileBytesMax = 10 * 1024 * 1024;
const oldFilesMax = 3;

/** A log file that starts anew at a size limit and keeps a few older ones as FILE.1 (newest) to FILE.3. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #bytesMax: number;
  #fd: number;
  #bytes: number;

  constructor(path: string, bytesMax = fileBytesMax) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#fd = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** Takes one line without its line break. */
  writeLine(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#bytesMax) this.#rotate();
    writeSync(this.#fd, bytes);
    this.#bytes += bytes.length;
  }

  #rotate(): void {
    closeSync(this.#fd);
    rmSync(`${this.#path}.${oldFilesMax}`, { force: true });
    for (let number = oldFilesMax - 1; number >= 1; number--) {
      renameIfThere(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    renameIfThere(this.#path, `${this.#path}.1`);
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#bytes = 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
