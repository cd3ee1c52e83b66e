import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const isWindows = process.platform === 'win32';

/** Limit: a secret file or admin.json holds one line; anything larger is another file by mistake. */
const privateFileBytes = 16 * 1024;

/** Makes a data folder that its owner alone may enter; one that exists is left as it is. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder as a file, and needs no such thing for a rename to last.
  if (isWindows) return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Fails when the file is there already. */
function writeNew(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A whole file beside `file`; one that a killed process left there is in nobody's use any more. */
function writePartial(file: string, text: string): string {
  const partial = `${file}.${process.pid}.partial`;
  rmSync(partial, { force: true });
  writeNew(partial, text);
  return partial;
}

/** Replaces a 0600 file in one step: a crash leaves the old text or the new one, never half of it. */
export function replacePrivateFile(file: string, text: string): void {
  const partial = writePartial(file, text);
  renameSync(partial, file);
  syncFolder(path.dirname(file));
}

/**
 * Creates a 0600 file with its whole text in one step, unless it is there already; returns whether it did.
 * Two processes that start at once agree on one text.
 */
export function createPrivateFile(file: string, text: string): boolean {
  const partial = writePartial(file, text);
  try {
    linkSync(partial, file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    // Some file systems (FAT, some network shares) know no links; there the exclusive open has to do.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return createInPlace(file, text);
  } finally {
    rmSync(partial, { force: true });
  }
  syncFolder(path.dirname(file));
  return true;
}

function createInPlace(file: string, text: string): boolean {
  try {
    writeNew(file, text);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a file, or null when there is none. */
export function readPrivateFile(file: string): string | null {
  try {
    if (statSync(file).size > privateFileBytes) {
      throw new RangeError(`"${file}" is larger than ${privateFileBytes} bytes`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * A sentence when others than the owner may read the file, else null. Windows has other rights and is not
 * judged.
 */
export function toPermissionWarning(file: string): string | null {
  if (isWindows) return null;
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return null;
  return `"${file}" can be read by others (mode ${mode.toString(8)}): run "chmod 600 ${file}"`;
}
