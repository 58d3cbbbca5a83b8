/**
 * Files in a data folder. The folder belongs to the account that a program goes on as, and a program may still be root
 * when it reads and writes there: whoever broke into it before must not lead it to other files by a link.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;

/** The file is not one that a program of ours made there: a link, a pipe, or a file with a second name. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

/** Opens a file to append to, and makes it with `mode`. @returns its descriptor. @throws DataFileError, Error */
export function openToAppend(file: string, mode: number): number {
  return openOwn(file, O_WRONLY | O_APPEND | O_CREAT, mode);
}

/** @throws DataFileError; Error, when it is not there. */
export function readDataFile(file: string): string {
  const descriptor = openOwn(file, O_RDONLY);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces a file, whole or not at all: a half-written one would keep a program from starting. @throws Error */
export function replaceDataFile(file: string, text: string, mode: number): void {
  const next = `${file}.new`;
  rmSync(next, { force: true });
  const descriptor = openSync(next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, file);
}

/** Without O_NONBLOCK a pipe that somebody put there would hold the program up for ever. */
function openOwn(file: string, flags: number, mode?: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENXIO')) {
      throw new DataFileError(`${file} is a link or a pipe, and is not opened`);
    }
    throw error;
  }
  const { nlink } = fstatSync(descriptor);
  const isOwn = fstatSync(descriptor).isFile() && nlink <= 1;
  if (isOwn) return descriptor;
  closeSync(descriptor);
  throw new DataFileError(`${file} is no plain file, or has a second name, and is not opened`);
}
